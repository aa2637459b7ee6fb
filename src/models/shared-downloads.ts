import type { Client } from '../http/types.js'
import { type SingleFlight, createSingleFlight } from '../utils/single-flight.js'
import type { DownloadReply } from './download-requests.js'

/** The downloads that a client has under way, so that calls for the same model share one. */
interface SharedDownloads {
  readonly starts: SingleFlight<DownloadReply>
  /** By model and quantization. */
  readonly running: Map<string, { readonly jobId: string; watchers: number }>
}

const downloadsOfClients = /* @__PURE__ */ new WeakMap<Client, SharedDownloads>()

export function sharedDownloads(client: Client): SharedDownloads {
  const downloads = downloadsOfClients.get(client) ?? { starts: createSingleFlight(), running: new Map() }
  downloadsOfClients.set(client, downloads)
  return downloads
}

/** Runs `watch`, during which other calls with this key find the download. Without a key, nothing is shared. */
export async function whileShared<T>(
  client: Client,
  key: string | undefined,
  jobId: string,
  watch: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return watch()
  const { running } = sharedDownloads(client)
  const download = running.get(key) ?? { jobId, watchers: 0 }
  running.set(key, download)
  download.watchers++
  try {
    return await watch()
  } finally {
    if (--download.watchers === 0) running.delete(key)
  }
}
