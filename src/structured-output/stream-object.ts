import type { CompletionRequest, CompletionStream } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import { assertProvider, checkedCompletion } from '../generation/assert-provider.js'
import type { ModelProvider } from '../provider.js'
import { type EventBatches, createEventStream, deferError } from '../streaming/event-stream.js'
import type { CompletionResponse } from '../types.js'
import { ignore, onAbort, throwIfAborted } from '../utils/abort.js'
import { type PreparedObjectRequest, prepareObjectRequest } from './object-request.js'
import { parseObject } from './parse-object.js'
import { PartialJSONParser } from './partial-json.js'
import { isRepairable, toRepairRequest, withFirstError } from './repair.js'
import type { DeepPartial, ObjectRequest, ObjectResponse, ObjectStream } from './types.js'

/**
 * Streams an object that matches a schema while the model writes it.
 *
 * @remarks
 * Sends one `POST /v1/chat/completions` with `stream: true`, or at most two with `repair`; `options` apply to each request.
 * All errors, including those of an invalid request, are thrown while the stream is read. See {@link ObjectStream}.
 * @throws while reading: the errors of {@link generateObject}, and {@link StreamInterruptedError} if the connection breaks
 * or the stream ends early
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
  // Checked and copied now: the caller may change the request before the stream is read.
  const opened = deferError(() => {
    assertProvider(provider, 'stream')
    const prepared = prepareObjectRequest(request, options)
    return { prepared, stream: provider.stream(prepared.completion, options) }
  })
  const events = createEventStream<DeepPartial<I>, ObjectResponse<T>>((signal) => {
    const { prepared, stream: firstStream } = opened()
    let current = firstStream
    // A provider of the application may return a generator, which has no `abort`.
    onAbort(signal, () => (current as Partial<CompletionStream>).abort?.(signal.reason))
    return readRounds<T, I>({ ...prepared, signal }, firstStream, (completion) => {
      // The stream may have been aborted while the first response was validated.
      throwIfAborted(signal)
      current = provider.stream(completion, options)
      return current
    })
  }, options?.signal)
  const stream = {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    toReadableStream: () => events.toReadableStream(),
    abort: (reason?: unknown) => events.abort(reason),
  }
  const member = <K extends keyof ObjectResponse<T>>(key: K) => ({
    get: () => {
      const promise = events.response.then((result) => result[key])
      promise.catch(ignore)
      return promise
    },
  })
  // Not enumerable, because reading them begins the request: printing or copying the stream must not.
  return Object.defineProperties(stream, {
    object: member('object'),
    response: member('response'),
  }) as ObjectStream<T, I>
}

/** Reads the first response and, if it has to be repaired, a second one; yields the partial object after each delta. */
async function* readRounds<T, I>(
  { completion, schema, repair, signal }: PreparedObjectRequest<T> & { readonly signal: AbortSignal },
  stream: CompletionStream,
  generate: (completion: CompletionRequest) => CompletionStream,
): EventBatches<DeepPartial<I>, ObjectResponse<T>> {
  const response = yield* readPartialObjects<I>(stream)
  try {
    return { object: await parseObject(schema, response, signal), response }
  } catch (error) {
    if (!repair || !isRepairable(error)) throw error
    const repaired = yield* readPartialObjects<I>(generate(toRepairRequest(completion, error)))
    const object = await parseObject(schema, repaired, signal).catch((second: unknown) => {
      throw withFirstError(error, second)
    })
    return { object, response: repaired, rejected: response }
  }
}

async function* readPartialObjects<I>(stream: CompletionStream): EventBatches<DeepPartial<I>, CompletionResponse> {
  const text = new PartialJSONParser({ skipProse: true })
  // Reasoning is usually prose: its JSON is shown only if it starts with JSON.
  const reasoning = new PartialJSONParser()
  for await (const event of stream) {
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') continue
    const parser = event.type === 'text-delta' ? text : reasoning
    if (parser.isDone) continue
    parser.push(event.text)
    if (parser.value !== undefined) yield [parser.value as DeepPartial<I>]
  }
  return checkedCompletion(await stream.response, false)
}
