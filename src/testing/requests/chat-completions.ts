import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, asStringList, isObject } from '../json-values.js'
import { throwIssues, throwStringError } from '../replies/errors.js'
import type { MockPrompt, MockTool } from '../types.js'
import { readMessages } from './chat-messages.js'
import { type FieldType, describeType, findWrongType } from './field-types.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

function readTools(value: unknown): readonly MockTool[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throwIssues(['tools'], 'Expected array', 'array')
  return asArray(value).map((tool, index) => {
    const { type, function: definition } = asObject(tool)
    const { name, description, parameters } = asObject(definition)
    if (type !== 'function') {
      throwIssues(['tools', index, 'type'], 'Invalid literal value, expected "function"', 'function')
    }
    if (asString(name) === '') throwIssues(['tools', index, 'function', 'name'], 'Required', 'string')
    if (parameters !== undefined && asObject(parameters).type !== 'object') {
      const path = ['tools', index, 'function', 'parameters', 'type']
      throwIssues(path, 'Invalid literal value, expected "object"', 'object')
    }
    return { name: asString(name), description: asString(description), parameters: parameters ?? { type: 'object' } }
  })
}

function readToolChoice(value: unknown): MockPrompt['toolChoice'] {
  if (value === undefined || value === null) return 'auto'
  if (value === 'none' || value === 'auto' || value === 'required') return value
  const received = typeof value === 'string' ? value : typeof value
  throwStringError(`Invalid tool_choice type: '${received}'. Supported string values: none, auto, required`)
}

/** Returns the JSON schema of a `response_format`. */
function readSchema(value: unknown, isOld: boolean): unknown {
  if (value === undefined || value === null) return undefined
  const { type, json_schema: jsonSchema } = asObject(value)
  if (type === 'text') return undefined
  if (type !== 'json_schema') {
    throwStringError(`'response_format.type' must be 'json_schema'${isOld ? '' : " or 'text'"}`)
  }
  const { name, schema } = asObject(jsonSchema)
  // The documented shape has both; the messages are assumed.
  if (asString(name) === '') throwStringError("'response_format.json_schema.name' must be a string")
  if (!isObject(schema)) throwStringError("'response_format.json_schema.schema' must be an object")
  return schema
}

/** The documented fields that chat and text completions share (docs/http-api.md 3.3). */
const fieldTypes = {
  model: 'string',
  temperature: 'number',
  top_p: 'number',
  top_k: 'integer',
  max_tokens: 'integer',
  max_completion_tokens: 'integer',
  stream: 'boolean',
  stream_options: 'object',
  stop: 'string-or-strings',
  presence_penalty: 'number',
  frequency_penalty: 'number',
  repeat_penalty: 'number',
  logit_bias: 'object',
  seed: 'integer',
  reasoning_effort: 'string',
  ttl: 'integer',
  draft_model: 'string',
} as const satisfies Readonly<Record<string, FieldType>>

const efforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** Rejects fields of the wrong type. Unknown keys are ignored, as in LM Studio; the messages are assumed. */
function checkFields(body: JSONObject, types: Readonly<Record<string, FieldType>>): void {
  const wrong = findWrongType(body, types)
  if (wrong !== undefined) throwStringError(`'${wrong}' field must be ${describeType(types[wrong])}`)
}

function checkCompletionFields(body: JSONObject): void {
  checkFields(body, fieldTypes)
  checkFields(asObject(body.stream_options), { include_usage: 'boolean' })
  const effort = body.reasoning_effort ?? 'none'
  // A model's own `off` and `on` are refused on this route (docs/http-api.md 15).
  if (!efforts.includes(asString(effort))) {
    throwStringError(`'reasoning_effort' field must be one of ${efforts.join(', ')}`)
  }
}

/** Reads the fields that chat and text completions share. */
function readCommonFields(exchange: Exchange, body: JSONObject): Omit<PromptDraft, 'messages'> {
  checkCompletionFields(body)
  return {
    route: exchange.path,
    stream: body.stream === true,
    tools: [],
    toolChoice: 'auto',
    stop: asStringList(body.stop).filter((stop) => stop !== ''),
    seed: (asCount(body.seed) ?? 0) + exchange.settings.seed,
    effort: asString(body.reasoning_effort),
    body: exchange.body,
    ...withMaxTokens(asCount(body.max_tokens) ?? asCount(body.max_completion_tokens)),
  }
}

/** Reads a chat completion request, or sends a 400. */
export function readChatRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  const messages = readMessages(body.messages)
  const schema = readSchema(body.response_format, exchange.settings.version === '0.3')
  return {
    ...readCommonFields(exchange, body),
    messages,
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    ...(schema === undefined ? {} : { schema }),
  }
}

/** Reads a text completion request, or sends a 400. */
export function readCompletionRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  if (typeof body.prompt !== 'string') throwStringError("'prompt' field is required")
  return { ...readCommonFields(exchange, body), messages: [], prompt: body.prompt, effort: 'none' }
}
