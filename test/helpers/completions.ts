import type { LMStudioOptions } from '../../src/config/options.js'
import { complete, stream } from '../../src/completions/complete.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { CompletionResponse } from '../../src/types.js'
import { DONE, frame } from './chat.js'
import { eventStream, json, testClient } from './client.js'
import { collect } from './collect.js'

const REQUEST: CompletionRequest = { model: 'm', prompt: 'x' }

interface Settings {
  readonly options?: LMStudioOptions
  readonly request?: Partial<CompletionRequest>
}

const requestOf = ({ request }: Settings): CompletionRequest => ({ ...REQUEST, ...request }) as CompletionRequest

/** Requests a whole completion, to which the server responds with this body. */
export const completeWith = (body: unknown, settings: Settings = {}): Promise<CompletionResponse> =>
  complete(testClient({ fetch: async () => json(body), ...settings.options }), requestOf(settings))

/** Requests a whole completion, to which the server responds with this message. */
export const completeMessage = (
  message: unknown,
  finishReason: string | null = 'stop',
  settings: Settings = {},
): Promise<CompletionResponse> =>
  completeWith({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }] }, settings)

/** Streams a completion whose body is these events, and reads it to its end. */
export async function streamFrames(frames: readonly (string | object)[], settings: Settings = {}) {
  const chunks = frames.map((event) => (typeof event === 'string' ? event : frame(event)))
  const { response: body } = eventStream([...chunks, DONE])
  const completion = stream(testClient({ fetch: async () => body, ...settings.options }), requestOf(settings))
  const { events, error } = await collect<CompletionEvent>(completion)
  return { events, error, response: error === undefined ? await completion.response : undefined }
}

/** Streams a completion of these deltas, followed by a finish reason. */
export const streamDeltas = (deltas: readonly object[], finishReason = 'stop', settings: Settings = {}) =>
  streamFrames(
    [...deltas.map((delta) => choiceOf({ delta })), choiceOf({ delta: {}, finish_reason: finishReason })],
    settings,
  )

/** An event with one choice. */
export const choiceOf = (choice: object, fields: object = {}): object => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, finish_reason: null, ...choice }],
  ...fields,
})
