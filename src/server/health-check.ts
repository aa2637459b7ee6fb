import { checkCallOptions } from '../config/resolve.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { HealthReport } from '../types/provider.js'
import { identify } from './identify.js'
import { judge } from './judge.js'

/** How the server is: its greeting, then its models, each asked once and past the cache. */
export async function healthCheck(transport: Transport, options?: CallOptions): Promise<HealthReport> {
  checkCallOptions(options)
  const { endpoint } = transport.config
  const identity = await identify(transport, options)
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
