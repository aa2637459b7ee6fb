import type { ChatEvent, ChatStream } from 'lmstudio-provider'
import type { AnyError } from './caught.js'

/** Reads a stream of the native route to its end or its error. */
export async function readChat(
  stream: ChatStream,
): Promise<{ readonly events: ChatEvent[]; readonly error: AnyError | undefined }> {
  const events: ChatEvent[] = []
  try {
    for await (const event of stream) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error: error as AnyError }
  }
}

/** The text of the deltas among some events. */
export const textOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')

/** The bodies of the requests to the native route. */
export const chatBodies = (calls: readonly { readonly path: string; readonly body: unknown }[]): unknown[] =>
  calls.filter(({ path }) => path === '/api/v1/chat').map(({ body }) => body)

/** One event as the route frames it. */
export const chatFrame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

/** The event that ends a stream. */
export const chatEnd = (result: unknown, more: object = {}): string => chatFrame('chat.end', { result, ...more })
