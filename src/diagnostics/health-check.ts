import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { assertClient } from '../http/client.js'
import type { Client } from '../http/types.js'
import { toDiagnosis } from './diagnosis.js'
import { identifyServer } from './identify-server.js'
import type { HealthReport } from './types.js'

/**
 * Reports the state of the server. See {@link ModelProvider.healthCheck}.
 *
 * @remarks
 * Sends `GET /lmstudio-greeting` and requests the list of models, without the cache, and without retries
 * unless `maxRetries` is given.
 */
export async function healthCheck(client: Client, options?: CallOptions): Promise<HealthReport> {
  assertClient(client)
  checkCallOptions(options)
  const { endpoint } = client.config
  const identity = await identifyServer(client, options)
  const diagnosis = toDiagnosis(identity, endpoint)
  const { latencyMs, isLMStudio, models } = identity
  const isOK = diagnosis.code === 'ok'
  return {
    status: isOK ? 'healthy' : latencyMs === undefined ? 'unreachable' : 'degraded',
    endpoint,
    latencyMs,
    isLMStudio,
    api: models?.api,
    modelsAvailable: models?.models.length,
    // `/v1/models` does not report what is loaded.
    modelsLoaded:
      models === undefined || models.api === 'openai'
        ? undefined
        : models.models.filter((model) => model.state === 'loaded').length,
    ...(isOK ? {} : { diagnosis }),
  }
}
