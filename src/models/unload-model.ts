import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, ModelNotFoundError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { serialize } from '../http/serialize.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { name } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import { toUnloadBody } from './load-config.js'
import { notFoundAmong } from './missing-model.js'
import { modelCatalog, isModel } from './model-catalog.js'
import { requireV1API } from './require-v1-api.js'
import type { ModelInfo } from './types.js'

const schema = v.strictObject({ modelOrInstance: name })

/** Frees a model, or one instance of it: `POST /api/v1/models/unload` for each. */
export async function unloadModel(client: Client, modelOrInstance: string, options?: CallOptions): Promise<void> {
  checkCallOptions(options)
  validateRequest(schema, { modelOrInstance })
  const { endpoint } = client.config
  const models = modelCatalog(client)
  const { api, models: list } = await models.list({ ...options, refresh: true })
  requireV1API(api, 'unloadModel', endpoint)
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
      await unload(client, id, options)
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

async function unload(client: Client, id: string, options?: CallOptions): Promise<void> {
  try {
    // What is unloaded already can be asked for again: to that end it is a read.
    const spec = { method: 'POST', route: ROUTES.unloadModel, body: serialize(toUnloadBody(id)), kind: 'read' } as const
    await client.requestJSON(spec, options)
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
