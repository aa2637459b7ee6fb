import type { Exchange } from '../exchange.js'
import { asCount, asObject, asString } from '../json-values.js'
import { throwNativeError, throwNotFound } from '../replies/errors.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { checkNativeBody } from '../requests/native-checks.js'
import { findModel } from '../resolve-model.js'
import { type LoadConfig, addInstance, removeInstance } from '../state.js'
import { unlessAborted } from '../waits.js'

const loadFields = {
  model: 'string',
  context_length: 'integer',
  eval_batch_size: 'integer',
  flash_attention: 'boolean',
  num_experts: 'integer',
  offload_kv_cache_to_gpu: 'boolean',
  echo_load_config: 'boolean',
} as const

function readLoadConfig(exchange: Exchange, maxContextLength: number): Partial<LoadConfig> {
  const body = asObject(exchange.body)
  const contextLength = asCount(body.context_length)
  if (contextLength !== undefined && (contextLength < 1 || contextLength > maxContextLength)) {
    throwNativeError(`context_length must be between 1 and ${maxContextLength}`, 'invalid_value', 'context_length')
  }
  const batchSize = asCount(body.eval_batch_size)
  const experts = asCount(body.num_experts)
  return {
    parallel: exchange.settings.parallel,
    ...(contextLength === undefined ? {} : { context_length: contextLength }),
    ...(batchSize === undefined ? {} : { eval_batch_size: batchSize }),
    ...(experts === undefined ? {} : { num_experts: experts }),
    ...(typeof body.flash_attention === 'boolean' ? { flash_attention: body.flash_attention } : {}),
    ...(typeof body.offload_kv_cache_to_gpu === 'boolean'
      ? { offload_kv_cache_to_gpu: body.offload_kv_cache_to_gpu }
      : {}),
  }
}

/** `POST /api/v1/models/load`. Not idempotent: a second load creates a second instance. */
export async function loadModel(exchange: Exchange): Promise<WireResponse> {
  const body = asObject(exchange.body)
  checkNativeBody(body, loadFields)
  const name = asString(body.model)
  if (name === '') throwNativeError("'model' is required", 'invalid_type', 'model')
  const { settings, state, waits, signal } = exchange
  const model = findModel(exchange, name) ?? throwNotFound('model_not_found', `Model "${name}" not found.`, 'model')
  const config = readLoadConfig(exchange, model.maxContextLength)
  // A load continues when its client disconnects, but does not start for a client that has already gone.
  signal.throwIfAborted()
  const load = settings.loadDelayMs > 0 ? waits.sleep(settings.loadDelayMs) : Promise.resolve()
  const instance = await unlessAborted(
    load.then(() => addInstance(state, { model: model.id, config })),
    signal,
  )
  const { parallel: _parallel, ...echo } = instance.config
  return jsonResponse({
    type: model.type === 'vlm' ? 'llm' : model.type,
    instance_id: instance.id,
    load_time_seconds: settings.loadDelayMs / 1000,
    status: 'loaded',
    ...(body.echo_load_config === true ? { load_config: echo } : {}),
  })
}

/** `POST /api/v1/models/unload`. Takes the id of an instance, not of a model. */
export function unloadModel(exchange: Exchange): WireResponse {
  const body = asObject(exchange.body)
  checkNativeBody(body, { instance_id: 'string' })
  const id = asString(body.instance_id)
  if (id === '') throwNativeError("'instance_id' is required", 'invalid_type', 'instance_id')
  if (!removeInstance(exchange.state, id)) {
    throwNotFound('model_not_found', `No loaded model instance with id "${id}".`, 'instance_id')
  }
  return jsonResponse({ instance_id: id })
}
