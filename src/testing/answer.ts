import { chooseTools } from './generate/choose-tools.js'
import { jsonFromSchema } from './generate/json-from-schema.js'
import { lorem } from './generate/lorem.js'
import { toolArguments } from './generate/tool-arguments.js'
import type { MockPrompt, MockReply } from './types.js'

/** The most words "lorem <n>" gives. */
const mostWords = 2_000_000

const lastOf = (prompt: MockPrompt, role: string): string =>
  prompt.messages.findLast((message) => message.role === role)?.text ?? ''

function describeImages(images: readonly string[]): string {
  if (images.length === 0) return ''
  const types = images.map((image) => /^data:([^;]+)/u.exec(image)?.[1] ?? 'image')
  return ` I see ${images.length} ${images.length === 1 ? 'image' : 'images'} (${types.join(', ')}).`
}

function answerToolResults(prompt: MockPrompt): string {
  const lastCall = prompt.messages.findLastIndex((message) => message.toolCalls !== undefined)
  const calls = prompt.messages[lastCall]?.toolCalls ?? []
  const results = prompt.messages.slice(lastCall + 1).filter((message) => message.role === 'tool')
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
    return count === undefined ? ' and the tide turned' : lorem(Math.min(Number(count), mostWords), prompt.seed)
  }
  const asked = lastOf(prompt, 'user')
  const images = prompt.messages.findLast((message) => message.role === 'user')?.images ?? []
  const count = /^\s*lorem (\d+)\s*$/u.exec(asked)?.[1]
  if (count !== undefined) return lorem(Math.min(Number(count), mostWords), prompt.seed)
  if (/^echo:/iu.test(asked)) return asked.replace(/^echo:\s?/iu, '')
  return `You said: ${asked}${describeImages(images)}`
}

/**
 * What the mock answers by itself. A user message `lorem 500` gives 500 words and `echo: x` gives `x`; a message that
 * fits a tool calls it; tool results are put into words; a schema is satisfied; everything else is repeated back.
 */
export function answerPrompt(prompt: MockPrompt): MockReply {
  const asked = lastOf(prompt, 'user')
  const reasoning = prompt.reasoning
    ? { reasoning: `The user says "${asked.slice(0, 80)}". A short answer will do.` }
    : {}
  const last = prompt.messages.at(-1)
  if (prompt.tools.length > 0 && prompt.toolChoice !== 'none' && last?.role !== 'tool') {
    const chosen = chooseTools(prompt.tools, asked, prompt.toolChoice === 'required')
    if (chosen.length > 0) {
      const toolCalls = chosen.map((tool) => ({
        name: tool.name,
        arguments: toolArguments(tool.parameters, asked, prompt.seed),
      }))
      return { ...reasoning, text: '', toolCalls }
    }
  }
  // Constrained decoding leaves no room for thinking, where it does not land in it.
  if (prompt.schema !== undefined) return { text: JSON.stringify(jsonFromSchema(prompt.schema, prompt.seed)) }
  return { ...reasoning, text: last?.role === 'tool' ? answerToolResults(prompt) : plainText(prompt) }
}
