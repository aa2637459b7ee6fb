import * as v from 'valibot'
import { callOptionEntriesOfSettings } from '../config/call-options.js'
import type { CallOptions, Config } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { InvalidResponseError } from '../errors/errors.js'
import { runVerb } from '../http/client.js'
import { foreignName } from '../http/foreign-text.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, isPathSegment, name, optional } from '../validation/schema.js'
import { readRequest, validateRequest } from '../validation/validate.js'
import { hasEnded } from './download-failure.js'
import { type DownloadReply, readStatus, startDownload } from './download-requests.js'
import { readDownload } from './download-response.js'
import { validateModel } from './request.js'
import { sharedDownloads, whileShared } from './shared-downloads.js'
import type { DownloadOptions, DownloadResult } from './types.js'
import { watchDownload } from './watch-download.js'

const settingsSchema = /* @__PURE__ */ once(() => {
  const entries = {
    quantization: v.optional(name),
    jobId: optional(isPathSegment, 'must be the id of a download: not blank, no control characters, not `.` or `..`'),
    onProgress: optional((value) => typeof value === 'function', 'must be a function'),
  } satisfies EntriesOf<DownloadOptions>
  return v.strictObject({ ...callOptionEntriesOfSettings, ...entries })
})

/**
 * Starts a download, or continues to watch one, and waits until it has finished. See
 * {@link LMStudioProvider.downloadModel}.
 *
 * @remarks
 * Sends `POST /api/v1/models/download`, then polls `GET /api/v1/models/download/status/{job_id}`. No route lists the
 * downloads under way, so only the calls of one client can share them.
 */
export function downloadModel(
  client: Client,
  model: string,
  settings: DownloadOptions = {},
  options: CallOptions = {},
): Promise<DownloadResult> {
  return runVerb(downloadModel, client, () => startAndWatch(client, model, settings, options))
}

async function startAndWatch(
  client: Client,
  model: string,
  received: DownloadOptions,
  options: CallOptions,
): Promise<DownloadResult> {
  checkCallOptions(options)
  validateModel(model)
  const settings = readRequest(received)
  validateRequest(settingsSchema(), settings)
  const { quantization, jobId: knownJobId, onProgress } = settings
  const { signal, headers, timeout } = options
  const { endpoint } = client.config
  // Headers can select another machine.
  const key = headers === undefined && knownJobId === undefined ? JSON.stringify([model, quantization]) : undefined
  const { starts, running } = sharedDownloads(client)
  const runningId = knownJobId ?? (key === undefined ? undefined : running.get(key)?.jobId)

  const start = (shared: AbortSignal | undefined): Promise<DownloadReply> =>
    startDownload(client, { model, quantization }, { ...options, signal: shared })
  const startKey = key === undefined ? {} : JSON.stringify([key, timeout])
  const first = await (runningId === undefined
    ? starts.run(startKey, start, signal)
    : readStatus(client, runningId, options))
  if (first.wire.status === 'already_downloaded') return { status: 'already-downloaded', raw: first.raw }
  const jobId = readDownload(first.wire).jobId ?? runningId
  if (!isPathSegment(jobId)) {
    throw new InvalidResponseError('The response does not contain the id of the download.', { endpoint })
  }
  try {
    const watch = (): Promise<DownloadReply> => watchDownload(client, { jobId, first, onProgress }, options)
    const { wire, raw } = await whileShared(client, key, jobId, watch)
    return compact({ status: 'completed' as const, jobId, totalBytes: readDownload(wire).totalBytes, raw })
  } catch (error) {
    if (!hasEnded(error)) logContinues(client.config, jobId)
    throwIfAborted(signal)
    throw error
  }
}

function logContinues(config: Config, foreignJobId: string): void {
  const jobId = foreignName(config, foreignJobId)
  config.log?.({
    level: 'info',
    type: 'lifecycle',
    message: `Download ${jobId} continues in LM Studio. To watch it again, pass its \`jobId\` to downloadModel.`,
    jobId,
  })
}
