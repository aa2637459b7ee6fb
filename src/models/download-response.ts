import * as v from 'valibot'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { figure, optionalCount, optionalText, name } from '../validation/schema.js'
import type { DownloadProgress } from './types.js'

/** Response of `POST /api/v1/models/download` and `GET /api/v1/models/download/status/{job_id}`. */
export const downloadSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    status: name,
    job_id: optionalText,
    total_size_bytes: optionalCount,
    downloaded_bytes: optionalCount,
    bytes_per_second: figure,
    estimated_completion: optionalText,
  }),
)

export type WireDownload = v.InferOutput<ReturnType<typeof downloadSchema>>

/** The parts of a status that are known; `undefined` for the others. */
export interface DownloadStatus {
  readonly jobId: string | undefined
  readonly downloadedBytes: number | undefined
  readonly totalBytes: number | undefined
  readonly bytesPerSecond: number | undefined
}

export const readDownload = (wire: WireDownload): DownloadStatus => ({
  jobId: wire.job_id || undefined,
  downloadedBytes: wire.downloaded_bytes,
  totalBytes: wire.total_size_bytes,
  bytesPerSecond: wire.bytes_per_second,
})

/** How many bytes had arrived at a point in time. */
export interface ByteCount {
  readonly bytes: number | undefined
  /** On the clock of `performance.now()`. */
  readonly at: number
}

/** The counts of this poll and the one before, to measure a speed that the server does not report. */
export interface ByteCounts {
  readonly previous: ByteCount | undefined
  readonly current: ByteCount
}

/** Returns the progress to report. */
export function toProgress(wire: WireDownload, jobId: string, counts: ByteCounts): DownloadProgress {
  const known = readDownload(wire)
  const { totalBytes } = known
  const status = wire.status === 'completed' || wire.status === 'paused' ? wire.status : 'downloading'
  const isDownloading = status === 'downloading'
  const downloadedBytes = known.downloadedBytes ?? (status === 'completed' ? totalBytes : undefined)
  const bytesPerSecond = isDownloading ? (known.bytesPerSecond ?? measureSpeed(counts)) : undefined
  const bytesLeft = totalBytes === undefined || downloadedBytes === undefined ? undefined : totalBytes - downloadedBytes
  // Computed from the speed where possible: the server's estimate is a time of its own clock, which may differ from
  // ours.
  const etaMs = bytesPerSecond && bytesLeft !== undefined ? (bytesLeft / bytesPerSecond) * 1000 : untilEstimate(wire)
  return compact({
    jobId,
    status,
    downloadedBytes,
    totalBytes,
    bytesPerSecond,
    etaMs: isDownloading && etaMs !== undefined && Number.isFinite(etaMs) ? Math.max(0, Math.round(etaMs)) : undefined,
  })
}

const untilEstimate = ({ estimated_completion: estimate }: WireDownload): number | undefined =>
  estimate === undefined ? undefined : Date.parse(estimate) - Date.now()

function measureSpeed({ previous, current }: ByteCounts): number | undefined {
  if (previous?.bytes === undefined || current.bytes === undefined || current.at <= previous.at) return undefined
  // A download that starts over has fewer bytes than before.
  return Math.max(0, Math.round((current.bytes - previous.bytes) / ((current.at - previous.at) / 1000)))
}
