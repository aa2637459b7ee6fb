import type { LMStudioOptions } from '../../src/config/options.js'
import { streamChat } from '../../src/native-chat/chat.js'
import type { ChatStream, PartialChat } from '../../src/native-chat/types.js'
import { eventStream, testClient } from './client.js'

export const REQUEST = { model: 'acme/tern-4b', input: 'What bird?' } as const

/** An item of the output. */
export const MESSAGE = { type: 'message', content: 'Found one.' } as const

/** One event of a native stream. */
export const nativeFrame = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

export const textFrame = (content: string): string => nativeFrame('message.delta', { content })

/** The last event of a stream, with these items as output. */
export const endFrame = (...output: object[]): string =>
  nativeFrame('chat.end', { result: { model_instance_id: 'acme/tern-4b', output, stats: {} } })

/** Streams a chat whose body is `chunks`, followed by `ending`. */
export function openChat(
  chunks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: LMStudioOptions = {},
): { readonly stream: ChatStream; readonly body: ReturnType<typeof eventStream>['state'] } {
  const { response, state } = eventStream(chunks, ending)
  const client = testClient({ fetch: async () => response, maxRetries: 0, ...options })
  return { stream: streamChat(client, REQUEST), body: state }
}

export const partialOf = (error: unknown): PartialChat => (error as { readonly partial: PartialChat }).partial
