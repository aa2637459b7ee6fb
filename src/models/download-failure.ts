import type { Config } from '../config/options.js'
import { ApiError, InvalidRequestError, ModelNotFoundError, TimeoutError } from '../errors/errors.js'
import { foreignName } from '../http/foreign-text.js'
import { quotedReason } from '../utils/quote.js'

export function downloadFailed(config: Config, serverMessage?: string, jobId?: string): ApiError {
  const { endpoint } = config
  const download = jobId === undefined ? 'The download' : `Download ${foreignName(config, jobId)}`
  return new ApiError(`${download} failed on the server at ${endpoint}${quotedReason(serverMessage)}.`, {
    code: 'download-failed',
    endpoint,
    serverMessage: serverMessage || undefined,
  })
}

export function downloadStalled(config: Config, status: string, jobId: string): TimeoutError {
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

/**
 * Returns the error for a download that did not start. Where the server does not know the name of the model, replaces the
 * hint: the usual one suggests models on the server's disk.
 */
export function toStartFailure(error: unknown, config: Config): unknown {
  if (!ModelNotFoundError.isInstance(error)) return toDownloadFailure(error, config)
  const hint = 'Check the name in LM Studio (Discover tab), or pass a https://huggingface.co/… link.'
  // `cause` is not enumerable, so the spread leaves it out.
  return new ModelNotFoundError(error.message, { ...error, cause: error.cause, hint })
}

/** Whether the server has given a download up, or no longer knows it. Any other error leaves it running there. */
export const hasEnded = (error: unknown): boolean =>
  ApiError.isInstance(error) && (error.code === 'download-failed' || error.code === 'job-not-found')
