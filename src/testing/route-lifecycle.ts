import type { Exchange } from './exchange.js'
import { asCount, asObject, asString } from './json-values.js'
import { refuseNative, refuseNativeType, refuseUnknownKeys } from './refuse-native.js'
import { type LoadConfig, addInstance, removeInstance } from './state.js'
import { unlessAborted } from './waits.js'
import { type WireReply, json } from './wire-reply.js'

const loadKeys = new Set(
  'model context_length eval_batch_size flash_attention num_experts offload_kv_cache_to_gpu echo_load_config'.split(
    ' ',
  ),
)

function readLoadConfig(exchange: Exchange, maxContextLength: number): Partial<LoadConfig> {
  const body = asObject(exchange.body)
  const contextLength = asCount(body.context_length)
  if (contextLength !== undefined && (contextLength < 1 || contextLength > maxContextLength)) {
    refuseNative(`context_length must be between 1 and ${maxContextLength}`, 'invalid_value', 'context_length')
  }
  const batch = asCount(body.eval_batch_size)
  const experts = asCount(body.num_experts)
  return {
    ...(contextLength === undefined ? {} : { context_length: contextLength }),
    ...(batch === undefined ? {} : { eval_batch_size: batch }),
    ...(experts === undefined ? {} : { num_experts: experts }),
    ...(typeof body.flash_attention === 'boolean' ? { flash_attention: body.flash_attention } : {}),
    ...(typeof body.offload_kv_cache_to_gpu === 'boolean'
      ? { offload_kv_cache_to_gpu: body.offload_kv_cache_to_gpu }
      : {}),
  }
}

/** `POST /api/v1/models/load`: not idempotent, a second load makes a second instance. */
export async function loadModel(exchange: Exchange): Promise<WireReply> {
  const body = asObject(exchange.body)
  refuseUnknownKeys(body, loadKeys)
  const name = asString(body.model)
  if (name === '') refuseNative("'model' is required", 'invalid_type', 'model')
  const { settings, state, waits, signal } = exchange
  const model = state.models.get(name) ?? state.models.get(name.split('@')[0] ?? '')
  if (model === undefined) return refuseNativeType('model_not_found', `Model "${name}" not found.`, 'model', 404)
  const config = readLoadConfig(exchange, model.maxContextLength)
  // A client that stops waiting does not stop the load; one that was gone before does not begin it.
  signal.throwIfAborted()
  const load = settings.loadDelayMs > 0 ? waits.sleep(settings.loadDelayMs) : Promise.resolve()
  const instance = await unlessAborted(
    load.then(() => addInstance(state, model.id, config, false)),
    signal,
  )
  const { parallel: _parallel, ...echo } = instance.config
  return json({
    type: model.type === 'embedding' ? 'embedding' : 'llm',
    instance_id: instance.id,
    load_time_seconds: settings.loadDelayMs / 1000,
    status: 'loaded',
    ...(body.echo_load_config === true ? { load_config: echo } : {}),
  })
}

/** `POST /api/v1/models/unload`: takes an instance's id, not a model's. */
export function unloadModel(exchange: Exchange): WireReply {
  const body = asObject(exchange.body)
  refuseUnknownKeys(body, new Set(['instance_id']))
  const id = asString(body.instance_id)
  if (id === '') refuseNative("'instance_id' is required", 'invalid_type', 'instance_id')
  if (!removeInstance(exchange.state, id)) {
    refuseNativeType('model_not_found', `No loaded model instance with id "${id}".`, 'instance_id', 404)
  }
  return json({ instance_id: id })
}
