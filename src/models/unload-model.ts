import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, InvalidResponseError, ModelNotFoundError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { foreignName, foreignNames } from '../http/foreign-text.js'
import { runVerb } from '../http/client.js'
import { failureReason, hasFailedStatus } from '../http/failure-body.js'
import type { RequestSpec } from '../http/request-spec.js'
import { errorFromResponse } from '../http/response-error.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { id } from '../validation/schema.js'
import { parseResponse, serialize, validateRequest } from '../validation/validate.js'
import { toUnloadBody } from './load-config.js'
import { instanceOf, unloadedSchema } from './load-response.js'
import { notFoundAmong } from './missing-model.js'
import { hasName, modelCatalog } from './model-catalog.js'
import { requireV1API } from './require-v1-api.js'
import type { ModelInfo } from './types.js'

const schema = /* @__PURE__ */ once(() => v.strictObject({ modelOrInstance: id }))

/**
 * Unloads one instance, or every instance of a model. See {@link LMStudioProvider.unloadModel}.
 *
 * @remarks Sends `POST /api/v1/models/unload` for each instance.
 */
export function unloadModel(client: Client, modelOrInstance: string, options?: CallOptions): Promise<void> {
  return runVerb(unloadModel, client, () => unloadInstances(client, modelOrInstance, options))
}

async function unloadInstances(client: Client, modelOrInstance: string, options?: CallOptions): Promise<void> {
  checkCallOptions(options)
  validateRequest(schema(), { modelOrInstance })
  const { endpoint } = client.config
  const models = modelCatalog(client)
  const list = await models.list({ ...options, refresh: true })
  requireV1API(list.api, 'unloadModel', endpoint)
  const instanceIds = findInstances(modelOrInstance, list.models)
  if (instanceIds === undefined) {
    throw notFoundAmong(
      client.config,
      list.models.map(({ id }) => id),
      `Model ${foreignName(client.config, modelOrInstance)} was not found at ${endpoint}.`,
      { endpoint, model: modelOrInstance },
    )
  }
  const unloaded: string[] = []
  let firstError: unknown
  for (const id of instanceIds) {
    try {
      await unloadInstance(client, id, options)
      unloaded.push(id)
    } catch (error) {
      firstError ??= error
    }
  }
  if (instanceIds.length > 0) await models.invalidate()
  throwIfAborted(options?.signal)
  if (firstError === undefined) return
  if (unloaded.length === 0 || !ProviderError.isInstance(firstError)) throw firstError
  const failed = instanceIds.filter((id) => !unloaded.includes(id))
  const [done, left] = [unloaded, failed].map((ids) => foreignNames(client.config, ids))
  throw new ApiError(`Unloaded ${done} but not ${left}: ${firstError.message}`, {
    code: 'partly-unloaded',
    hint: firstError.hint,
    isRetryable: firstError.isRetryable,
    endpoint,
    status: firstError.status,
    cause: firstError,
  })
}

async function unloadInstance(client: Client, id: string, options: CallOptions | undefined): Promise<void> {
  const spec: RequestSpec = {
    method: 'POST',
    route: ROUTES.unloadModel,
    body: serialize(toUnloadBody(id)),
    // Unloading twice does no harm, so this is retried like a read.
    kind: 'read',
  }
  try {
    const { body, context } = await client.requestJSON(spec, options)
    if (isObject(body) && hasFailedStatus(body)) {
      const error = failureReason(body) ?? 'The model was not unloaded.'
      throw errorFromResponse({ status: 200, body: { error } }, context)
    }
    const unloaded = instanceOf(parseResponse(unloadedSchema(), body, 'The response', context))
    if (unloaded !== id) {
      const [requested, actual] = [id, unloaded].map((name) => foreignName(client.config, name))
      const { endpoint } = client.config
      throw new InvalidResponseError(`The server unloaded another instance: ${actual} instead of ${requested}.`, {
        endpoint,
      })
    }
  } catch (error) {
    // Another program, or the idle timeout of the model, unloaded it first.
    if (!ModelNotFoundError.isInstance(error)) throw error
  }
}

/** Returns the instances to unload: none for a model that is not loaded, `undefined` for one that does not exist. */
function findInstances(modelOrInstance: string, list: readonly ModelInfo[]): readonly string[] | undefined {
  const find = (model: string): ModelInfo | undefined => list.find((info) => hasName(info, model))
  const info = find(modelOrInstance)
  // The id of an instance that is no longer loaded still ends in a number after the id of its model.
  if (info === undefined) return find(modelOrInstance.replace(/:\d+$/, '')) && []
  const ids = info.instances.map(({ id }) => id)
  return info.id !== modelOrInstance && ids.includes(modelOrInstance) ? [modelOrInstance] : ids
}
