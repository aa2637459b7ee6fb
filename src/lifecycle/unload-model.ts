import * as v from 'valibot'
import { checkCallOptions } from '../config/resolve.js'
import { validateRequest } from '../config/validate.js'
import { ApiError, ModelNotFoundError } from '../errors/api-errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { notFoundAmong } from '../models/missing-model.js'
import { isModel, type ModelStore } from '../models/model-store.js'
import { serialise } from '../transport/serialise.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { ModelInfo } from '../types/models.js'
import { throwIfAborted } from '../utils/abort.js'
import { name } from '../utils/schema.js'
import { toUnloadBody } from './load-config.js'
import { ROUTES } from '../wire/routes.js'
import { requireNative } from './require-native.js'

const schema = v.strictObject({ modelOrInstance: name })

/** Frees a model, or one instance of it: `POST /api/v1/models/unload` for each. */
export async function unloadModel(
  transport: Transport,
  models: ModelStore,
  modelOrInstance: string,
  options?: CallOptions,
): Promise<void> {
  checkCallOptions(options)
  validateRequest(schema, { modelOrInstance })
  const { endpoint } = transport.config
  const { api, models: list } = await models.list({ ...options, refresh: true })
  requireNative(api, 'unloadModel', endpoint)
  const targets = instancesOf(modelOrInstance, list)
  if (targets === undefined) {
    throw notFoundAmong(
      list.map(({ id }) => id),
      `The server at ${endpoint} does not have ${modelOrInstance}.`,
      { endpoint, model: modelOrInstance },
    )
  }
  const done: string[] = []
  let failure: unknown
  for (const id of targets) {
    try {
      await unload(transport, id, options)
      done.push(id)
    } catch (error) {
      failure ??= error
    }
  }
  if (targets.length > 0) await models.invalidate()
  throwIfAborted(options?.signal)
  if (failure === undefined) return
  if (done.length === 0 || !ProviderError.isInstance(failure)) throw failure
  const left = targets.filter((id) => !done.includes(id))
  throw new ApiError(`${done.join(', ')} unloaded, but not ${left.join(', ')}: ${failure.message}`, {
    code: 'partly-unloaded',
    hint: failure.hint,
    isRetryable: failure.isRetryable,
    endpoint,
    status: failure.status,
    cause: failure,
  })
}

async function unload(transport: Transport, id: string, options?: CallOptions): Promise<void> {
  try {
    // What is unloaded already can be asked for again: to that end it is a read.
    const spec = { method: 'POST', route: ROUTES.unloadModel, body: serialise(toUnloadBody(id)), kind: 'read' } as const
    await transport.requestJSON(spec, options)
  } catch (error) {
    // Somebody else, or its idle time, was faster.
    if (!ModelNotFoundError.isInstance(error)) throw error
  }
}

/** The ids to free; none for what is there but not loaded, `undefined` for what is not there. */
function instancesOf(asked: string, list: readonly ModelInfo[]): readonly string[] | undefined {
  const find = (model: string): ModelInfo | undefined => list.find((info) => isModel(info, model))
  const info = find(asked)
  // A copy that is gone: its model is still known.
  if (info === undefined) return find(asked.replace(/:\d+$/, '')) && []
  const ids = info.instances.map(({ id }) => id)
  return info.id !== asked && ids.includes(asked) ? [asked] : ids
}
