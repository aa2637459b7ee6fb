import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import type { Client } from '../http/types.js'
import { judge } from './diagnosis.js'
import { identifyServer } from './identify-server.js'
import type { HealthReport } from './types.js'

/** How the server is: its greeting, then its models, each asked once and past the cache. */
export async function healthCheck(client: Client, options?: CallOptions): Promise<HealthReport> {
  checkCallOptions(options)
  const { endpoint } = client.config
  const identity = await identifyServer(client, options)
  const diagnosis = judge(identity, endpoint)
  const { latencyMs, isLMStudio, models } = identity
  return {
    status: diagnosis.code === 'ok' ? 'healthy' : latencyMs === undefined ? 'unreachable' : 'degraded',
    endpoint,
    latencyMs,
    isLMStudio,
    api: models?.api,
    modelsAvailable: models?.models.length,
    // `/v1/models` does not say.
    modelsLoaded:
      models === undefined || models.api === 'openai'
        ? undefined
        : models.models.filter((model) => model.state === 'loaded').length,
    ...(diagnosis.code === 'ok' ? {} : { diagnosis }),
  }
}
