import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { AssistantMessage, ContentPart, Message, ToolCallInput, ToolMessage } from '../types.js'
import { toContentPart } from './files.js'
import { toToolContent } from './tool-result.js'

type AssistantParts = Extract<LanguageModelV3Message, { role: 'assistant' }>['content']
type ToolParts = Extract<LanguageModelV3Message, { role: 'tool' }>['content']
type ResultPart = Extract<ToolParts[number], { type: 'tool-result' }>

/**
 * Maps a prompt of the AI SDK to messages.
 *
 * @param warn - reports a part that cannot be sent
 *
 * @throws `UnsupportedFunctionalityError`: the user attached a file that LM Studio does not take
 */
export function toMessages(prompt: LanguageModelV3Prompt, warn: (feature: string) => void): Message[] {
  return prompt.flatMap((message): Message[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: message.content }]
      case 'user':
        return [{ role: 'user', content: toUserContent(message.content) }]
      case 'assistant':
        return toAssistantMessages(message.content, warn)
      case 'tool':
        return toToolMessages(message.content.filter(isResult), warn)
    }
  })
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

/** The message, and the results of tools that another provider ran within it. */
function toAssistantMessages(content: AssistantParts, warn: (feature: string) => void): Message[] {
  let text = ''
  const toolCalls: ToolCallInput[] = []
  for (const part of content) {
    if (part.type === 'text') text += part.text
    else if (part.type === 'tool-call') {
      toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input })
    } else if (part.type === 'file') warn('files in assistant messages')
    // Reasoning stays out: chat templates drop that of earlier turns, and LM Studio has no documented field for it.
  }
  const message: AssistantMessage = {
    role: 'assistant',
    content: text,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  }
  return [message, ...toToolMessages(content.filter(isResult), warn)]
}

/** The results, followed by one message of the user with the images of the results, which only it can hold. */
function toToolMessages(results: readonly ResultPart[], warn: (feature: string) => void): Message[] {
  const messages: ToolMessage[] = []
  const images: ContentPart[] = []
  for (const { toolCallId, toolName, output } of results) {
    const content = toToolContent(output, warn)
    messages.push({ role: 'tool', toolCallId, content: content.text })
    if (content.images.length > 0) images.push(toTextPart(`Images returned by ${toolName}:`), ...content.images)
  }
  return images.length === 0 ? messages : [...messages, { role: 'user', content: images }]
}
