import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, InvalidRequestError, ModelNotFoundError, UnsupportedEndpointError } from '../errors/errors.js'
import { checkModel } from '../generation/run-generation.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { modelCatalog } from '../models/model-catalog.js'
import { explainMissingModel } from '../models/missing-model.js'
import { defaultModel } from '../models/pick-model.js'
import { throwIfAborted } from '../utils/abort.js'
import { readRequest } from '../validation/validate.js'
import { askChatModel } from './ask-chat-model.js'
import { toDecisionBody, validateDecisionRequest } from './request.js'
import { parseDecisions } from './response.js'
import type { DecisionFallback, DecisionRequest, DecisionResponse, Questions } from './types.js'

// The list only explains an error, so it must not delay the error for long.
const LOOKUP_TIMEOUT_MS = 2_000

/** Asks a decision model questions about an input: see {@link LMStudioProvider.decide}. */
export function decide<const Q extends Questions, Fallback extends DecisionFallback = undefined>(
  client: Client,
  received: DecisionRequest<Q, Fallback>,
  options: CallOptions = {},
): Promise<DecisionResponse<Q, Fallback>> {
  return runVerb(decide, client, () => {
    checkCallOptions(options)
    const request = readRequest(received)
    validateDecisionRequest(request)
    return decideOnce(client, request, options)
  })
}

/** Sends a valid request that is already a copy of the caller's. */
export async function decideOnce<Q extends Questions, Fallback extends DecisionFallback>(
  client: Client,
  received: DecisionRequest<Q, Fallback>,
  options: CallOptions,
): Promise<DecisionResponse<Q, Fallback>> {
  const model = await decisionModel(client, received, options)
  const request = { ...received, model }
  const { fallback, questions } = request
  const { endpoint } = client.config
  try {
    const body = await toDecisionBody(request)
    throwIfAborted(options.signal)
    const spec = { method: 'POST', route: ROUTES.decisions, body, kind: 'generation' } as const
    const { body: raw } = await client.requestJSON(spec, options)
    const response = parseDecisions<Q>(raw, { model, questions, endpoint })
    checkModel(client.config, model, response)
    return response as DecisionResponse<Q, Fallback>
  } catch (error) {
    const unsupported = await explainUnsupported(client, error, model, options)
    if (unsupported === undefined) return explainMissingModel(client, error, model, options)
    if (fallback !== 'chat') throw unsupported
    return (await askChatModel(client, request as DecisionRequest<Q>, options)) as DecisionResponse<Q, Fallback>
  }
}

/** Returns the model of a request, or one for it: with a fallback, a chat model if there is no decision model. */
export async function decisionModel(
  client: Client,
  { model, fallback }: Pick<DecisionRequest, 'model' | 'fallback'>,
  options: CallOptions,
): Promise<string> {
  if (model !== undefined) return model
  try {
    return await defaultModel(client, { decisions: true }, options)
  } catch (error) {
    const hasNone = ModelNotFoundError.isInstance(error) && error.code === 'model-required'
    if (fallback !== 'chat' || !hasNone) throw error
    return defaultModel(client, {}, options)
  }
}

/** Returns the error for a server without the route, or for a chat model; `undefined` for any other error. */
async function explainUnsupported(
  client: Client,
  error: unknown,
  model: string,
  options: CallOptions,
): Promise<UnsupportedEndpointError | InvalidRequestError | undefined> {
  if (UnsupportedEndpointError.isInstance(error)) {
    return new UnsupportedEndpointError('The server cannot answer decision questions: it does not have the route.', {
      ...error,
      cause: error,
      hint:
        'Update the server to a version with POST /v1/decisions and load a decision model. ' +
        "Or pass `fallback: 'chat'` to ask a chat model.",
    })
  }
  const isRejected = (InvalidRequestError.isInstance(error) || ApiError.isInstance(error)) && error.status !== undefined
  if (!isRejected || error.code === 'model-not-found' || error.code === 'no-models-loaded') return undefined
  const { signal, headers } = options
  const info = await modelCatalog(client)
    .find(model, { timeout: LOOKUP_TIMEOUT_MS, maxRetries: 0, signal, headers })
    .catch(() => undefined)
  throwIfAborted(signal)
  if (error.code !== 'wrong-model-type' && info?.capabilities.chat !== true && info?.capabilities.embeddings !== true) {
    return undefined
  }
  const kind = info?.capabilities.embeddings === true ? 'an embedding model' : 'not a decision model'
  return new InvalidRequestError(`The model “${model}” is ${kind} and cannot answer decision questions.`, {
    ...error,
    code: 'wrong-model-type',
    cause: error,
    hint: "Load a decision model and name it as `model`. Or pass `fallback: 'chat'` to ask a chat model.",
  })
}
