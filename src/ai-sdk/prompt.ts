import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { AssistantMessage, ContentPart, Message, ToolCallInput, ToolMessage } from '../types.js'
import { toContentPart } from './files.js'
import { toToolContent } from './tool-result.js'

type AssistantParts = Extract<LanguageModelV3Message, { role: 'assistant' }>['content']
type ToolParts = Extract<LanguageModelV3Message, { role: 'tool' }>['content']
type ResultPart = Extract<ToolParts[number], { type: 'tool-result' }>

type Warn = (feature: string) => void

/**
 * Maps a prompt of the AI SDK to messages.
 *
 * @param warn - reports a part that cannot be sent
 *
 * @throws `UnsupportedFunctionalityError`: the user attached a file that LM Studio does not accept
 * @throws {@link InvalidRequestError} a file or the result of a tool cannot be read
 */
export function toMessages(prompt: LanguageModelV3Prompt, warn: Warn): Message[] {
  const messages: Message[] = []
  let images: readonly ContentPart[] = []
  // A tool message holds only text. The results of one round stay together, so their images follow the last of them.
  const flushImages = (): void => {
    if (images.length > 0) messages.push({ role: 'user', content: images })
    images = []
  }
  for (const message of prompt) {
    if (message.role !== 'tool') flushImages()
    if (message.role === 'system') messages.push({ role: 'system', content: message.content })
    else if (message.role === 'user') messages.push({ role: 'user', content: toUserContent(message.content) })
    else {
      if (message.role === 'assistant') messages.push(toAssistantMessage(message.content, warn))
      // Those of an assistant message are the results of tools that another provider ran.
      const results = toToolMessages(message.content.filter(isResult), warn)
      messages.push(...results.messages)
      images = [...images, ...results.images]
    }
  }
  flushImages()
  return messages
}

/** Returns the ids of the tool calls in a prompt. */
export const toolCallIds = (prompt: LanguageModelV3Prompt): Set<string> =>
  new Set(
    prompt.flatMap((message) =>
      message.role === 'assistant'
        ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
        : [],
    ),
  )

const isResult = (part: { readonly type: string }): part is ResultPart => part.type === 'tool-result'

function toUserContent(
  content: Extract<LanguageModelV3Message, { role: 'user' }>['content'],
): string | readonly ContentPart[] {
  const parts = content.map((part) => (part.type === 'text' ? toTextPart(part.text) : toContentPart(part)))
  const [first] = parts
  return parts.length === 1 && first?.type === 'text' ? first.text : parts
}

const toTextPart = (text: string): ContentPart => ({ type: 'text', text })

function toAssistantMessage(content: AssistantParts, warn: Warn): AssistantMessage {
  let text = ''
  const toolCalls: ToolCallInput[] = []
  for (const part of content) {
    if (part.type === 'text') text += part.text
    else if (part.type === 'tool-call') {
      toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input })
    } else if (part.type === 'file') warn('files in assistant messages')
    // Reasoning stays out: chat templates drop that of earlier turns, and LM Studio has no documented field for it.
  }
  return { role: 'assistant', content: text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }
}

function toToolMessages(
  results: readonly ResultPart[],
  warn: Warn,
): { readonly messages: readonly ToolMessage[]; readonly images: readonly ContentPart[] } {
  const messages: ToolMessage[] = []
  const images: ContentPart[] = []
  for (const result of results) {
    const { toolCallId, toolName } = result
    const content = toToolContent(result, warn)
    messages.push({ role: 'tool', toolCallId, content: content.text })
    if (content.images.length > 0) images.push(toTextPart(`Images returned by ${toolName}:`), ...content.images)
  }
  return { messages, images }
}
