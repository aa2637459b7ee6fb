import type { Exchange } from './exchange.js'
import type { Generation } from './generation.js'
import type { MockMessage } from './types.js'

/** Keeps a conversation with its newest answer under the answer's id, so that any earlier one can be gone on from. */
export function remember(exchange: Exchange, id: string, generation: Generation): void {
  const answer: MockMessage = {
    role: 'assistant',
    text: generation.text.join(''),
    images: [],
    ...(generation.toolCalls.length > 0 ? { toolCalls: generation.toolCalls } : {}),
  }
  exchange.state.conversations.set(id, [...generation.prompt.messages, answer])
}
