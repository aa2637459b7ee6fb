import type { Exchange } from '../exchange.js'
import { asArray, asCount, asObject, asString } from '../json-values.js'
import { anthropicError, throwError } from '../replies/errors.js'
import type { MockMessage, MockPrompt } from '../types.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

function throwAnthropicError(message: string): never {
  throwError(anthropicError(message))
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : asArray(content)
        .map((block) => asString(asObject(block).text))
        .join('')

/** Reads one message. It may hold text and tool calls, or tool results, which become messages of their own. */
function readMessage(message: unknown): MockMessage[] {
  const { role, content } = asObject(message)
  if (role !== 'user' && role !== 'assistant') throwAnthropicError("messages: role must be 'user' or 'assistant'")
  const blocks = asArray(content).map(asObject)
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map((block): MockMessage => ({
      role: 'tool',
      text: textOf(block.content),
      images: [],
      toolCallId: asString(block.tool_use_id),
    }))
  const toolCalls = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({
      id: asString(id),
      name: asString(name),
      arguments: JSON.stringify(input ?? {}),
    }))
  const images = blocks
    .filter(({ type }) => type === 'image')
    .map(({ source }) => `data:${asString(asObject(source).media_type)};base64,${asString(asObject(source).data)}`)
  const text = textOf(content)
  if (results.length > 0 && text === '') return results
  return [...results, { role, text, images, ...(toolCalls.length > 0 ? { toolCalls } : {}) }]
}

function readToolChoice(value: unknown): MockPrompt['toolChoice'] {
  const { type } = asObject(value)
  if (type === 'none') return 'none'
  return type === 'any' || type === 'tool' ? 'required' : 'auto'
}

/**
 * Reads a request of `/v1/messages`, or sends a 400. Reasoning stays off: how LM Studio sends it on this route is not
 * known (docs/http-api.md 14).
 */
export function readAnthropicRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  for (const name of ['model', 'max_tokens', 'messages']) {
    if (body[name] === undefined) throwAnthropicError(`${name}: Field required`)
  }
  const systemText = textOf(body.system)
  const system: MockMessage[] = systemText === '' ? [] : [{ role: 'system', text: systemText, images: [] }]
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages: [...system, ...asArray(body.messages).flatMap(readMessage)],
    tools: asArray(body.tools).map((tool) => {
      const { name, description, input_schema: parameters } = asObject(tool)
      return { name: asString(name), description: asString(description), parameters }
    }),
    toolChoice: readToolChoice(body.tool_choice),
    stop: asArray(body.stop_sequences).filter((one): one is string => typeof one === 'string' && one !== ''),
    seed: exchange.settings.seed,
    effort: 'none',
    body: exchange.body,
    ...withMaxTokens(asCount(body.max_tokens)),
  }
}
