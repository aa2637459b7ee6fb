import type { CompletionEvent, CompletionStream, PartialCompletion, ProviderError } from 'lmstudio-provider'

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
  readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
}

/** The reason that a promise rejects with; fails the test when the promise resolves. */
export async function caught(promise: PromiseLike<unknown>): Promise<AnyError> {
  try {
    await promise
  } catch (error) {
    return error as AnyError
  }
  throw new Error('The promise resolved.')
}

/** Reads a stream to its end or its error. */
export async function readAll(
  stream: CompletionStream,
): Promise<{ events: CompletionEvent[]; text: string; error: AnyError | undefined }> {
  const events: CompletionEvent[] = []
  let error: AnyError | undefined
  try {
    for await (const event of stream) events.push(event)
  } catch (thrown) {
    error = thrown as AnyError
  }
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
  return { events, text, error }
}

/** The error of a stream; fails the test when the stream completes. */
export async function streamError(stream: CompletionStream): Promise<AnyError> {
  const { error } = await readAll(stream)
  if (error === undefined) throw new Error('The stream completed.')
  return error
}
