import type {
  CompletionEvent,
  CompletionStream,
  ConnectionAttempt,
  PartialCompletion,
  ProviderError,
} from 'lmstudio-provider'
import { collect } from '../../helpers/collect.js'
import { rejectionOf } from '../../helpers/provider-errors.js'

/** Every field that an error of this package can have, so that a test can read each without narrowing first. */
export type AnyError = ProviderError & {
  readonly limit?: string
  readonly timeoutMs?: number
  readonly partial?: PartialCompletion
  readonly serverMessage?: string
  readonly param?: string
  readonly retryAfterMs?: number
  readonly availableModels?: readonly string[]
  readonly promptTokens?: number
  readonly contextLength?: number
  readonly reason?: string
  readonly attempts?: readonly ConnectionAttempt[]
  readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
}

/** The reason that a promise rejects with; fails the test when the promise resolves. */
export const caught = (promise: PromiseLike<unknown>): Promise<AnyError> => rejectionOf(promise) as Promise<AnyError>

/** Reads a stream to its end or its error. */
export async function readAll(
  stream: CompletionStream,
): Promise<{ events: CompletionEvent[]; text: string; error: AnyError | undefined }> {
  const { events, error } = await collect(stream)
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
  return { events, text, error: error as AnyError | undefined }
}

/** The error of a stream; fails the test when the stream completes. */
export async function streamError(stream: CompletionStream): Promise<AnyError> {
  const { error } = await readAll(stream)
  if (error === undefined) throw new Error('The stream completed.')
  return error
}
