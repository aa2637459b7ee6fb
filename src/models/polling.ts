import { TimeoutError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'

/**
 * How many polls in a row may fail. Together with the retries of each poll and the waits in between, this bridges about
 * half a minute in which the server restarts.
 */
export const MAX_FAILED_POLLS = 5

/** Whether a later poll may succeed. What is polled continues on the server, whatever happens to a request. */
export const isTransient = (error: unknown): boolean =>
  ProviderError.isInstance(error) && (error.isRetryable || TimeoutError.isInstance(error))
