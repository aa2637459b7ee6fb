import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, asStringList } from '../json-values.js'
import { anthropicError, throwError } from '../replies/errors.js'
import type { MockMessage, MockPrompt, MockTool } from '../types.js'
import { findUnknownCallId } from './call-ids.js'
import { type FieldType, describeType, findWrongType, hasType } from './field-types.js'
import { isImageURL } from './images.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

function throwAnthropicError(message: string): never {
  throwError(anthropicError(message))
}

/** Rejects an object of the request that lacks a field or has one of the wrong type. */
function checkRequired(object: JSONObject, path: string, types: Readonly<Record<string, FieldType>>): void {
  for (const [name, type] of Object.entries(types)) {
    if (object[name] === undefined) throwAnthropicError(`${path}${name}: Field required`)
    if (!hasType(object[name], type)) throwAnthropicError(`${path}${name}: Input should be ${describeType(type)}`)
  }
}

/** Returns the text of a string or of text blocks; other blocks are a 400. */
function readText(content: unknown, path: string): string {
  if (content === undefined || typeof content === 'string') return content ?? ''
  if (!Array.isArray(content)) throwAnthropicError(`${path}: Input should be a valid list`)
  const texts = content.map((block, index) => {
    if (asObject(block).type !== 'text') throwAnthropicError(`${path}.${index}.type: Input should be 'text'`)
    checkRequired(asObject(block), `${path}.${index}.`, { text: 'string' })
    return asString(asObject(block).text)
  })
  return texts.join('')
}

function readImage(block: JSONObject, path: string): string {
  const { type, media_type: mediaType, data } = asObject(block.source)
  const url = `data:${asString(mediaType)};base64,${asString(data)}`
  // Base64 only, on all routes (docs/http-api.md 9.5).
  if (type !== 'base64' || !isImageURL(url)) throwAnthropicError(`${path}.source: Input should be a base64 image`)
  return url
}

interface MessageParts {
  text: string
  readonly images: string[]
  readonly toolCalls: { id: string; name: string; arguments: string }[]
  readonly results: MockMessage[]
}

function readBlock(block: JSONObject, path: string, parts: MessageParts): void {
  switch (block.type) {
    case 'text':
      checkRequired(block, `${path}.`, { text: 'string' })
      parts.text += asString(block.text)
      break
    case 'image':
      parts.images.push(readImage(block, path))
      break
    case 'tool_use':
      checkRequired(block, `${path}.`, { id: 'string', name: 'string', input: 'object' })
      parts.toolCalls.push({
        id: asString(block.id),
        name: asString(block.name),
        arguments: JSON.stringify(block.input),
      })
      break
    case 'tool_result':
      checkRequired(block, `${path}.`, { tool_use_id: 'string' })
      parts.results.push({
        role: 'tool',
        text: readText(block.content, `${path}.content`),
        images: [],
        toolCallId: asString(block.tool_use_id),
      })
      break
    default:
      throwAnthropicError(`${path}.type: Input should be 'text', 'image', 'tool_use' or 'tool_result'`)
  }
}

/** Reads one message. It may hold text and tool calls, or tool results, which become messages of their own. */
function readMessage(message: unknown, path: string): MockMessage[] {
  const { role, content } = asObject(message)
  if (role !== 'user' && role !== 'assistant') throwAnthropicError("messages: role must be 'user' or 'assistant'")
  if (typeof content === 'string') return [{ role, text: content, images: [] }]
  if (!Array.isArray(content)) throwAnthropicError(`${path}.content: Field required`)
  const parts: MessageParts = { text: '', images: [], toolCalls: [], results: [] }
  for (const [index, block] of content.entries()) readBlock(asObject(block), `${path}.content.${index}`, parts)
  const { text, images, toolCalls, results } = parts
  if (results.length > 0 && text === '') return results
  return [...results, { role, text, images, ...(toolCalls.length > 0 ? { toolCalls } : {}) }]
}

function readTools(value: unknown): readonly MockTool[] {
  return asArray(value).map((one, index) => {
    const tool = asObject(one)
    if (tool.type !== undefined && tool.type !== 'custom') {
      throwAnthropicError(`tools.${index}.type: Input should be 'custom'`)
    }
    checkRequired(tool, `tools.${index}.`, { name: 'string', input_schema: 'object' })
    return { name: asString(tool.name), description: asString(tool.description), parameters: tool.input_schema }
  })
}

function readToolChoice(value: unknown): MockPrompt['toolChoice'] {
  if (value === undefined) return 'auto'
  switch (asObject(value).type) {
    case 'auto':
      return 'auto'
    case 'none':
      return 'none'
    case 'any':
    case 'tool':
      return 'required'
    default:
      throwAnthropicError("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
  }
}

const optionalTypes: Readonly<Record<string, FieldType>> = {
  stream: 'boolean',
  temperature: 'number',
  top_p: 'number',
  top_k: 'integer',
  stop_sequences: 'strings',
  tools: 'array',
}

/**
 * Reads a request of `/v1/messages`, or sends a 400. Reasoning stays off: how LM Studio sends it on this route is not
 * known (docs/http-api.md 14).
 */
export function readAnthropicRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  checkRequired(body, '', { model: 'string', max_tokens: 'integer', messages: 'array' })
  if (asArray(body.messages).length === 0) throwAnthropicError('messages: at least one message is required')
  const wrong = findWrongType(body, optionalTypes)
  if (wrong !== undefined) throwAnthropicError(`${wrong}: Input should be ${describeType(optionalTypes[wrong])}`)
  const systemText = readText(body.system, 'system')
  const system: MockMessage[] = systemText === '' ? [] : [{ role: 'system', text: systemText, images: [] }]
  const messages = asArray(body.messages).flatMap((message, index) => readMessage(message, `messages.${index}`))
  const unknownId = findUnknownCallId(messages)
  if (unknownId !== undefined) {
    // That LM Studio checks the id is assumed; the text is Anthropic's.
    throwAnthropicError(`messages: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unknownId}`)
  }
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages: [...system, ...messages],
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    stop: asStringList(body.stop_sequences).filter((stop) => stop !== ''),
    seed: exchange.settings.seed,
    effort: 'none',
    body: exchange.body,
    ...withMaxTokens(asCount(body.max_tokens)),
  }
}
