import { fromItems, fromNativeInput, hasOnly, toMessages, UNKNOWN, type Unknown } from './messages.js'
import { bodyOf, isObject, type JSONObject, type Recorded } from './recorded.js'
import { placeOf } from './routes.js'

/** A call of the library that makes the recorded request. */
export interface Call {
  readonly method: string
  readonly args: readonly unknown[]
  /** What there is to show of what it gives. */
  readonly gives: 'text-stream' | 'text' | 'embeddings' | 'models' | 'health' | 'loaded' | 'download' | 'nothing'
  readonly hasTools: boolean
}

const SAMPLING = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  max_tokens: 'maxTokens',
  stop: 'stop',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  repeat_penalty: 'repeatPenalty',
  logit_bias: 'logitBias',
  ttl: 'ttlSeconds',
  draft_model: 'draftModel',
} as const

const RESPONSES = {
  instructions: 'instructions',
  previous_response_id: 'previousResponseId',
  store: 'store',
  max_output_tokens: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
} as const

const NATIVE = {
  system_prompt: 'system',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  repeat_penalty: 'repeatPenalty',
  max_output_tokens: 'maxTokens',
  reasoning: 'reasoning',
  context_length: 'contextLength',
  previous_response_id: 'previousResponseId',
} as const

const LOAD = {
  context_length: 'contextLength',
  eval_batch_size: 'evalBatchSize',
  flash_attention: 'flashAttention',
  num_experts: 'numExperts',
  offload_kv_cache_to_gpu: 'offloadKVCacheToGPU',
} as const

/** The members that have a name of ours, and those that have none. */
function renamed(
  body: JSONObject,
  names: Readonly<Record<string, string>>,
): readonly [known: JSONObject, rest: JSONObject] {
  const known: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    const ours = Object.hasOwn(names, name) ? names[name] : undefined
    if (ours === undefined || value === null) rest[name] = value
    else known[ours] = value
  }
  return [known, rest]
}

const orNothing = (rest: JSONObject): JSONObject | undefined => (Object.keys(rest).length === 0 ? undefined : rest)

/** The call that makes this request; `undefined` where the library has none that sends the same. */
export function callOf(request: Recorded): Call | undefined {
  const { kind, route } = placeOf(request.url)
  const [path] = route.split('?')
  if (request.method === 'GET') {
    if (kind === 'models') return call('listModels', [{ refresh: true }], 'models')
    return path === '/lmstudio-greeting' ? call('healthCheck', [], 'health') : undefined
  }
  const body = bodyOf(request)
  if (request.method !== 'POST' || body === undefined || path?.startsWith('/api/v0/') === true) return undefined
  switch (kind) {
    case 'chat':
      return chatCall(body)
    case 'text':
      return textCall(body)
    case 'responses':
      return respondCall(body)
    case 'native':
      return nativeCall(body)
    case 'embeddings':
      return hasOnly(body, ['model', 'input']) ? call('embed', [body], 'embeddings') : undefined
    case 'loading':
      return path!.endsWith('/unload') ? unloadCall(body) : loadCall(body)
    case 'download':
      return downloadCall(body)
    default:
      return undefined
  }
}

const call = (method: string, args: readonly unknown[], gives: Call['gives'], hasTools = false): Call => ({
  method,
  args,
  gives,
  hasTools,
})

/** `stream` and what the library sends with it. */
function streamed(body: JSONObject): readonly [isStream: boolean, rest: JSONObject] {
  const { stream, stream_options: options, ...rest } = body
  const isUsual = isObject(options) && options.include_usage === true && hasOnly(options, ['include_usage'])
  return [
    stream === true,
    options === undefined || (stream === true && isUsual) ? rest : { ...rest, stream_options: options },
  ]
}

function chatCall(body: JSONObject): Call | undefined {
  const [isStream, { model, messages: sent, tools: sentTools, response_format: sentFormat, ...others }] = streamed(body)
  const messages = toMessages(sent)
  if (messages === UNKNOWN) return undefined
  const [settings, rest] = renamed(others, {
    ...SAMPLING,
    tool_choice: 'toolChoice',
    reasoning_effort: 'reasoningEffort',
  })
  const tools = toTools(sentTools)
  const format = toFormat(sentFormat)
  const extra = {
    ...rest,
    ...(tools === UNKNOWN ? { tools: sentTools } : {}),
    ...(format === UNKNOWN ? { response_format: sentFormat } : {}),
  }
  const { toolChoice, ...sampling } = settings
  // Without tools of ours, the library would send no choice.
  const isChoice = typeof toolChoice === 'string' && Array.isArray(tools)
  const choice = toolChoice === undefined || isChoice ? {} : { tool_choice: toolChoice }
  const request = {
    model,
    ...said(messages),
    ...sampling,
    tools: tools === UNKNOWN ? undefined : tools,
    toolChoice: isChoice ? toolChoice : undefined,
    responseFormat: format === UNKNOWN ? undefined : format,
    extraBody: orNothing({ ...extra, ...choice }),
  }
  return call(isStream ? 'stream' : 'complete', [request], isStream ? 'text-stream' : 'text', sentTools !== undefined)
}

/** One question needs no list of messages. */
function said(messages: readonly JSONObject[]): JSONObject {
  const [first, second] = messages
  if (messages.length === 1 && first?.role === 'user' && typeof first.content === 'string') {
    return { prompt: first.content }
  }
  if (
    messages.length === 2 &&
    first?.role === 'system' &&
    second?.role === 'user' &&
    typeof second.content === 'string'
  ) {
    return { system: first.content, prompt: second.content }
  }
  return { messages }
}

function toTools(value: unknown): JSONObject[] | undefined | Unknown {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) return UNKNOWN
  const tools = value.map((tool: unknown) => {
    const described = isObject(tool) && isObject(tool.function) ? tool.function : tool
    if (!isObject(tool) || tool.type !== 'function' || !isObject(described)) return UNKNOWN
    const { name, description, parameters } = described
    const isPlain = hasOnly(described, ['type', 'name', 'description', 'parameters'])
    return isPlain && isObject(parameters) ? { name, description, parameters } : UNKNOWN
  })
  return tools.includes(UNKNOWN) ? UNKNOWN : (tools as JSONObject[])
}

function toFormat(value: unknown): JSONObject | undefined | Unknown {
  if (value === undefined) return undefined
  if (!isObject(value) || !isObject(value.json_schema)) return UNKNOWN
  const { name, strict, schema, ...others } = value.json_schema
  if (strict !== true || !isObject(schema) || Object.keys(others).length > 0) return UNKNOWN
  return { schema, name: name === 'answer' ? undefined : name }
}

function textCall(body: JSONObject): Call | undefined {
  const [isStream, { model, prompt, ...others }] = streamed(body)
  if (typeof prompt !== 'string') return undefined
  const [settings, rest] = renamed(others, SAMPLING)
  const request = { model, prompt, ...settings, extraBody: orNothing(rest) }
  return call(isStream ? 'streamCompleteText' : 'completeText', [request], isStream ? 'text-stream' : 'text')
}

function respondCall(body: JSONObject): Call | undefined {
  const { stream, model, input: sent, tools: sentTools, tool_choice: choice, reasoning, ...others } = body
  const input = fromItems(sent)
  const tools = toTools(sentTools)
  if (input === UNKNOWN || tools === UNKNOWN) return undefined
  const [settings, rest] = renamed(others, RESPONSES)
  const isEffort = isObject(reasoning) && hasOnly(reasoning, ['effort'])
  const request = {
    model,
    input,
    ...settings,
    tools,
    toolChoice: choice,
    reasoningEffort: isEffort ? reasoning.effort : undefined,
    extraBody: orNothing({ ...rest, ...(isEffort || reasoning === undefined ? {} : { reasoning }) }),
  }
  const isStream = stream === true
  return call(isStream ? 'streamRespond' : 'respond', [request], isStream ? 'text-stream' : 'text', tools !== undefined)
}

function nativeCall(body: JSONObject): Call | undefined {
  const { stream, model, input: sent, store, integrations: sentIntegrations, ...others } = body
  const input = fromNativeInput(sent)
  const [settings, rest] = renamed(others, NATIVE)
  const integrations = Array.isArray(sentIntegrations) ? sentIntegrations.map(toIntegration) : undefined
  // The route takes nothing that the library does not know.
  if (input === UNKNOWN || Object.keys(rest).length > 0 || integrations?.includes(UNKNOWN) === true) return undefined
  const request = { model, input, ...settings, integrations, store: store === false ? undefined : (store ?? true) }
  return call(stream === true ? 'streamChat' : 'chat', [request], stream === true ? 'text-stream' : 'text')
}

function toIntegration(value: unknown): unknown {
  if (typeof value === 'string') return value
  if (!isObject(value)) return UNKNOWN
  const { type, allowed_tools: allowedTools } = value
  if (type === 'plugin') return { type, id: value.id, allowedTools }
  if (type !== 'ephemeral_mcp') return UNKNOWN
  const { server_label: serverLabel, server_url: serverUrl, headers } = value
  return { type: 'ephemeral-mcp', serverLabel, serverUrl, allowedTools, headers }
}

function loadCall(body: JSONObject): Call | undefined {
  const { model, echo_load_config: _, ...others } = body
  const [config, rest] = renamed(others, LOAD)
  if (Object.keys(rest).length > 0) return undefined
  return call('loadModel', Object.keys(config).length === 0 ? [model] : [model, config], 'loaded')
}

const unloadCall = (body: JSONObject): Call | undefined =>
  hasOnly(body, ['instance_id']) ? call('unloadModel', [body.instance_id], 'nothing') : undefined

function downloadCall(body: JSONObject): Call | undefined {
  if (!hasOnly(body, ['model', 'quantization'])) return undefined
  const { model, quantization } = body
  return call('downloadModel', quantization === undefined ? [model] : [model, { quantization }], 'download')
}
