import type { CompletionRequest, CompletionStream } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import { assertProvider } from '../generation/assert-provider.js'
import type { ModelProvider } from '../provider.js'
import { createEventStream } from '../streaming/event-stream.js'
import { ignore } from '../utils/abort.js'
import { prepare } from './object-request.js'
import { ObjectSource } from './object-source.js'
import type { DeepPartial, ObjectRequest, ObjectResponse, ObjectStream } from './types.js'

/**
 * An answer that fits a schema, as it grows. Every error, that of a bad request included, is thrown by reading the stream.
 *
 * @remarks
 * One `stream` of the provider, with `repair` at most two, each with the limits of `options`. See {@link ObjectStream}.
 * `POST /v1/chat/completions` with `stream: true`.
 * @throws what {@link generateObject} throws
 * @throws {@link StreamInterruptedError} the stream breaks, or ends without an ending
 *
 * @example
 * ```ts
 * const stream = streamObject(lmstudio, { model, prompt: 'Ten birds.', schema, maxTokens: 2000 })
 * for await (const birds of stream) render(birds)
 * const birds = await stream.object
 * ```
 */
export function streamObject<T = unknown, I = T>(
  provider: Pick<ModelProvider, 'stream'>,
  request: ObjectRequest<T, I>,
  options?: CallOptions,
): ObjectStream<T, I> {
  // Now and not when it is read: the request's owner may change it before.
  const open = opening(provider, request, options)
  const events = createEventStream<DeepPartial<I>, ObjectResponse<T>>(async function* (signal) {
    const { prepared, answer } = open()
    const follow = (stream: CompletionStream): CompletionStream => {
      signal.addEventListener('abort', () => stream.abort(signal.reason), { once: true })
      return stream
    }
    const ask = (next: CompletionRequest): CompletionStream => follow(provider.stream(next, options))
    const source = new ObjectSource(prepared, follow(answer), ask)
    try {
      for (;;) {
        const value = source.poll()
        if (value !== undefined) yield [value as DeepPartial<I>]
        else if (source.isDone) return source.result()
        else await source.fill()
      }
    } finally {
      source.close()
    }
  }, options?.signal)
  const stream = {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    toReadableStream: () => events.toReadableStream(),
    abort: (reason?: unknown) => events.abort(reason),
  }
  const pick = <K extends keyof ObjectResponse<T>>(key: K) => ({
    get: () => {
      const picked = events.response.then((result) => result[key])
      picked.catch(ignore)
      return picked
    },
  })
  // Hidden from whoever prints or copies the stream: reading them begins the request.
  return Object.defineProperties(stream, { object: pick('object'), response: pick('response') }) as ObjectStream<T, I>
}

/** Prepares the answer; what is wrong with the request is told by whoever reads it. */
function opening<T, I>(provider: Pick<ModelProvider, 'stream'>, request: ObjectRequest<T, I>, options?: CallOptions) {
  try {
    assertProvider(provider, 'stream')
    const prepared = prepare(request, options)
    const answer = provider.stream(prepared.completion, options)
    return () => ({ prepared, answer })
  } catch (error) {
    return () => {
      throw error
    }
  }
}
