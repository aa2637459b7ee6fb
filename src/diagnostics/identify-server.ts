import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { ConfigurationError, NetworkError, UnsupportedEndpointError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import type { Client } from '../http/types.js'
import { fetchModels } from '../models/fetch-models.js'
import type { ModelList } from '../models/response.js'
import { isObject } from '../utils/json.js'

/** What answers at an endpoint. */
export interface Identity {
  /** Time of the first answer, milliseconds; `undefined` when nothing answered. */
  readonly latencyMs: number | undefined
  readonly isLMStudio: boolean
  readonly models: ModelList | undefined
  /** Why the models could not be read. */
  readonly error: ProviderError | undefined
  /** What was asked and what came. */
  readonly evidence: readonly string[]
}

/** Asks for the greeting, then for the models, each once and past the cache; a failure is a finding. */
export async function identifyServer(client: Client, options: CallOptions = {}): Promise<Identity> {
  const call = { ...options, maxRetries: options.maxRetries ?? 0 }
  const evidence: string[] = []

  const start = performance.now()
  const greeting = await attempt(() =>
    client.requestJSON({ method: 'GET', route: ROUTES.greeting, kind: 'read' }, call),
  )
  const latencyMs = performance.now() - start
  const isGreeted = isObject(greeting.value?.body) && greeting.value.body.lmstudio === true
  const greets = isGreeted ? 'LM Studio greets' : 'what answers is not the greeting of LM Studio'
  evidence.push(greeting.error?.message ?? `GET ${ROUTES.greeting}: ${greets}.`)
  if (greeting.error !== undefined && isUnreachable(greeting.error)) {
    return { latencyMs: undefined, isLMStudio: false, models: undefined, error: greeting.error, evidence }
  }

  const { value: models, error } = await attempt(() => fetchModels(client, call))
  evidence.push(error?.message ?? `The list of models (${models!.api}) holds ${models!.models.length}.`)
  return {
    latencyMs,
    // The native lists are as good a proof as the greeting, which is not documented.
    isLMStudio: isGreeted || models?.api === 'v1' || models?.api === 'v0' || isCatchAll(greeting.error),
    models,
    error,
    evidence,
  }
}

/** LM Studio's words for a path it does not know, which no other server uses. */
const isCatchAll = (error: ProviderError | undefined): boolean =>
  UnsupportedEndpointError.isInstance(error) && /unexpected endpoint or method/i.test(error.message)

/** Failures of the connection; a 5xx, a redirect or an unknown route come from something that answers. */
const isUnreachable = (error: ProviderError): boolean =>
  NetworkError.isInstance(error) && error.status === undefined && !UnsupportedEndpointError.isInstance(error)

/** A failure of the server is a finding; the caller's abort and wrong options are not. */
async function attempt<T>(run: () => Promise<T>): Promise<{ readonly value?: T; readonly error?: ProviderError }> {
  try {
    return { value: await run() }
  } catch (error) {
    if (!ProviderError.isInstance(error) || ConfigurationError.isInstance(error)) throw error
    return { error }
  }
}
