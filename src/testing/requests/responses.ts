import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString } from '../json-values.js'
import { throwOpenAIError } from '../replies/errors.js'
import type { MockMessage, MockPrompt, MockTool } from '../types.js'
import { readContent } from './chat-messages.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

function throwInvalidImage(): never {
  throwOpenAIError("'image_url' must be a base64 encoded image", 'input', 'invalid_value')
}

function readItem(item: unknown): readonly MockMessage[] {
  const { type, role, content, call_id: id, name, arguments: args, output } = asObject(item)
  if (type === 'function_call') {
    const call = { id: asString(id), name: asString(name), arguments: asString(args) }
    return [{ role: 'assistant', text: '', images: [], toolCalls: [call] }]
  }
  if (type === 'function_call_output') {
    return [{ role: 'tool', text: asString(output), images: [], toolCallId: asString(id) }]
  }
  if (type !== undefined && type !== 'message') return []
  const known = role === 'developer' ? 'system' : role
  if (known !== 'system' && known !== 'user' && known !== 'assistant') {
    throwOpenAIError(`Invalid role: '${asString(role)}'.`, 'input', 'invalid_value')
  }
  return [{ role: known, ...readContent(content, throwInvalidImage) }]
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

function readTools(value: unknown): readonly MockTool[] {
  return asArray(value).flatMap((tool) => {
    const { type, name, description, parameters } = asObject(tool)
    if (type !== 'function') return []
    if (asString(name) === '')
      throwOpenAIError("Missing required parameter: 'tools[0].name'.", 'tools', 'missing_required_parameter')
    return [{ name: asString(name), description: asString(description), parameters: parameters ?? { type: 'object' } }]
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

/**
 * Reads a response request and the conversation that it follows, or sends a 400. `text.format` has no effect on the
 * output, as with LM Studio (docs/http-api.md 9.2).
 */
export function readResponsesRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  const { input, instructions } = body
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throwOpenAIError("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  }
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  const system: MockMessage[] =
    typeof instructions === 'string' ? [{ role: 'system', text: instructions, images: [] }] : []
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages: [...readPreviousMessages(exchange, body), ...system, ...joinCalls(items.flatMap(readItem))],
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    stop: [],
    seed: exchange.settings.seed,
    effort: asString(asObject(body.reasoning).effort),
    body: exchange.body,
    ...withMaxTokens(asCount(body.max_output_tokens)),
  }
}
