import type { LMStudioOptions } from '../../src/config/options.js'
import { streamRespond } from '../../src/responses/respond.js'
import type { RespondEvent, RespondResponse, RespondStream } from '../../src/responses/types.js'
import { eventStream, testClient } from './client.js'

export const RESPOND_REQUEST = { model: 'acme/tern-4b', input: 'When is high tide?' } as const

export const RESPONSE = { id: 'resp_1', model: 'acme/tern-4b' } as const

/** One event of a stream. */
export const respondFrame = (name: string, fields: object = {}): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...fields })}\n\n`

/** The first event of a stream. */
export const CREATED = respondFrame('response.created', {
  response: { ...RESPONSE, status: 'in_progress', output: [], usage: null },
})

export const textDelta = (text: string, position: object = {}): string =>
  respondFrame('response.output_text.delta', { output_index: 0, content_index: 0, ...position, delta: text })

/** The last event of a stream. */
export const completed = (output: readonly object[] = [], fields: object = {}): string =>
  respondFrame('response.completed', { response: { ...RESPONSE, status: 'completed', output, ...fields } })

export const messageItem = (text: string): object => ({
  id: 'msg_1',
  type: 'message',
  content: [{ type: 'output_text', text }],
})

/** Streams a response whose body is `chunks`, followed by `ending`. */
export function openRespond(
  chunks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: LMStudioOptions = {},
): { readonly stream: RespondStream; readonly body: ReturnType<typeof eventStream>['state'] } {
  const { response, state } = eventStream(chunks, ending)
  const client = testClient({ fetch: async () => response, maxRetries: 0, ...options })
  return { stream: streamRespond(client, RESPOND_REQUEST), body: state }
}

export const typesOf = (events: readonly RespondEvent[]): string[] => events.map(({ type }) => type)

/** Returns the response in the last event. */
export function lastResponse(events: readonly RespondEvent[]): RespondResponse {
  const last = events.at(-1)
  if (last?.type !== 'response-end') throw new Error('The stream has no end.')
  return last.response
}
