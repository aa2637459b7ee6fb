import type { Exchange } from './exchange.js'
import type { Generation } from './generation.js'
import type { MockMessage } from './types.js'

/**
 * Stores a conversation, its newest response included, under the response's id, so that later requests can follow it.
 */
export function storeConversation(exchange: Exchange, id: string, generation: Generation): void {
  const response: MockMessage = {
    role: 'assistant',
    text: generation.text.join(''),
    images: [],
    ...(generation.toolCalls.length > 0 ? { toolCalls: generation.toolCalls } : {}),
  }
  exchange.state.conversations.set(id, [...generation.prompt.messages, response])
}
