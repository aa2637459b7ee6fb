import type { CallOptions } from '../config/options.js'
import type { Client } from '../http/types.js'
import { raceAbort, sleep, throwIfAborted } from '../utils/abort.js'
import { downloadStalled, toDownloadFailure } from './download-failure.js'
import { type DownloadReply, readStatus } from './download-requests.js'
import { type ByteCount, readDownload, toProgress } from './download-response.js'
import { MAX_FAILED_POLLS, isTransient } from './polling.js'
import type { DownloadOptions } from './types.js'

// A small file arrives at once and a model takes hours, so the delay starts short and grows.
const FIRST_DELAY_MS = 100
const DELAY_GROWTH = 1.5
const MAX_DELAY_MS = 5_000

/** How long to wait before a poll, in ms. */
export const pollDelay = (polls: number): number =>
  Math.min(MAX_DELAY_MS, Math.round(FIRST_DELAY_MS * DELAY_GROWTH ** polls))

interface DownloadWatch {
  readonly jobId: string
  /** The reply that is already there. */
  readonly first: DownloadReply
  readonly onProgress: DownloadOptions['onProgress']
}

/**
 * Polls a download until it is complete. Resolves to the last reply.
 *
 * @throws {@link ApiError} `download-failed`
 * @throws {@link TimeoutError} `download-stalled`: no progress for `generationTimeout`
 */
export async function watchDownload(
  client: Client,
  { jobId, first, onProgress }: DownloadWatch,
  options: CallOptions,
): Promise<DownloadReply> {
  const { signal } = options
  const { generationTimeout } = client.config
  let reply = first
  let previous: ByteCount | undefined
  let changedAt = performance.now()
  let polls = 0

  async function nextReply(): Promise<DownloadReply> {
    for (let failures = 0; ;) {
      if (performance.now() - changedAt > generationTimeout) {
        throw downloadStalled(client.config, reply.wire.status, jobId)
      }
      await sleep(pollDelay(polls++), signal)
      try {
        return await readStatus(client, jobId, options)
      } catch (error) {
        throwIfAborted(signal)
        const failure = toDownloadFailure(error, client.config, jobId)
        if (!isTransient(failure) || ++failures > MAX_FAILED_POLLS) throw failure
      }
    }
  }

  for (;;) {
    throwIfAborted(signal)
    const { wire } = reply
    const { downloadedBytes, bytesPerSecond = 0 } = readDownload(wire)
    const current = { bytes: downloadedBytes, at: performance.now() }
    // Without a count of bytes, only the speed shows whether more arrive.
    const hasChanged = downloadedBytes === undefined ? bytesPerSecond > 0 : downloadedBytes !== previous?.bytes
    if (previous === undefined || hasChanged) changedAt = current.at
    await raceAbort(Promise.resolve(onProgress?.(toProgress(wire, jobId, { previous, current }))), signal)
    if (wire.status === 'completed') return reply
    previous = current
    reply = await nextReply()
  }
}
