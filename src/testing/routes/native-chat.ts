import { storeConversation } from '../conversations.js'
import type { Exchange } from '../exchange.js'
import { type Generation, findOverflow, generate } from '../generation.js'
import { asCount, asObject, asString } from '../json-values.js'
import { contextExceeded, modelUnloaded, promptTooLong, throwNativeError } from '../replies/errors.js'
import { hexGenerationId } from '../replies/ids.js'
import {
  type ServerToolCall,
  callServerTool,
  nativeChatResult,
  streamBlock,
  streamPromptProcessing,
} from '../replies/native-chat.js'
import { isUnloaded, paceWhole } from '../replies/pacing.js'
import { type BodyStep, typedFrame } from '../replies/steps.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { checkImages } from '../requests/images.js'
import { type Integration, readIntegrations } from '../requests/integrations.js'
import { checkReasoning, readNativeRequest } from '../requests/native-chat.js'
import type { PromptDraft } from '../requests/prompt-draft.js'
import { type ResolvedModel, findInstance, findMissingModel, loadOrAbort, modelOf } from '../resolve-model.js'
import type { Instance } from '../state.js'
import { markUsed } from '../use-instance.js'

interface NativeChat {
  readonly draft: PromptDraft
  readonly integrations: readonly Integration[]
  /** Id of the model to load first; `undefined` when `loaded` serves the request. */
  readonly missing: string | undefined
  readonly loaded: Instance | undefined
  readonly contextLength: number | undefined
}

function readChat(exchange: Exchange): NativeChat {
  const draft = readNativeRequest(exchange)
  const integrations = readIntegrations(exchange)
  const body = asObject(exchange.body)
  const name = asString(body.model)
  const missing = findMissingModel(exchange, name, 'chat')
  const loaded = findInstance(exchange, name, 'chat')
  const model = exchange.state.models.get(loaded?.model ?? missing ?? '')
  if (model?.type === 'embedding' || model?.type === 'decision') {
    throwNativeError(`Model "${name}" is not an LLM.`, null, 'model')
  }
  if (model !== undefined) {
    checkReasoning(draft.effort, model)
    checkImages(draft, model)
  }
  return { draft, integrations, missing, loaded, contextLength: asCount(body.context_length) }
}

/** Returns the instance that serves the chat, and yields the progress of its load: only this route reports it. */
async function* load(exchange: Exchange, chat: NativeChat): AsyncGenerator<BodyStep, ResolvedModel> {
  const { missing, loaded } = chat
  if (missing === undefined && loaded !== undefined) {
    return { instance: loaded, model: modelOf(exchange, loaded), loadSeconds: undefined }
  }
  const id = { model_instance_id: missing ?? '' }
  const { loadDelayMs } = exchange.settings
  const loading = loadOrAbort(exchange, missing ?? '', chat.contextLength)
  // The load may fail while its progress events wait for a reader. The `await` below handles the failure.
  loading.catch(() => undefined)
  yield typedFrame('model_load.start', id)
  for (const progress of [0, 0.25, 0.5, 0.75]) {
    yield typedFrame('model_load.progress', { ...id, progress })
    if (loadDelayMs > 0) yield { kind: 'sleep', ms: loadDelayMs / 4 }
  }
  const instance = await loading
  yield typedFrame('model_load.progress', { ...id, progress: 1 })
  yield typedFrame('model_load.end', { ...id, load_time_seconds: loadDelayMs / 1000 })
  return { instance, model: modelOf(exchange, instance), loadSeconds: loadDelayMs / 1000 }
}

interface GeneratedChat {
  readonly generation: Generation
  readonly call: ServerToolCall | undefined
  /** `undefined` with `store: false`. */
  readonly responseId: string | undefined
}

async function generateChat(exchange: Exchange, chat: NativeChat, target: ResolvedModel): Promise<GeneratedChat> {
  const query = chat.draft.messages.at(-1)?.text ?? ''
  const call = callServerTool(exchange, chat.integrations, query)
  const generation = await generate(exchange, chat.draft, target, call?.result)
  const isStored = asObject(exchange.body).store !== false
  const responseId = isStored ? hexGenerationId('resp_', generation) : undefined
  if (responseId !== undefined) storeConversation(exchange, responseId, generation)
  return { generation, call, responseId }
}

async function* stream(exchange: Exchange, chat: NativeChat): AsyncGenerator<BodyStep> {
  yield typedFrame('chat.start', { model_instance_id: chat.loaded?.id ?? chat.missing })
  const target = yield* load(exchange, chat)
  markUsed(exchange, target.instance)
  const { generation, call, responseId } = await generateChat(exchange, chat, target)
  if (findOverflow(chat.draft, target) !== undefined) {
    yield typedFrame('prompt_processing.start')
    yield typedFrame('error', { error: { type: 'invalid_request', message: contextExceeded } })
    const nothing = { ...generation, text: [], reasoning: [], usage: { prompt: 0, completion: 0, reasoning: 0 } }
    yield typedFrame('chat.end', { result: nativeChatResult(exchange, nothing, undefined, undefined) })
    return
  }
  yield* streamPromptProcessing(generation.usage.prompt)
  yield* streamBlock(exchange, 'reasoning', generation.reasoning)
  if (call !== undefined) {
    yield* call.events
    yield* streamPromptProcessing(0)
  }
  yield* streamBlock(exchange, 'message', generation.text)
  if (isUnloaded(exchange, generation)) {
    yield typedFrame('error', { error: { type: 'internal_error', message: modelUnloaded } })
  }
  yield typedFrame('chat.end', { result: nativeChatResult(exchange, generation, call, responseId) })
}

/** `POST /api/v1/chat` */
export async function nativeChat(exchange: Exchange): Promise<WireResponse> {
  const chat = readChat(exchange)
  if (chat.draft.stream) return eventStream(stream(exchange, chat))
  const loading = load(exchange, chat)
  let step = await loading.next()
  // Without a stream nothing reports the progress events; the wait is in the load itself.
  while (step.done !== true) step = await loading.next()
  const target = step.value
  markUsed(exchange, target.instance)
  const overflow = findOverflow(chat.draft, target)
  if (overflow !== undefined) throwNativeError(promptTooLong(overflow.tokens, overflow.limit), null, 'input')
  const { generation, call, responseId } = await generateChat(exchange, chat, target)
  await paceWhole(exchange, generation)
  return jsonResponse(nativeChatResult(exchange, generation, call, responseId))
}
