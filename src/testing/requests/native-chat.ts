import type { Exchange } from '../exchange.js'
import { asCount, asObject, asString, isObject } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'
import type { DiskModel } from '../state.js'
import type { MockMessage } from '../types.js'
import { isImageURL } from './chat-messages.js'
import { rejectUnknownKeys } from './native-checks.js'
import { type PromptDraft, withMaxTokens } from './prompt-draft.js'

const keys: readonly string[] = [
  'model',
  'input',
  'system_prompt',
  'integrations',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'repeat_penalty',
  'max_output_tokens',
  'reasoning',
  'context_length',
  'store',
  'previous_response_id',
]

function readInput(input: unknown): { text: string; images: string[] } {
  if (typeof input === 'string') return { text: input, images: [] }
  if (!Array.isArray(input) || input.length === 0) throwNativeError("'input' is required", 'invalid_union', 'input')
  const texts: string[] = []
  const images: string[] = []
  for (const item of input) {
    const { type, content, data_url: url } = asObject(item)
    if (type === 'image') {
      if (!isImageURL(url)) throwNativeError("'data_url' must be a base64 encoded image", 'invalid_string', 'input')
      images.push(url)
    } else if (type === 'text' && typeof content === 'string') {
      texts.push(content)
    } else {
      // LM Studio rejects the documented `type: "message"`, and `text` in place of `content`.
      const message = type === 'text' ? 'Invalid input' : "Invalid discriminator value. Expected 'text' | 'image'"
      throwNativeError(message, 'invalid_union', 'input')
    }
  }
  return { text: texts.join('\n'), images }
}

function readPreviousMessages(exchange: Exchange, id: unknown): readonly MockMessage[] {
  if (id === undefined || id === null) return []
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
  rejectUnknownKeys(body, keys)
  if (asString(body.model) === '') throwNativeError("'model' is required", 'invalid_type', 'model')
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
