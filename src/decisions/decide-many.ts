import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { sumUsage } from '../generation/usage.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { followSignal, throwIfAborted } from '../utils/abort.js'
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
  request: DecisionBatchRequest<Q, Fallback>,
  options: CallOptions,
): Promise<DecisionBatchResponse<Q, Fallback>> {
  checkCallOptions(options)
  validateDecisionBatch(request)
  throwIfAborted(options.signal)
  const half = Math.max(1, Math.floor(client.config.maxConcurrency / 2))
  const { inputs, concurrency = half, ...others } = request
  // Copied, because the caller may change the list while the requests are sent.
  const queue = [...inputs]
  const settings = { ...others, model: await decisionModel(client, request, options) }
  const responses: (DecisionResponse<Q, Fallback> | undefined)[] = queue.map(() => undefined)
  const controller = new AbortController()
  const limits = { ...options, signal: controller.signal }
  let next = 0
  let failure: { readonly error: unknown; readonly failed: number } | undefined

  async function sendRequests(): Promise<void> {
    while (next < queue.length && failure === undefined) {
      const index = next++
      try {
        responses[index] = await decideOnce(client, { ...settings, input: queue[index]! }, limits)
      } catch (error) {
        if (failure !== undefined) return
        failure = { error, failed: index }
        // The other requests would only delay the error.
        controller.abort(error)
      }
    }
  }

  const unfollow = followSignal(controller, options.signal)
  await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, sendRequests))
  unfollow()
  if (failure === undefined) {
    const complete = responses as DecisionResponse<Q, Fallback>[]
    return { responses: complete, usage: sumUsage(complete.map(({ usage }) => usage)) }
  }
  const { error, failed } = failure
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
