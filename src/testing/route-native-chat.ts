import { remember } from './conversations.js'
import { isUnloaded, pace, paceWhole } from './deltas.js'
import type { Exchange } from './exchange.js'
import { type Generation, generate, overflow } from './generation.js'
import { hexGenerationId } from './ids.js'
import { asCount, asObject, asString } from './json-values.js'
import { type ServerToolCall, callServerTool, nativeResult } from './native-output.js'
import type { PromptDraft } from './read-chat-request.js'
import { type Integration, checkReasoning, readIntegrations, readNativeRequest } from './read-native-request.js'
import { refuseNative } from './refuse-native.js'
import { type ResolvedModel, describeInstance, findInstance, loadOrAbort, needsLoad } from './resolve-model.js'
import type { Instance } from './state.js'
import { type Step, typedFrame } from './steps.js'
import { contextExceeded, modelUnloaded } from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

interface NativeChat {
  readonly draft: PromptDraft
  readonly integrations: readonly Integration[]
  /** The model to load first, if it is not loaded. */
  readonly missing: string | undefined
  readonly found: Instance | undefined
  readonly contextLength: number | undefined
}

function open(exchange: Exchange): NativeChat {
  const draft = readNativeRequest(exchange)
  const integrations = readIntegrations(exchange)
  const body = asObject(exchange.body)
  const name = asString(body.model)
  const missing = needsLoad(exchange, name, false)
  const found = findInstance(exchange, name, false)
  const model = exchange.state.models.get(found?.model ?? missing ?? '')
  if (model?.type === 'embedding') refuseNative(`Model "${name}" is not an LLM.`, null, 'model')
  if (model !== undefined) checkReasoning(draft.effort, model)
  return { draft, integrations, missing, found, contextLength: asCount(body.context_length) }
}

/** The instance that answers. Progress is told meanwhile: a load is all that this route reports and the others hide. */
async function* load(exchange: Exchange, chat: NativeChat): AsyncGenerator<Step, ResolvedModel> {
  const { missing, found } = chat
  if (missing === undefined && found !== undefined) {
    return { instance: found, model: describeInstance(exchange, found), loadSeconds: undefined }
  }
  const at = { model_instance_id: missing ?? '' }
  const { loadDelayMs } = exchange.settings
  const loading = loadOrAbort(exchange, missing ?? '', chat.contextLength)
  // It may fail while the events of its progress still wait to be read; the failure is taken up below.
  loading.catch(() => undefined)
  yield typedFrame('model_load.start', at)
  for (const progress of [0, 0.25, 0.5, 0.75]) {
    yield typedFrame('model_load.progress', { ...at, progress })
    if (loadDelayMs > 0) yield { kind: 'sleep', ms: loadDelayMs / 4 }
  }
  const instance = await loading
  yield typedFrame('model_load.progress', { ...at, progress: 1 })
  yield typedFrame('model_load.end', { ...at, load_time_seconds: loadDelayMs / 1000 })
  return { instance, model: describeInstance(exchange, instance), loadSeconds: loadDelayMs / 1000 }
}

function* round(exchange: Exchange, channel: 'reasoning' | 'message', pieces: readonly string[]): Generator<Step> {
  if (pieces.length === 0) return
  yield typedFrame(`${channel}.start`)
  for (const content of pieces) {
    yield* pace(exchange)
    yield typedFrame(`${channel}.delta`, { content })
  }
  yield typedFrame(`${channel}.end`)
}

/** Prompts shorter than this are processed without progress in between. */
const fewTokens = 32

function* promptProcessing(tokens: number): Generator<Step> {
  yield typedFrame('prompt_processing.start')
  if (tokens > fewTokens) yield typedFrame('prompt_processing.progress', { progress: 0.5 })
  yield typedFrame('prompt_processing.end')
}

interface Answered {
  readonly generation: Generation
  readonly call: ServerToolCall | undefined
  readonly responseId: string | undefined
}

async function decide(exchange: Exchange, chat: NativeChat, target: ResolvedModel): Promise<Answered> {
  const asked = chat.draft.messages.at(-1)?.text ?? ''
  const call = callServerTool(exchange, chat.integrations, asked)
  const made = await generate(exchange, chat.draft, target, call?.result)
  const isStored = asObject(exchange.body).store !== false
  const responseId = isStored ? hexGenerationId('resp_', made) : undefined
  if (responseId !== undefined) remember(exchange, responseId, made)
  return { generation: made, call, responseId }
}

async function* stream(exchange: Exchange, chat: NativeChat): AsyncGenerator<Step> {
  yield typedFrame('chat.start', { model_instance_id: chat.found?.id ?? chat.missing })
  const target = yield* load(exchange, chat)
  const { generation, call, responseId } = await decide(exchange, chat, target)
  if (overflow(chat.draft, target) !== undefined) {
    yield typedFrame('prompt_processing.start')
    yield typedFrame('error', { error: { type: 'invalid_request', message: contextExceeded } })
    const nothing = { ...generation, text: [], reasoning: [], usage: { prompt: 0, completion: 0, reasoning: 0 } }
    yield typedFrame('chat.end', { result: nativeResult(exchange, nothing, undefined, undefined) })
    return
  }
  yield* promptProcessing(generation.usage.prompt)
  yield* round(exchange, 'reasoning', generation.reasoning)
  if (call !== undefined) {
    yield* call.events
    yield* promptProcessing(0)
  }
  yield* round(exchange, 'message', generation.text)
  if (isUnloaded(exchange, generation)) {
    yield typedFrame('error', { error: { type: 'internal_error', message: modelUnloaded } })
  }
  yield typedFrame('chat.end', { result: nativeResult(exchange, generation, call, responseId) })
}

/** `POST /api/v1/chat` */
export async function nativeChat(exchange: Exchange): Promise<WireReply> {
  const chat = open(exchange)
  if (chat.draft.stream) return eventStream(stream(exchange, chat))
  const loading = load(exchange, chat)
  let step = await loading.next()
  // Without a stream there is nobody to tell the progress to, and the load itself is what takes the time.
  while (step.done !== true) step = await loading.next()
  const target = step.value
  const excess = overflow(chat.draft, target)
  if (excess !== undefined) {
    refuseNative(`Cannot truncate prompt with n_keep (${excess.tokens}) >= n_ctx (${excess.limit})`, null, 'input')
  }
  const { generation, call, responseId } = await decide(exchange, chat, target)
  await paceWhole(exchange, generation)
  return json(nativeResult(exchange, generation, call, responseId))
}
