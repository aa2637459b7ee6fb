import { AuthenticationError } from '../errors/api-errors.js'
import { NetworkError, UnsupportedEndpointError } from '../errors/network-errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { ConfigurationError } from '../errors/request-errors.js'
import { fetchModels, type ModelList } from '../models/fetch-models.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { Diagnosis } from '../types/diagnosis.js'
import type { HealthReport } from '../types/provider.js'
import { isObject } from '../utils/json.js'
import { ROUTES } from '../wire/routes.js'
import { createDiagnosis, toDiagnosis } from './diagnosis.js'

/** How the server is: its greeting, then its models, each asked once and past the cache. */
export async function healthCheck(transport: Transport, options: CallOptions = {}): Promise<HealthReport> {
  const { endpoint } = transport.config
  const call = { ...options, maxRetries: options.maxRetries ?? 0 }
  const start = performance.now()
  const greeting = await attempt(() =>
    transport.requestJSON({ method: 'GET', route: ROUTES.greeting, kind: 'read' }, call),
  )
  const latencyMs = performance.now() - start
  const unreachable = 'error' in greeting && isUnreachable(greeting.error)
  if (unreachable) {
    return {
      status: 'unreachable',
      endpoint,
      latencyMs: undefined,
      isLMStudio: false,
      api: undefined,
      modelsAvailable: undefined,
      modelsLoaded: undefined,
      diagnosis: toDiagnosis(greeting.error),
    }
  }
  const isGreeted = 'value' in greeting && isObject(greeting.value.body) && greeting.value.body.lmstudio === true
  const list = await attempt(() => fetchModels(transport, call))
  const models = 'value' in list ? list.value : undefined
  // The native lists, and the demand for LM Studio's token, are as good a proof as the greeting.
  const isLMStudio = isGreeted || models?.api === 'v1' || models?.api === 'v0'
  const diagnosis = 'value' in list ? judge(list.value, isLMStudio) : judgeFailure(list.error, isLMStudio)
  const isGone = 'error' in list && isUnreachable(list.error)
  return {
    status: isGone ? 'unreachable' : diagnosis === undefined ? 'healthy' : 'degraded',
    endpoint,
    latencyMs,
    isLMStudio,
    api: models?.api,
    modelsAvailable: models?.models.length,
    modelsLoaded:
      models === undefined || models.api === 'openai'
        ? undefined
        : models.models.filter((model) => model.state === 'loaded').length,
    ...(diagnosis === undefined ? {} : { diagnosis }),
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: ProviderError }

/** A failure of the server is a finding; the caller's abort and wrong options are not. */
async function attempt<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await run() }
  } catch (error) {
    if (!ProviderError.isInstance(error) || ConfigurationError.isInstance(error)) throw error
    return { error }
  }
}

/** Failures of the connection; a 5xx, a redirect or an unknown route come from something that answers. */
const isUnreachable = (error: ProviderError): boolean =>
  NetworkError.isInstance(error) && error.status === undefined && !UnsupportedEndpointError.isInstance(error)

function judge({ api, models }: ModelList, isLMStudio: boolean): Diagnosis | undefined {
  if (models.length === 0) return createDiagnosis('no-models', 'The server answers, but has no model.')
  if (isLMStudio && api !== 'v1') {
    return createDiagnosis(
      'old-version',
      `This LM Studio is older than 0.4: it lists its models by /${api === 'v0' ? 'api/v0' : 'v1'} only.`,
    )
  }
  return undefined
}

function judgeFailure(error: ProviderError, isLMStudio: boolean): Diagnosis {
  const diagnosis = toDiagnosis(error)
  if (AuthenticationError.isInstance(error) || !isLMStudio || diagnosis.code !== 'wrong-service') return diagnosis
  return createDiagnosis(
    'wrong-path',
    `LM Studio answers, but not where its models are: ${error.message}`,
    diagnosis.evidence,
  )
}
