import { ApiError, TimeoutError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import type { Client } from '../http/types.js'
import { raceAbort, sleep, throwIfAborted } from '../utils/abort.js'
import { type Look, type WireDownload, readDownload, toProgress } from './load-response.js'
import type { DownloadOptions } from './types.js'

// A small file is there at once, a model takes hours: looks begin quick and become rare.
const FIRST_MS = 100
const GROWTH = 1.5
const CAP_MS = 5_000
// Beside the retries of each look: with the pauses between them about half a minute of a server that restarts.
export const MAX_FAILED_LOOKS = 5

/** How long to wait before a look, milliseconds. */
export const lookDelay = (looks: number): number => Math.min(CAP_MS, Math.round(FIRST_MS * GROWTH ** looks))

/** A download to watch. */
export interface Watch {
  readonly client: Client
  readonly jobId: string
  /** What is known of it already. */
  readonly first: WireDownload
  readonly look: (jobId: string) => Promise<WireDownload>
  readonly onProgress: DownloadOptions['onProgress']
  readonly signal: AbortSignal | undefined
}

/** Looks at a download until it is done; resolves to the last answer. */
export async function watchDownload(watch: Watch): Promise<WireDownload> {
  const { client, jobId, first, look, onProgress, signal } = watch
  const { endpoint, generationTimeout } = client.config
  let wire = first
  let before: Look | undefined
  let changedAt = performance.now()
  let looks = 0
  let failed = 0
  for (;;) {
    throwIfAborted(signal)
    if (wire.status === 'failed') throw failure(jobId, endpoint)
    const { bytes, speed = 0 } = readDownload(wire)
    const now = { bytes, at: performance.now() }
    // Where the bytes are not counted, a speed says that there are more.
    const hasMoved = bytes === undefined ? speed > 0 : bytes !== before?.bytes
    if (before === undefined || hasMoved) changedAt = now.at
    await raceAbort(Promise.resolve(onProgress?.(toProgress(wire, jobId, before, now))), signal)
    if (wire.status === 'completed') return wire
    before = now
    for (let isNew = false; !isNew;) {
      if (performance.now() - changedAt > generationTimeout)
        throw stalled(wire.status, jobId, endpoint, generationTimeout)
      await sleep(lookDelay(looks++), signal)
      try {
        wire = await look(jobId)
        isNew = true
        failed = 0
      } catch (error) {
        throwIfAborted(signal)
        const said = asFailure(error, jobId, endpoint)
        if (!isPassing(said) || ++failed > MAX_FAILED_LOOKS) throw said
      }
    }
  }
}

/** Whether a look may succeed later: what the server does meanwhile does not depend on us. */
export const isPassing = (error: unknown): boolean =>
  ProviderError.isInstance(error) && (error.isRetryable || TimeoutError.isInstance(error))

/** A status that holds an error is read as the download's end, in the server's words. */
function asFailure(error: unknown, jobId: string, endpoint: string): unknown {
  const isStatus = ApiError.isInstance(error) && error.status === 200 && error.code === 'api'
  return isStatus ? failure(jobId, endpoint, error.serverMessage) : error
}

function failure(jobId: string, endpoint: string, serverMessage?: string): ApiError {
  const reason = serverMessage === undefined ? '' : `: “${serverMessage}”`
  return new ApiError(`Download ${jobId} failed on the server at ${endpoint}${reason}.`, {
    code: 'download-failed',
    endpoint,
    serverMessage,
  })
}

function stalled(status: string, jobId: string, endpoint: string, timeoutMs: number): TimeoutError {
  const what = status === 'paused' ? 'is paused' : 'has not moved'
  return new TimeoutError(`Download ${jobId} ${what} for ${timeoutMs} ms (\`generationTimeout\`).`, {
    code: 'download-stalled',
    limit: 'generationTimeout',
    timeoutMs,
    endpoint,
  })
}
