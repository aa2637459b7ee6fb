import { fromItems, fromNativeInput, hasOnly, toMessages, UNSUPPORTED, type Unsupported } from './messages.js'
import { isObject, type JSONObject } from '../lib/json-object.js'
import { bodyOf, type RecordedRequest } from './recorded.js'
import { routeOf } from './routes.js'

/** A call of the library that sends the recorded request. */
export interface Call {
  readonly method: string
  readonly args: readonly unknown[]
  /** The kind of result, which decides how the code prints it. */
  readonly result:
    | 'text-stream'
    | 'text'
    | 'embeddings'
    | 'decisions'
    | 'models'
    | 'health'
    | 'loaded'
    | 'download'
    | 'nothing'
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

/** Renames the keys of a body. Keys without a name in the library go to `rest`. */
function renameKeys(
  body: JSONObject,
  names: Readonly<Record<string, string>>,
): readonly [known: JSONObject, rest: JSONObject] {
  const known: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    const newName = Object.hasOwn(names, name) ? names[name] : undefined
    if (newName === undefined || value === null) rest[name] = value
    else known[newName] = value
  }
  return [known, rest]
}

const nonEmpty = (object: JSONObject): JSONObject | undefined => (Object.keys(object).length === 0 ? undefined : object)

/** Finds the call that sends a request. Returns `undefined` if no call sends exactly the same. */
export function callOf(request: RecordedRequest): Call | undefined {
  const { kind, route } = routeOf(request.url)
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
    case 'decisions':
      return decideCall(body)
    case 'loading':
      return path!.endsWith('/unload') ? unloadCall(body) : loadCall(body)
    case 'download':
      return downloadCall(body)
    default:
      return undefined
  }
}

const call = (method: string, args: readonly unknown[], result: Call['result'], hasTools = false): Call => ({
  method,
  args,
  result,
  hasTools,
})

/** Splits off `stream` and the options that the library sends with it. */
function splitStream(body: JSONObject): readonly [isStream: boolean, rest: JSONObject] {
  const { stream, stream_options: options, ...rest } = body
  const isDefault = isObject(options) && options.include_usage === true && hasOnly(options, ['include_usage'])
  return [
    stream === true,
    options === undefined || (stream === true && isDefault) ? rest : { ...rest, stream_options: options },
  ]
}

function chatCall(body: JSONObject): Call | undefined {
  const [isStream, { model, messages: wireMessages, tools: wireTools, response_format: wireFormat, ...others }] =
    splitStream(body)
  const messages = toMessages(wireMessages)
  if (messages === UNSUPPORTED) return undefined
  const [settings, rest] = renameKeys(others, {
    ...SAMPLING,
    tool_choice: 'toolChoice',
    reasoning_effort: 'reasoningEffort',
  })
  const tools = toTools(wireTools)
  const format = toFormat(wireFormat)
  const extra = {
    ...rest,
    ...(tools === UNSUPPORTED ? { tools: wireTools } : {}),
    ...(format === UNSUPPORTED ? { response_format: wireFormat } : {}),
  }
  const { toolChoice, ...sampling } = settings
  // The library sends a tool choice only together with tools.
  const hasChoice = typeof toolChoice === 'string' && Array.isArray(tools)
  const choice = toolChoice === undefined || hasChoice ? {} : { tool_choice: toolChoice }
  const request = {
    model,
    ...toPrompt(messages),
    ...sampling,
    tools: tools === UNSUPPORTED ? undefined : tools,
    toolChoice: hasChoice ? toolChoice : undefined,
    responseFormat: format === UNSUPPORTED ? undefined : format,
    extraBody: nonEmpty({ ...extra, ...choice }),
  }
  return call(isStream ? 'stream' : 'complete', [request], isStream ? 'text-stream' : 'text', wireTools !== undefined)
}

/** Shortens a single user message to a prompt. */
function toPrompt(messages: readonly JSONObject[]): JSONObject {
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

function toTools(value: unknown): JSONObject[] | undefined | Unsupported {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) return UNSUPPORTED
  const tools = value.map((tool: unknown) => {
    const definition = isObject(tool) && isObject(tool.function) ? tool.function : tool
    if (!isObject(tool) || tool.type !== 'function' || !isObject(definition)) return UNSUPPORTED
    const { name, description, parameters } = definition
    const isPlain = hasOnly(definition, ['type', 'name', 'description', 'parameters'])
    return isPlain && isObject(parameters) ? { name, description, parameters } : UNSUPPORTED
  })
  return tools.includes(UNSUPPORTED) ? UNSUPPORTED : (tools as JSONObject[])
}

function toFormat(value: unknown): JSONObject | undefined | Unsupported {
  if (value === undefined) return undefined
  if (!isObject(value) || !isObject(value.json_schema)) return UNSUPPORTED
  const { name, strict, schema, ...others } = value.json_schema
  if (strict !== true || !isObject(schema) || Object.keys(others).length > 0) return UNSUPPORTED
  return { schema, name: name === 'answer' ? undefined : name }
}

function textCall(body: JSONObject): Call | undefined {
  const [isStream, { model, prompt, ...others }] = splitStream(body)
  if (typeof prompt !== 'string') return undefined
  const [settings, rest] = renameKeys(others, SAMPLING)
  const request = { model, prompt, ...settings, extraBody: nonEmpty(rest) }
  return call(isStream ? 'streamCompleteText' : 'completeText', [request], isStream ? 'text-stream' : 'text')
}

function respondCall(body: JSONObject): Call | undefined {
  const { stream, model, input: wireInput, tools: wireTools, tool_choice: choice, reasoning, ...others } = body
  const input = fromItems(wireInput)
  const tools = toTools(wireTools)
  if (input === UNSUPPORTED || tools === UNSUPPORTED) return undefined
  const [settings, rest] = renameKeys(others, RESPONSES)
  const isEffort = isObject(reasoning) && hasOnly(reasoning, ['effort'])
  const request = {
    model,
    input,
    ...settings,
    tools,
    toolChoice: choice,
    reasoningEffort: isEffort ? reasoning.effort : undefined,
    extraBody: nonEmpty({ ...rest, ...(isEffort || reasoning === undefined ? {} : { reasoning }) }),
  }
  const isStream = stream === true
  return call(isStream ? 'streamRespond' : 'respond', [request], isStream ? 'text-stream' : 'text', tools !== undefined)
}

function nativeCall(body: JSONObject): Call | undefined {
  const { stream, model, input: wireInput, store, integrations: wireIntegrations, ...others } = body
  const input = fromNativeInput(wireInput)
  const [settings, rest] = renameKeys(others, NATIVE)
  const integrations = Array.isArray(wireIntegrations) ? wireIntegrations.map(toIntegration) : undefined
  // The native route rejects unknown fields, so the library has no way to add them.
  if (input === UNSUPPORTED || Object.keys(rest).length > 0 || integrations?.includes(UNSUPPORTED) === true)
    return undefined
  const request = { model, input, ...settings, integrations, store: store === false ? undefined : (store ?? true) }
  return call(stream === true ? 'streamChat' : 'chat', [request], stream === true ? 'text-stream' : 'text')
}

function toIntegration(value: unknown): unknown {
  if (typeof value === 'string') return value
  if (!isObject(value)) return UNSUPPORTED
  const { type, allowed_tools: allowedTools } = value
  if (type === 'plugin') return { type, id: value.id, allowedTools }
  if (type !== 'ephemeral_mcp') return UNSUPPORTED
  const { server_label: serverLabel, server_url: serverUrl, headers } = value
  return { type: 'ephemeral-mcp', serverLabel, serverUrl, allowedTools, headers }
}

function decideCall(body: JSONObject): Call | undefined {
  const { model, input: wireInput, questions: wireQuestions, ...others } = body
  const input = fromItems(wireInput)
  const questions = toQuestions(wireQuestions)
  if (input === UNSUPPORTED || questions === UNSUPPORTED || Object.keys(others).length > 0) return undefined
  return call('decide', [{ model, input, questions }], 'decisions')
}

function toQuestions(value: unknown): JSONObject | Unsupported {
  if (!Array.isArray(value)) return UNSUPPORTED
  const entries: [string, JSONObject][] = []
  for (const question of value as unknown[]) {
    if (!isObject(question) || !hasOnly(question, ['name', 'type', 'instructions', 'choices', 'levels']))
      return UNSUPPORTED
    const { name, ...rest } = question
    if (typeof name !== 'string' || entries.some(([other]) => other === name)) return UNSUPPORTED
    entries.push([name, rest])
  }
  return Object.fromEntries(entries)
}

function loadCall(body: JSONObject): Call | undefined {
  const { model, echo_load_config: _, ...others } = body
  const [config, rest] = renameKeys(others, LOAD)
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
