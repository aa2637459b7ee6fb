import type { Exchange } from '../exchange.js'
import { type JSONObject, asCount, asObject, asString, isObject } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'
import type { DiskModel } from '../state.js'
import type { MockMessage } from '../types.js'
import { isImageURL } from './images.js'
import { checkNativeBody, findNativeIssues } from './native-checks.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

/** All fields but `input`, whose errors have messages of their own. */
const fieldTypes = {
  model: 'string',
  system_prompt: 'string',
  integrations: 'array',
  stream: 'boolean',
  temperature: 'number',
  top_p: 'number',
  top_k: 'integer',
  min_p: 'number',
  repeat_penalty: 'number',
  max_output_tokens: 'integer',
  reasoning: 'string',
  context_length: 'integer',
  store: 'boolean',
  previous_response_id: 'string',
} as const

/** Fields whose documented range is 0 to 1. */
const fractions = ['temperature', 'top_p', 'min_p'] as const

function checkBody(body: JSONObject): void {
  const { input: _input, ...rest } = body
  checkNativeBody(rest, fieldTypes)
  for (const name of fractions) {
    const value = body[name]
    if (typeof value !== 'number') continue
    // That LM Studio enforces the range is assumed.
    if (value < 0) throwNativeError('Number must be greater than or equal to 0', 'too_small', name)
    if (value > 1) throwNativeError('Number must be less than or equal to 1', 'too_big', name)
  }
  if (asString(body.model) === '') throwNativeError("'model' is required", 'invalid_type', 'model')
}

function checkInputItem(item: unknown, path: string): void {
  const { type } = asObject(item)
  // LM Studio rejects the documented `type: "message"`, and `text` in place of `content` (docs/http-api.md 7.1).
  const issues =
    type === 'text'
      ? findNativeIssues(item, path, { required: { type: 'string', content: 'string' } })
      : type === 'image'
        ? findNativeIssues(item, path, { required: { type: 'string', data_url: 'string' } })
        : "Invalid discriminator value. Expected 'text' | 'image'"
  if (issues !== '') throwNativeError(issues, 'invalid_union', 'input')
}

function readInput(input: unknown): { text: string; images: string[] } {
  if (typeof input === 'string') return { text: input, images: [] }
  if (!Array.isArray(input) || input.length === 0) throwNativeError("'input' is required", 'invalid_union', 'input')
  const texts: string[] = []
  const images: string[] = []
  for (const [index, item] of input.entries()) {
    checkInputItem(item, `input.${index}`)
    const { type, content, data_url: url } = asObject(item)
    if (type === 'text') texts.push(asString(content))
    else if (isImageURL(url)) images.push(url)
    else throwNativeError("'data_url' must be a base64 encoded image", 'invalid_string', 'input')
  }
  return { text: texts.join('\n'), images }
}

function readPreviousMessages(exchange: Exchange, id: unknown): readonly MockMessage[] {
  if (id === undefined) return []
  const responseId = asString(id)
  if (!responseId.startsWith('resp_')) {
    throwNativeError("'previous_response_id' must start with 'resp_'", 'invalid_string', 'previous_response_id')
  }
  const message = `Could not find stored response for previous_response_id: ${responseId}`
  return exchange.state.conversations.get(responseId) ?? throwNativeError(message, null, 'previous_response_id', 404)
}

/** Reads a native chat request, or sends a 400. */
export function readNativeRequest(exchange: Exchange): PromptDraft {
  const { body } = exchange
  if (!isObject(body)) throwNativeError('Required', 'invalid_type')
  checkBody(body)
  const systemPrompt = asString(body.system_prompt)
  const system: MockMessage[] = systemPrompt === '' ? [] : [{ role: 'system', text: systemPrompt, images: [] }]
  const previous = readPreviousMessages(exchange, body.previous_response_id)
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages: [...previous, ...system, { role: 'user', ...readInput(body.input) }],
    tools: [],
    toolChoice: 'none',
    stop: [],
    seed: exchange.settings.seed,
    effort: asString(body.reasoning),
    body,
    ...withMaxTokens(asCount(body.max_output_tokens)),
  }
}

const reasoningSettings: readonly string[] = ['off', 'low', 'medium', 'high', 'on']

/** Rejects a reasoning setting that does not exist, or that the model does not support. */
export function checkReasoning(setting: string, model: DiskModel): void {
  if (setting === '') return
  if (!reasoningSettings.includes(setting)) {
    const message = "Invalid enum value. Expected 'off' | 'low' | 'medium' | 'high' | 'on'"
    throwNativeError(message, 'invalid_enum_value', 'reasoning')
  }
  const supported = model.reasoning === false ? [] : model.reasoning.options
  if (supported.includes(setting)) return
  const list = supported.length === 0 ? 'none' : supported.join(', ')
  const message = `Model "${model.id}" does not support the reasoning setting "${setting}". Supported settings: ${list}.`
  throwNativeError(message, 'invalid_value', 'reasoning')
}
