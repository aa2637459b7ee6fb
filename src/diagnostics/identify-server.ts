import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { ConfigurationError, NetworkError, UnsupportedEndpointError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import type { Client } from '../http/types.js'
import { fetchModels } from '../models/fetch-models.js'
import type { ModelList } from '../models/response.js'
import { throwIfAborted } from '../utils/abort.js'
import { isObject } from '../utils/json.js'

/** What responds at an endpoint. */
export interface Identity {
  /** Time until the first response, in ms; `undefined` if there was none. */
  readonly latencyMs: number | undefined
  readonly isLMStudio: boolean
  readonly models: ModelList | undefined
  /** Why the models could not be listed. */
  readonly error: ProviderError | undefined
  /** What was requested, and the result. */
  readonly evidence: readonly string[]
}

/**
 * Requests the greeting and then the list of models, without the cache and by default without retries. Failures of the
 * server are part of the result.
 */
export async function identifyServer(client: Client, options: CallOptions = {}): Promise<Identity> {
  const callOptions = { ...options, maxRetries: options.maxRetries ?? 0 }
  const evidence: string[] = []

  const start = performance.now()
  const greeting = await capture(callOptions, () =>
    client.requestJSON({ method: 'GET', route: ROUTES.greeting, kind: 'read' }, callOptions),
  )
  const latencyMs = performance.now() - start
  const hasGreeted = isObject(greeting.value?.body) && greeting.value.body.lmstudio === true
  const responder = hasGreeted ? 'LM Studio' : 'another program'
  evidence.push(greeting.error?.message ?? `GET ${ROUTES.greeting}: ${responder} responded.`)
  if (greeting.error !== undefined && isUnreachable(greeting.error)) {
    return { latencyMs: undefined, isLMStudio: false, models: undefined, error: greeting.error, evidence }
  }

  const { value: list, error } = await capture(callOptions, () => fetchModels(client, callOptions))
  evidence.push(error?.message ?? `List of models (${list!.api}): ${countOf(list!.models)}.`)
  return {
    latencyMs,
    // Only LM Studio has the v0 and v1 lists. They count as much as the greeting, which is not documented.
    isLMStudio: hasGreeted || list?.api === 'v1' || list?.api === 'v0' || isCatchAll(greeting.error),
    models: list,
    error,
    evidence,
  }
}

const countOf = ({ length }: readonly unknown[]): string => (length === 1 ? '1 model' : `${length} models`)

/** Whether this is LM Studio's response to an unknown route. No other server words it like this. */
const isCatchAll = (error: ProviderError | undefined): boolean =>
  UnsupportedEndpointError.isInstance(error) && /unexpected endpoint or method/i.test(error.message)

/** Whether the connection itself failed. A 5xx, a redirect and an unknown route are responses. */
const isUnreachable = (error: ProviderError): boolean =>
  NetworkError.isInstance(error) && error.status === undefined && !UnsupportedEndpointError.isInstance(error)

/** Returns what `run` resolves to or how the server failed. Rethrows the caller's abort and invalid options. */
async function capture<T>(
  { signal }: CallOptions,
  run: () => Promise<T>,
): Promise<{ readonly value?: T; readonly error?: ProviderError }> {
  try {
    return { value: await run() }
  } catch (error) {
    // The reason of an abort can be an error of this package.
    throwIfAborted(signal)
    if (!ProviderError.isInstance(error) || ConfigurationError.isInstance(error)) throw error
    return { error }
  }
}
