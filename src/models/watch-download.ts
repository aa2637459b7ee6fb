import type { Config } from '../config/options.js'
import { ApiError, InvalidRequestError, TimeoutError } from '../errors/errors.js'
import { foreignName } from '../http/foreign-text.js'
import type { Client } from '../http/types.js'
import { raceAbort, sleep, throwIfAborted } from '../utils/abort.js'
import { quotedReason } from '../utils/quote.js'
import { type ByteCount, type WireDownload, readDownload, toProgress } from './download-response.js'
import { MAX_FAILED_POLLS, isTransient } from './polling.js'
import type { DownloadOptions } from './types.js'

// A small file arrives at once and a model takes hours, so the delay starts short and grows.
const FIRST_DELAY_MS = 100
const DELAY_GROWTH = 1.5
const MAX_DELAY_MS = 5_000

/** How long to wait before a poll, in ms. */
export const pollDelay = (polls: number): number =>
  Math.min(MAX_DELAY_MS, Math.round(FIRST_DELAY_MS * DELAY_GROWTH ** polls))

export interface DownloadWatch {
  readonly client: Client
  readonly jobId: string
  /** The status that is already known. */
  readonly first: WireDownload
  readonly poll: (jobId: string) => Promise<WireDownload>
  readonly onProgress: DownloadOptions['onProgress']
  readonly signal: AbortSignal | undefined
}

/**
 * Polls a download until it is complete. Resolves to the last status.
 *
 * @throws {@link ApiError} `download-failed`
 * @throws {@link TimeoutError} `download-stalled`: no progress for `generationTimeout`
 */
export async function watchDownload(watch: DownloadWatch): Promise<WireDownload> {
  const { client, jobId, first, poll, onProgress, signal } = watch
  const { generationTimeout } = client.config
  let wire = first
  let previous: ByteCount | undefined
  let changedAt = performance.now()
  let polls = 0

  async function nextStatus(): Promise<WireDownload> {
    for (let failures = 0; ;) {
      if (performance.now() - changedAt > generationTimeout) {
        throw stalledError(wire.status, jobId, client.config)
      }
      await sleep(pollDelay(polls++), signal)
      try {
        return await poll(jobId)
      } catch (error) {
        throwIfAborted(signal)
        const failure = toDownloadFailure(error, client.config, jobId)
        if (!isTransient(failure) || ++failures > MAX_FAILED_POLLS) throw failure
      }
    }
  }

  for (;;) {
    throwIfAborted(signal)
    const { downloadedBytes, bytesPerSecond = 0 } = readDownload(wire)
    const current = { bytes: downloadedBytes, at: performance.now() }
    // Without a count of bytes, only the speed shows whether more arrive.
    const hasChanged = downloadedBytes === undefined ? bytesPerSecond > 0 : downloadedBytes !== previous?.bytes
    if (previous === undefined || hasChanged) changedAt = current.at
    await raceAbort(Promise.resolve(onProgress?.(toProgress(wire, jobId, { previous, current }))), signal)
    if (wire.status === 'completed') return wire
    previous = current
    wire = await nextStatus()
  }
}

/**
 * Returns the error for a download, which an error body with status 200 reports as failed. The wording does not matter:
 * the reason of a download can be that a file was “not found”.
 *
 * @param jobId - of a download that the server knows
 */
export function toDownloadFailure(error: unknown, config: Config, jobId?: string): unknown {
  if (!ApiError.isInstance(error) && !InvalidRequestError.isInstance(error)) return error
  const { status, code, serverMessage } = error
  const isFailure = code === 'api' || (jobId !== undefined && serverMessage !== undefined && code !== 'job-not-found')
  return status === 200 && isFailure ? downloadFailed(config, serverMessage, jobId) : error
}

export function downloadFailed(config: Config, serverMessage?: string, jobId?: string): ApiError {
  const { endpoint } = config
  const download = jobId === undefined ? 'The download' : `Download ${foreignName(config, jobId)}`
  return new ApiError(`${download} failed on the server at ${endpoint}${quotedReason(serverMessage)}.`, {
    code: 'download-failed',
    endpoint,
    serverMessage: serverMessage || undefined,
  })
}

function stalledError(status: string, jobId: string, config: Config): TimeoutError {
  const { endpoint, generationTimeout: timeoutMs } = config
  const state = status === 'paused' ? 'was paused' : 'made no progress'
  return new TimeoutError(
    `Download ${foreignName(config, jobId)} ${state} for ${timeoutMs} ms (\`generationTimeout\`).`,
    {
      code: 'download-stalled',
      limit: 'generationTimeout',
      timeoutMs,
      endpoint,
    },
  )
}
