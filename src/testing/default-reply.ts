import { chooseTools } from './generate/choose-tools.js'
import { jsonFromSchema } from './generate/json-from-schema.js'
import { lorem } from './generate/lorem.js'
import { toolArguments } from './generate/tool-arguments.js'
import type { MockPrompt, MockReply } from './types.js'

/** The most words that "lorem <n>" returns. */
const MAX_LOREM_WORDS = 2_000_000

const lastUserMessage = (prompt: MockPrompt) => prompt.messages.findLast((message) => message.role === 'user')

function describeImages(images: readonly string[]): string {
  if (images.length === 0) return ''
  const types = images.map((image) => /^data:([^;]+)/u.exec(image)?.[1] ?? 'image')
  return ` I see ${images.length} ${images.length === 1 ? 'image' : 'images'} (${types.join(', ')}).`
}

function describeToolResults(prompt: MockPrompt): string {
  const callIndex = prompt.messages.findLastIndex((message) => message.toolCalls !== undefined)
  const calls = prompt.messages[callIndex]?.toolCalls ?? []
  const results = prompt.messages.slice(callIndex + 1).filter((message) => message.role === 'tool')
  return results
    .map((result) => {
      const name = calls.find((call) => call.id === result.toolCallId)?.name ?? 'the tool'
      return `According to ${name}: ${result.text}`
    })
    .join('\n')
}

function plainText(prompt: MockPrompt): string {
  if (prompt.prompt !== undefined) {
    const count = /\blorem (\d+)\s*$/u.exec(prompt.prompt)?.[1]
    return count === undefined ? ' and the tide turned' : lorem(Math.min(Number(count), MAX_LOREM_WORDS), prompt.seed)
  }
  const { text = '', images = [] } = lastUserMessage(prompt) ?? {}
  const count = /^\s*lorem (\d+)\s*$/u.exec(text)?.[1]
  if (count !== undefined) return lorem(Math.min(Number(count), MAX_LOREM_WORDS), prompt.seed)
  if (/^echo:/iu.test(text)) return text.replace(/^echo:\s?/iu, '')
  return `You said: ${text}${describeImages(images)}`
}

/**
 * Returns the mock's own reply to a prompt. A user message `lorem 500` gets 500 words and `echo: x` gets `x`; a message
 * that matches a tool calls it; tool results are put into words; a schema is satisfied; any other message is repeated
 * back.
 */
export function defaultReply(prompt: MockPrompt): MockReply {
  const text = lastUserMessage(prompt)?.text ?? ''
  const reasoning = prompt.reasoning
    ? { reasoning: `The user says "${text.slice(0, 80)}". A short answer will do.` }
    : {}
  const last = prompt.messages.at(-1)
  if (prompt.tools.length > 0 && prompt.toolChoice !== 'none' && last?.role !== 'tool') {
    const chosen = chooseTools(prompt.tools, text, prompt.toolChoice === 'required')
    if (chosen.length > 0) {
      const toolCalls = chosen.map((tool) => ({
        name: tool.name,
        arguments: toolArguments(tool.parameters, text, prompt.seed),
      }))
      return { ...reasoning, text: '', toolCalls }
    }
  }
  // Constrained decoding suppresses the reasoning (docs/http-api.md 9.2).
  if (prompt.schema !== undefined) return { text: JSON.stringify(jsonFromSchema(prompt.schema, prompt.seed)) }
  return { ...reasoning, text: last?.role === 'tool' ? describeToolResults(prompt) : plainText(prompt) }
}
