import * as v from 'valibot'
import { toImageURL } from '../generation/images.js'
import { partSchema } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import { prepend, serialize } from '../http/serialize.js'
import type { ContentPart } from '../types.js'
import { type JSONObject, compact, isObject } from '../utils/json.js'
import { callOptionEntries } from '../config/call-options.js'
import { name, oneOf, optional, textOr, variant, whole } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import type { ChatRequest, ConversationSettings, Integration } from './types.js'

const text = v.string()
const tools: v.GenericSchema = v.optional(v.array(name, 'must be a list of tool names'))

const isAddress = (value: unknown): boolean => typeof value === 'string' && /^https?:$/.test(protocolOf(value))
const isHeaders = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((header) => typeof header === 'string')

function protocolOf(address: string): string {
  try {
    return new URL(address).protocol
  } catch {
    return ''
  }
}

const integration = textOr(
  variant('type', {
    plugin: v.strictObject({ type: text, id: name, allowedTools: tools }),
    'ephemeral-mcp': v.strictObject({
      type: text,
      serverLabel: name,
      serverUrl: v.custom(isAddress, 'must be an http or https URL'),
      allowedTools: tools,
      headers: optional(isHeaders, 'must be an object of texts by header name'),
    }),
  }),
)

const { maxTokens, temperature, topP, topK, minP, repeatPenalty } = samplingEntries

const isInput = optional(() => false, 'is `input` here')

const settings = {
  ...callOptionEntries,
  instructions: optional(() => false, 'is `system` here'),
  tools: optional(() => false, 'are not for this route: use `complete`, or `integrations` for those of MCP servers'),
  model: name,
  system: v.optional(text),
  integrations: v.optional(v.array(integration, 'must be a list of plugin ids and objects')),
  reasoning: v.optional(oneOf(['off', 'low', 'medium', 'high', 'on'])),
  contextLength: whole(1),
  maxTokens,
  temperature,
  topP,
  topK,
  minP,
  repeatPenalty,
}

const isResponseId = (value: unknown): boolean => typeof value === 'string' && /^resp_./.test(value)
const responseId = v.custom(isResponseId, 'must be a response id, which begins with `resp_`')

const parts = v.custom((value) => Array.isArray(value) && value.length > 0, 'must be a text or a list of parts')

const requestSchema = v.strictObject({
  ...settings,
  messages: isInput,
  prompt: isInput,
  input: textOr(v.lazy((value) => (Array.isArray(value) && value.length > 0 ? v.array(partSchema) : parts))),
  store: v.optional(v.boolean('must be true or false')),
  previousResponseId: v.optional(responseId),
})

const turnSchema = v.strictObject({ responseId, input: text, text, reasoning: v.optional(text) })

const settingsSchema = v.strictObject({
  ...settings,
  from: v.optional(
    v.strictObject({
      version: v.custom((value) => value === 1, 'must be 1: a newer version of this library saved it'),
      turns: v.array(turnSchema),
    }),
  ),
})

const NESTED_KEYS = ['type', 'text', 'image', 'id', 'serverLabel', 'serverUrl', 'allowedTools', 'headers']

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRequest(request: ChatRequest): void {
  validateRequest(requestSchema, request, NESTED_KEYS)
}

/** Checks the settings of a conversation, and what it goes on from. */
export function checkSettings(settings: ConversationSettings): void {
  validateRequest(settingsSchema, settings, NESTED_KEYS)
}

/**
 * The body of `POST /api/v1/chat` for a checked request, as JSON: nothing but what is listed here, because the server
 * refuses unknown keys. Everything of the request is read before this returns; only images may be waited for.
 */
export function toWireBody(request: ChatRequest, stream: boolean): string | Promise<string> {
  const settings = serialize(toSettings(request, stream))
  const { input } = request
  const join = (said: string | JSONObject[]): string => prepend('input', said, settings)
  return typeof input === 'string' ? join(input) : Promise.all(input.map(toWirePart)).then(join)
}

function toSettings(request: ChatRequest, stream: boolean): JSONObject {
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  return compact({
    model: request.model,
    system_prompt: request.system,
    integrations: request.integrations?.map(toWireIntegration),
    ...sampling,
    max_output_tokens: maxTokens,
    reasoning: request.reasoning,
    context_length: request.contextLength,
    previous_response_id: request.previousResponseId,
    // The server's own default is to keep what is said.
    store: request.store ?? false,
    stream,
  })
}

function toWireIntegration(integration: Integration): string | JSONObject {
  if (typeof integration === 'string') return integration
  const { allowedTools } = integration
  if (integration.type === 'plugin') {
    return compact({ type: 'plugin', id: integration.id, allowed_tools: allowedTools })
  }
  return compact({
    type: 'ephemeral_mcp',
    server_label: integration.serverLabel,
    server_url: integration.serverUrl,
    allowed_tools: allowedTools,
    headers: integration.headers,
  })
}

async function toWirePart(part: ContentPart, index: number): Promise<JSONObject> {
  // The documentation's `type: "message"` and `text` are refused (wire reference 7.1).
  if (part.type === 'text') return { type: 'text', content: part.text }
  return { type: 'image', data_url: await toImageURL(part.image, ['input', index, 'image']) }
}
