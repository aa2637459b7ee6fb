import type { ChatRequest, MessagesRequest, ReasoningSetting } from 'lmstudio-provider'
import { pathTo, toContent, toRequestMessages } from './conversation.js'
import type { Conversation, UserMessage } from './types.js'

/** Returns why the native route cannot continue the conversation, or `undefined` if it can. */
export function nativeFallbackReason(conversation: Conversation, message: UserMessage): string | undefined {
  const previous = message.parent === undefined ? undefined : conversation.nodes[message.parent]
  if (previous === undefined || (previous.role === 'assistant' && previous.responseId !== undefined)) return undefined
  return 'LM Studio has not stored the earlier messages, so all of them were sent.'
}

/** Builds the `stream` request for a response to a message; `last` is the id of the last message to send. */
export function toCompletionRequest(
  conversation: Conversation,
  message: UserMessage,
  model: string,
  last = message.id,
): MessagesRequest {
  const { contextLength: _, extraBody, ...parameters } = conversation.parameters
  return {
    ...parameters,
    ...(extraBody === undefined || extraBody.trim() === '' ? {} : { extraBody: readObject(extraBody) }),
    model,
    messages: toRequestMessages(conversation, last),
  }
}

/** Builds the `streamChat` request for a response to a message. */
export function toChatRequest(conversation: Conversation, message: UserMessage, model: string): ChatRequest {
  const { temperature, topP, topK, minP, repeatPenalty, maxTokens, contextLength, reasoningEffort } =
    conversation.parameters
  const system = conversation.system.trim()
  const previous = pathTo(conversation, message.parent).at(-1)
  return {
    model,
    temperature,
    topP,
    topK,
    minP,
    repeatPenalty,
    maxTokens,
    contextLength,
    input: toContent(message),
    store: true,
    system: system === '' ? undefined : system,
    reasoning: (reasoningEffort === 'none' ? 'off' : reasoningEffort) as ReasoningSetting | undefined,
    previousResponseId: previous?.role === 'assistant' ? previous.responseId : undefined,
  }
}

/**
 * Parses the extra fields of a request.
 *
 * @throws Error The text is not a JSON object.
 */
export function readObject(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('Extra fields must be valid JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('Extra fields must be a JSON object: { "field": value }.')
  return value as Record<string, unknown>
}
