import * as v from 'valibot'
import { callOptionEntries } from '../config/call-options.js'
import { toImageURL } from '../generation/images.js'
import { partSchema } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import type { ContentPart } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import {
  type EntriesOf,
  id,
  isId,
  misplaced,
  name,
  oneOf,
  optional,
  textOr,
  variant,
  whole,
} from '../validation/schema.js'
import { validateRequest, prependField, serialize } from '../validation/validate.js'
import type {
  ChatRequest,
  ChatSettings,
  ConversationSettings,
  ConversationTurn,
  EphemeralMCPIntegration,
  Integration,
  PluginIntegration,
  SavedConversation,
} from './types.js'

const requestSchema = /* @__PURE__ */ once(() => {
  const parts = v.array(partSchema())
  const noParts = v.custom(() => false, 'must be a string or a non-empty list of parts')
  const entries = {
    ...settingsEntries(),
    input: textOr(v.lazy((value): v.GenericSchema => (Array.isArray(value) && value.length > 0 ? parts : noParts))),
    store: v.optional(v.boolean('must be true or false')),
    previousResponseId: v.optional(responseIdSchema()),
  } satisfies EntriesOf<ChatRequest>
  // `messages` and `prompt` are the names of other routes.
  return v.strictObject({
    ...misplacedEntries(),
    messages: misplaced('is `input` here; `complete` and `stream` take `messages`'),
    prompt: misplaced('is `input` here'),
    ...entries,
  })
})

const conversationSchema = /* @__PURE__ */ once(() => {
  const text = v.string()
  const turn = { responseId: responseIdSchema(), input: text, text, reasoning: v.optional(text) }
  const saved = {
    version: v.custom((value) => value === 1, 'must be 1: a newer version of this library saved it'),
    turns: v.array(v.strictObject(turn satisfies EntriesOf<ConversationTurn>)),
  } satisfies EntriesOf<SavedConversation>
  const entries = {
    ...settingsEntries(),
    from: v.optional(v.strictObject(saved)),
  } satisfies EntriesOf<ConversationSettings>
  return v.strictObject({ ...misplacedEntries(), ...entries })
})

const settingsEntries = () => {
  const { maxTokens, temperature, topP, topK, minP, repeatPenalty } = samplingEntries
  return {
    model: v.optional(id),
    system: v.optional(v.string()),
    integrations: v.optional(v.array(integrationSchema(), 'must be a list of plugin ids and objects')),
    reasoning: v.optional(oneOf(['off', 'low', 'medium', 'high', 'on'])),
    contextLength: whole(1),
    maxTokens,
    temperature,
    topP,
    topK,
    minP,
    repeatPenalty,
  } satisfies EntriesOf<ChatSettings>
}

/** Fields that belong to the call options or to other routes, with what to use instead. */
const misplacedEntries = () => ({
  ...callOptionEntries,
  instructions: misplaced('is `system` here'),
  tools: misplaced('are not supported here: use `complete`, or `integrations` for the tools of MCP servers'),
})

function integrationSchema(): v.GenericSchema {
  const type = v.string()
  const allowedTools = v.optional(v.array(name, 'must be a list of tool names'))
  const plugin = { type, id: name, allowedTools } satisfies EntriesOf<PluginIntegration>
  const ephemeral = {
    type,
    serverLabel: name,
    serverUrl: v.custom(isHTTPAddress, 'must be an http or https URL'),
    allowedTools,
    headers: optional(isHeaders, 'must be an object of strings by header name'),
  } satisfies EntriesOf<EphemeralMCPIntegration>
  return textOr(variant('type', { plugin: v.strictObject(plugin), 'ephemeral-mcp': v.strictObject(ephemeral) }))
}

const responseIdSchema = (): v.GenericSchema =>
  v.custom((value) => isId(value) && /^resp_./.test(value), 'must be a response id, which begins with `resp_`')

function isHTTPAddress(value: unknown): boolean {
  try {
    return typeof value === 'string' && /^https?:$/.test(new URL(value).protocol)
  } catch {
    return false
  }
}

const isHeaders = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((header) => typeof header === 'string')

const NESTED_KEYS = ['type', 'text', 'image', 'id', 'serverLabel', 'serverUrl', 'allowedTools', 'headers']

/**
 * Validates a request before anything is sent.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateChatRequest(request: ChatRequest): void {
  validateRequest(requestSchema(), request, NESTED_KEYS)
}

/**
 * Validates the settings of a conversation, and the saved conversation that it continues.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateConversationSettings(settings: ConversationSettings): void {
  validateRequest(conversationSchema(), settings, NESTED_KEYS)
}

/**
 * Maps a valid request to the body of `POST /api/v1/chat`: only what is listed here, because the server rejects unknown
 * keys. Everything of the request is read before this returns; only images make the body a promise.
 */
export function toRequestBody(request: ChatRequest, stream: boolean): string | Promise<string> {
  const { input } = request
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  const fields = serialize({
    model: request.model,
    system_prompt: request.system,
    integrations: request.integrations?.map(toWireIntegration),
    ...sampling,
    max_output_tokens: maxTokens,
    reasoning: request.reasoning,
    context_length: request.contextLength,
    previous_response_id: request.previousResponseId,
    // The server's own default is to keep the conversation.
    store: request.store ?? false,
    stream,
  })
  const join = (value: string | JSONObject[]): string => prependField('input', value, fields)
  return typeof input === 'string' ? join(input) : Promise.all(input.map(toWirePart)).then(join)
}

function toWireIntegration(integration: Integration): string | JSONObject {
  if (typeof integration === 'string') return integration
  const { allowedTools } = integration
  if (integration.type === 'plugin') return { type: 'plugin', id: integration.id, allowed_tools: allowedTools }
  return {
    type: 'ephemeral_mcp',
    server_label: integration.serverLabel,
    server_url: integration.serverUrl,
    allowed_tools: allowedTools,
    headers: integration.headers,
  }
}

async function toWirePart(part: ContentPart, index: number): Promise<JSONObject> {
  // The documentation's `type: "message"` and `text` are rejected (docs/http-api.md 7.1).
  if (part.type === 'text') return { type: 'text', content: part.text }
  return { type: 'image', data_url: await toImageURL(part.image, ['input', index, 'image']) }
}
