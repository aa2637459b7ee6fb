import type { Exchange } from './exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, isObject } from './json-values.js'
import { type PromptDraft, withMaxTokens } from './read-chat-request.js'
import { isImageURL } from './read-messages.js'
import { refuseNative, refuseUnknownKeys } from './refuse-native.js'
import type { DiskModel } from './state.js'
import type { MockMessage } from './types.js'

const keys = new Set(
  (
    'model input system_prompt integrations stream temperature top_p top_k min_p repeat_penalty max_output_tokens ' +
    'reasoning context_length store previous_response_id'
  ).split(' '),
)

/** Where a native tool call runs, and what it is called. */
export interface Integration {
  readonly provider: object
  readonly label: string
  readonly tools: readonly string[]
}

function readInput(input: unknown): { text: string; images: string[] } {
  if (typeof input === 'string') return { text: input, images: [] }
  if (!Array.isArray(input) || input.length === 0) refuseNative("'input' is required", 'invalid_union', 'input')
  const texts: string[] = []
  const images: string[] = []
  for (const item of asArray(input)) {
    const { type, content, data_url: url } = asObject(item)
    if (type === 'image') {
      if (!isImageURL(url)) refuseNative("'data_url' must be a base64 encoded image", 'invalid_string', 'input')
      images.push(asString(url))
    } else if (type === 'text' && typeof content === 'string') {
      texts.push(content)
    } else {
      // The documentation's `type: "message"` is refused, and so is `text` in place of `content`.
      const message = type === 'text' ? 'Invalid input' : "Invalid discriminator value. Expected 'text' | 'image'"
      refuseNative(message, 'invalid_union', 'input')
    }
  }
  return { text: texts.join('\n'), images }
}

function readIntegration(exchange: Exchange, value: unknown): Integration {
  const object: JSONObject = typeof value === 'string' ? { type: 'plugin', id: value } : asObject(value)
  const tools = asArray(object.allowed_tools).filter((one): one is string => typeof one === 'string')
  const label = asString(object.type === 'ephemeral_mcp' ? object.server_label : object.id)
  if (label === '' || (object.type !== 'plugin' && object.type !== 'ephemeral_mcp')) {
    refuseNative('Invalid input', 'invalid_union', 'integrations')
  }
  if (!exchange.settings.mcp) {
    refuseNative(`Permission denied to use plugin '${label}'.`, 'permission_denied', 'integrations', 403)
  }
  const provider =
    object.type === 'plugin' ? { type: 'plugin', plugin_id: label } : { type: 'ephemeral_mcp', server_label: label }
  return { provider, label, tools }
}

export const readIntegrations = (exchange: Exchange): readonly Integration[] =>
  asArray(asObject(exchange.body).integrations).map((one) => readIntegration(exchange, one))

function previous(exchange: Exchange, id: unknown): readonly MockMessage[] {
  if (id === undefined || id === null) return []
  if (!asString(id).startsWith('resp_')) {
    refuseNative("'previous_response_id' must start with 'resp_'", 'invalid_string', 'previous_response_id')
  }
  const found = exchange.state.conversations.get(asString(id))
  const message = `Could not find stored response for previous_response_id: ${asString(id)}`
  return found ?? refuseNative(message, null, 'previous_response_id', 404)
}

/** A native chat's prompt, or a refusal. */
export function readNativeRequest(exchange: Exchange): PromptDraft {
  const { body } = exchange
  if (!isObject(body)) return refuseNative('Required', 'invalid_type')
  refuseUnknownKeys(body, keys)
  if (asString(body.model) === '') refuseNative("'model' is required", 'invalid_type', 'model')
  const system = asString(body.system_prompt)
  const first: MockMessage[] = system === '' ? [] : [{ role: 'system', text: system, images: [] }]
  return {
    route: exchange.path,
    stream: body.stream === true,
    messages: [...previous(exchange, body.previous_response_id), ...first, { role: 'user', ...readInput(body.input) }],
    tools: [],
    toolChoice: 'none',
    stop: [],
    seed: exchange.settings.seed,
    effort: asString(body.reasoning),
    body,
    ...withMaxTokens(asCount(body.max_output_tokens)),
  }
}

/** Refuses a reasoning setting that does not exist, or that the model does not offer. */
export function checkReasoning(setting: string, model: DiskModel): void {
  if (setting === '') return
  if (!['off', 'low', 'medium', 'high', 'on'].includes(setting)) {
    const message = "Invalid enum value. Expected 'off' | 'low' | 'medium' | 'high' | 'on'"
    refuseNative(message, 'invalid_enum_value', 'reasoning')
  }
  const options = model.reasoning === false ? [] : model.reasoning.options
  if (options.includes(setting)) return
  const offered = options.length === 0 ? 'none' : options.join(', ')
  const message = `Model "${model.id}" does not support the reasoning setting "${setting}". Supported settings: ${offered}.`
  refuseNative(message, 'invalid_value', 'reasoning')
}
