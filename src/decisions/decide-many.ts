import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { sumUsage } from '../generation/usage.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { runParallel } from '../utils/run-parallel.js'
import { readRequest } from '../validation/validate.js'
import { decideOnce, decisionModel } from './decide.js'
import { validateDecisionBatch } from './request.js'
import type {
  DecisionBatchRequest,
  DecisionBatchResponse,
  DecisionFallback,
  DecisionResponse,
  PartialDecisions,
  Questions,
} from './types.js'

/** Asks the same questions about many inputs: see {@link LMStudioProvider.decideMany}. */
export function decideMany<const Q extends Questions, Fallback extends DecisionFallback = undefined>(
  client: Client,
  request: DecisionBatchRequest<Q, Fallback>,
  options: CallOptions = {},
): Promise<DecisionBatchResponse<Q, Fallback>> {
  return runVerb(decideMany, client, () => decideAll(client, request, options))
}

async function decideAll<Q extends Questions, Fallback extends DecisionFallback>(
  client: Client,
  received: DecisionBatchRequest<Q, Fallback>,
  options: CallOptions,
): Promise<DecisionBatchResponse<Q, Fallback>> {
  checkCallOptions(options)
  const request = readRequest(received)
  validateDecisionBatch(request)
  throwIfAborted(options.signal)
  const half = Math.max(1, Math.floor(client.config.maxConcurrency / 2))
  const { inputs, concurrency = half, ...others } = request
  const settings = { ...others, model: await decisionModel(client, request, options) }
  const responses: (DecisionResponse<Q, Fallback> | undefined)[] = inputs.map(() => undefined)
  const tasks = { count: inputs.length, concurrency, signal: options.signal }
  const failure = await runParallel(tasks, async (index, signal) => {
    responses[index] = await decideOnce(client, { ...settings, input: inputs[index]! }, { ...options, signal })
  })
  if (failure === undefined) {
    const complete = responses as DecisionResponse<Q, Fallback>[]
    return { responses: complete, usage: sumUsage(complete.map(({ usage }) => usage)) }
  }
  const { error, index: failed } = failure
  // A caller may abort with a ProviderError of another call, which must stay as it is.
  if (
    ProviderError.isInstance(error) &&
    error !== options.signal?.reason &&
    responses.some((one) => one !== undefined)
  ) {
    attachHidden(error, 'partial', { responses, failed } satisfies PartialDecisions)
  }
  throw error
}
