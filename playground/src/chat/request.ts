import type { ChatRequest, MessagesRequest, ReasoningSetting } from 'lmstudio-provider'
import { pathTo, toContent, toMessages } from './conversation.js'
import type { Conversation, Question } from './types.js'

/** Why the server cannot go on from here although it was to keep the conversation; `undefined` if it can. */
export function whyNotNative(conversation: Conversation, question: Question): string | undefined {
  const before = question.parent === undefined ? undefined : conversation.nodes[question.parent]
  if (before === undefined || (before.role === 'assistant' && before.responseId !== undefined)) return undefined
  return 'LM Studio does not keep what was said before this, so all of it was sent.'
}

/** The request of `stream` for the answer to a question. */
export function toCompletionRequest(conversation: Conversation, question: Question, model: string): MessagesRequest {
  const { contextLength: _, extraBody, ...parameters } = conversation.parameters
  return {
    ...parameters,
    ...(extraBody === undefined || extraBody.trim() === '' ? {} : { extraBody: readObject(extraBody) }),
    model,
    messages: toMessages(conversation, question.id),
  }
}

/** The request of `streamChat` for it. */
export function toChatRequest(conversation: Conversation, question: Question, model: string): ChatRequest {
  const { temperature, topP, topK, minP, repeatPenalty, maxTokens, contextLength, reasoningEffort } =
    conversation.parameters
  const system = conversation.system.trim()
  const before = pathTo(conversation, question.parent).at(-1)
  return {
    model,
    temperature,
    topP,
    topK,
    minP,
    repeatPenalty,
    maxTokens,
    contextLength,
    input: toContent(question),
    store: true,
    system: system === '' ? undefined : system,
    reasoning: (reasoningEffort === 'none' ? 'off' : reasoningEffort) as ReasoningSetting | undefined,
    previousResponseId: before?.role === 'assistant' ? before.responseId : undefined,
  }
}

/**
 * A JSON object.
 *
 * @throws Error whose message says what is wrong with it
 */
export function readObject(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('The extra fields are not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('The extra fields must be a JSON object: { "field": value }.')
  return value as Record<string, unknown>
}
