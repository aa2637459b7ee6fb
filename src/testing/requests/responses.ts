import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, isObject } from '../json-values.js'
import { openAIError, throwError, throwOpenAIError } from '../replies/errors.js'
import type { MockMessage, MockPrompt, MockTool } from '../types.js'
import { findUnknownCallId } from './call-ids.js'
import { type FieldType, describeType, findWrongType } from './field-types.js'
import { isImageURL } from './images.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

/** Sends a 400 as the validator of this route does: the issue, and its path in `param`. */
function throwIssue(message: string, param: string): never {
  throwOpenAIError(message, param, null)
}

/** Rejects fields of the wrong type; `path` is the prefix of `param`. The messages are assumed. */
function checkTypes(object: JSONObject, path: string, types: Readonly<Record<string, FieldType>>): void {
  const wrong = findWrongType(object, types)
  if (wrong !== undefined) throwIssue(`Expected ${describeType(types[wrong])}`, path + wrong)
}

/** Rejects fields that are missing or of the wrong type. */
function checkRequired(object: JSONObject, path: string, types: Readonly<Record<string, FieldType>>): void {
  const missing = Object.keys(types).find((name) => object[name] === undefined || object[name] === null)
  if (missing !== undefined) throwIssue('Required', path + missing)
  checkTypes(object, path, types)
}

function readContent(content: unknown, path: string): { text: string; images: string[] } {
  if (typeof content === 'string') return { text: content, images: [] }
  if (!Array.isArray(content)) throwIssue(content === undefined ? 'Required' : 'Invalid', path)
  const images: string[] = []
  const texts: string[] = []
  for (const [index, value] of content.entries()) {
    const part = asObject(value)
    if (part.type === 'input_text' || part.type === 'output_text') {
      checkRequired(part, `${path}.${index}.`, { text: 'string' })
      texts.push(asString(part.text))
    } else if (part.type === 'input_image') {
      const { image_url: url } = part
      images.push(
        isImageURL(url)
          ? url
          : throwOpenAIError("'image_url' must be a base64 encoded image", 'input', 'invalid_value'),
      )
    } else {
      throwIssue('Invalid', `${path}.${index}.type`)
    }
  }
  return { text: texts.join('\n'), images }
}

/** Reads one item of `input`. That unknown item types are a 400 is assumed, by analogy with unknown tool types. */
function readItem(value: unknown, path: string): MockMessage {
  const item = asObject(value)
  const { type, role, content } = item
  if (type === 'function_call') {
    checkRequired(item, `${path}.`, { call_id: 'string', name: 'string', arguments: 'string' })
    const call = { id: asString(item.call_id), name: asString(item.name), arguments: asString(item.arguments) }
    return { role: 'assistant', text: '', images: [], toolCalls: [call] }
  }
  if (type === 'function_call_output') {
    checkRequired(item, `${path}.`, { call_id: 'string', output: 'string' })
    return { role: 'tool', text: asString(item.output), images: [], toolCallId: asString(item.call_id) }
  }
  if (type !== undefined && type !== 'message') throwIssue('Invalid', `${path}.type`)
  const known = role === 'developer' ? 'system' : role
  if (known !== 'system' && known !== 'user' && known !== 'assistant') {
    throwOpenAIError(`Invalid role: '${asString(role)}'.`, 'input', 'invalid_value')
  }
  return { role: known, ...readContent(content, `${path}.content`) }
}

/** Joins consecutive calls into one assistant message. */
function joinCalls(messages: readonly MockMessage[]): MockMessage[] {
  const joined: MockMessage[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    if (last?.toolCalls !== undefined && message.toolCalls !== undefined) {
      joined[joined.length - 1] = { ...last, toolCalls: [...last.toolCalls, ...message.toolCalls] }
    } else {
      joined.push(message)
    }
  }
  return joined
}

/** Reads the function tools. MCP tools are accepted, but the mock never calls them. */
function readTools(exchange: Exchange, value: unknown): readonly MockTool[] {
  return asArray(value).flatMap((one, index) => {
    const tool = asObject(one)
    const path = `tools.${index}.`
    if (tool.type === 'mcp') {
      checkRequired(tool, path, { server_label: 'string', server_url: 'string' })
      checkTypes(tool, path, { allowed_tools: 'strings' })
      if (exchange.settings.mcp) return []
      const message = `Permission denied to use plugin '${asString(tool.server_label)}'.`
      throwError(openAIError(message, 'tools', 'permission_denied'), 403)
    }
    if (tool.type !== 'function') throwIssue('Invalid', `${path}type`)
    const { name, description, parameters } = tool
    if (asString(name) === '') {
      throwOpenAIError(`Missing required parameter: 'tools[${index}].name'.`, 'tools', 'missing_required_parameter')
    }
    checkRequired(tool, path, { parameters: 'object' })
    // As on chat completions (docs/http-api.md 9.4); the message is assumed.
    if (asObject(parameters).type !== 'object') {
      throwIssue('Invalid literal value, expected "object"', `${path}parameters.type`)
    }
    return [{ name: asString(name), description: asString(description), parameters }]
  })
}

function readToolChoice(value: unknown): MockPrompt['toolChoice'] {
  if (value === undefined || value === null) return 'auto'
  if (value === 'none' || value === 'auto' || value === 'required') return value
  throwOpenAIError('Invalid tool_choice. Supported string values: none, auto, required', 'tool_choice', 'invalid_value')
}

function readPreviousMessages(exchange: Exchange, body: JSONObject): readonly MockMessage[] {
  const id = body.previous_response_id
  if (id === undefined || id === null) return []
  const message = `Previous response with id '${asString(id)}' not found.`
  return (
    exchange.state.conversations.get(asString(id)) ??
    throwOpenAIError(message, 'previous_response_id', 'previous_response_not_found')
  )
}

/** The documented fields (docs/http-api.md 4.1). */
const fieldTypes = {
  model: 'string',
  instructions: 'string',
  stream: 'boolean',
  previous_response_id: 'string',
  store: 'boolean',
  reasoning: 'object',
  tools: 'array',
  max_output_tokens: 'integer',
  temperature: 'number',
  top_p: 'number',
  presence_penalty: 'number',
  frequency_penalty: 'number',
  top_logprobs: 'integer',
  text: 'object',
} as const satisfies Readonly<Record<string, FieldType>>

const efforts: readonly string[] = ['none', 'low', 'medium', 'high']

function checkBody(body: JSONObject): void {
  const { input, model, reasoning, text } = body
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throwOpenAIError("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  }
  if (model === undefined) {
    throwOpenAIError("Missing required parameter: 'model'.", 'model', 'missing_required_parameter')
  }
  checkTypes(body, '', fieldTypes)
  const effort = asObject(reasoning).effort ?? 'none'
  if (!efforts.includes(asString(effort))) throwIssue('Invalid', 'reasoning.effort')
  if (isObject(text)) checkRequired(text, 'text.', { format: 'object' })
}

/**
 * Reads a response request and the conversation that it follows, or sends a 400. `text.format` has no effect on the
 * output, as with LM Studio (docs/http-api.md 9.2).
 */
export function readResponsesRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  checkBody(body)
  const { input, instructions } = body
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : asArray(input)
  const system: MockMessage[] =
    typeof instructions === 'string' ? [{ role: 'system', text: instructions, images: [] }] : []
  const newMessages = joinCalls(items.map((item, index) => readItem(item, `input.${index}`)))
  const messages = [...readPreviousMessages(exchange, body), ...system, ...newMessages]
  const unknownId = findUnknownCallId(messages)
  if (unknownId !== undefined) {
    // That LM Studio checks the id is assumed; the text is OpenAI's.
    throwIssue(`No tool call found for function call output with call_id ${unknownId}.`, 'input')
  }
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages,
    tools: readTools(exchange, body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    stop: [],
    seed: exchange.settings.seed,
    effort: asString(asObject(body.reasoning).effort),
    body: exchange.body,
    ...withMaxTokens(asCount(body.max_output_tokens)),
  }
}
