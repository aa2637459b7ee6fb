import type { Exchange } from './exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, asStringList, isObject } from './json-values.js'
import { readMessages } from './read-messages.js'
import type { DiskModel } from './state.js'
import type { MockPrompt, MockTool } from './types.js'
import { refuse, refuseIssues } from './wire-errors.js'

/** A prompt before it is known which model answers it. */
export type PromptDraft = Omit<MockPrompt, 'model' | 'reasoning'> & {
  /** What the request says about reasoning: an effort, `none`, `off` or `on`; empty when it says nothing. */
  readonly effort: string
}

function readTools(value: unknown): readonly MockTool[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) refuseIssues(['tools'], 'Expected array', 'array')
  return asArray(value).map((tool, index) => {
    const { type, function: callee } = asObject(tool)
    const { name, description, parameters } = asObject(callee)
    if (type !== 'function')
      refuseIssues(['tools', index, 'type'], 'Invalid literal value, expected "function"', 'function')
    if (asString(name) === '') refuseIssues(['tools', index, 'function', 'name'], 'Required', 'string')
    if (parameters !== undefined && asObject(parameters).type !== 'object') {
      const path = ['tools', index, 'function', 'parameters', 'type']
      refuseIssues(path, 'Invalid literal value, expected "object"', 'object')
    }
    return { name: asString(name), description: asString(description), parameters: parameters ?? { type: 'object' } }
  })
}

function readToolChoice(value: unknown): MockPrompt['toolChoice'] {
  if (value === undefined || value === null) return 'auto'
  if (value === 'none' || value === 'auto' || value === 'required') return value
  const given = typeof value === 'string' ? value : typeof value
  return refuse(`Invalid tool_choice type: '${given}'. Supported string values: none, auto, required`)
}

function readSchema(value: unknown, isOld: boolean): unknown {
  if (value === undefined || value === null) return undefined
  const { type, json_schema: wrapped } = asObject(value)
  if (type === 'text') return undefined
  if (type !== 'json_schema') {
    refuse(`'response_format.type' must be 'json_schema'${isOld ? '' : " or 'text'"}`)
  }
  const { schema } = asObject(wrapped)
  return isObject(schema) ? schema : refuse("'response_format.json_schema.schema' must be an object")
}

/** What chat and text completions have in common. */
export function readCommon(exchange: Exchange, body: JSONObject): Omit<PromptDraft, 'messages'> {
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

export const withMaxTokens = (maxTokens: number | undefined): { maxTokens?: number } =>
  maxTokens === undefined ? {} : { maxTokens }

/** A chat completion's prompt, or a refusal. Unknown keys are ignored, as LM Studio does here. */
export function readChatRequest(exchange: Exchange): PromptDraft {
  const body = asObject(exchange.body)
  const messages = readMessages(body.messages)
  const schema = readSchema(body.response_format, exchange.settings.version === '0.3')
  return {
    ...readCommon(exchange, body),
    messages,
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    ...(schema === undefined ? {} : { schema }),
  }
}

/** Whether the model thinks before it answers this request. */
export function reasons(model: DiskModel, effort: string): boolean {
  if (model.reasoning === false) return false
  const wanted = effort === '' ? model.reasoning.default : effort
  return wanted !== 'none' && wanted !== 'off'
}
