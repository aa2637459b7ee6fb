import * as v from 'valibot'
import { hasFailedStatus } from '../http/failure-body.js'
import { compact, isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { isSameModel } from '../utils/same-model.js'
import { tolerant, figure, optionalText, name } from '../validation/schema.js'
import { fromWireConfig } from './load-config.js'
import type { LoadedModel, ModelInfo, ModelInstance, ModelType } from './types.js'

/** Response of `POST /api/v1/models/load`. */
export const loadedSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    instance_id: name,
    model: optionalText,
    type: optionalText,
    load_time_seconds: figure,
    load_config: tolerant(v.custom<JSONObject>(isObject)),
  }),
)

type WireLoaded = v.InferOutput<ReturnType<typeof loadedSchema>>

/** Response of `POST /api/v1/models/unload`. */
export const unloadedSchema = /* @__PURE__ */ once(() => v.looseObject({ instance_id: name }))

/** Returns the instance that a response of the load or unload route names. */
export const instanceOf = ({ instance_id: id }: { readonly instance_id: string }): string => id

/** Whether a response of the load route says that the model is not loaded. */
export const isNotLoaded = (body: JSONObject): boolean =>
  hasFailedStatus(body) || /^(un|not[_-]?)loaded$/i.test(String(body.status))

/** Whether a response of the load route says that the load still runs. */
export const isLoading = (body: unknown): boolean =>
  isObject(body) && typeof body.status === 'string' && /^(loading|queued|pending|in_progress)$/i.test(body.status)

/** Whether a load was that of another model, as far as the response says: an instance may have any name. */
export function isOtherModel(wire: WireLoaded, requested: string, models: readonly ModelInfo[]): boolean {
  const { instance_id: instance, model } = wire
  if (isSameModel(instance, requested) || (model && isSameModel(model, requested))) return false
  return Boolean(model) || models.some(({ id }) => isSameModel(id, instance))
}

/**
 * Returns the instance that a load created.
 *
 * @param raw - the response as received
 * @param listedType - the type in the list of models, which also distinguishes vision models
 */
export function fromLoaded(wire: WireLoaded, raw: unknown, listedType: ModelType | undefined): LoadedModel {
  const seconds = wire.load_time_seconds
  const type = wire.type === 'llm' || wire.type === 'embedding' ? wire.type : 'unknown'
  return compact({
    instanceId: wire.instance_id,
    type: listedType ?? type,
    wasLoaded: false,
    loadTimeMs: seconds && Math.round(seconds * 1000),
    config: fromWireConfig(wire.load_config),
    raw,
  })
}

/** Returns an instance that was already loaded. */
export function fromInstance({ id, config }: ModelInstance, { type }: ModelInfo): LoadedModel {
  return { instanceId: id, type, wasLoaded: true, config: fromWireConfig(config), raw: { id, config } }
}
