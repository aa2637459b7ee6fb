import { checkCallOptions } from '../config/resolve.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionRequest, CompletionResponse } from '../types/completion.js'
import { ROUTES } from '../wire/routes.js'
import { fromCompletion } from './from-wire.js'
import { checkRequest } from './request.js'
import { warnOfSubstitution } from '../generation/substitution.js'
import { toWireBody } from './to-wire.js'

/** The whole answer of `POST /v1/chat/completions`. */
export async function complete(
  transport: Transport,
  request: CompletionRequest,
  options?: CallOptions,
): Promise<CompletionResponse> {
  checkCallOptions(options)
  checkRequest(request)
  const { model } = request
  const body = await toWireBody(request, false)
  const answer = await transport.requestJSON(
    { method: 'POST', route: ROUTES.chatCompletions, body, kind: 'generation' },
    options,
  )
  const { response } = fromCompletion(answer, model)
  warnOfSubstitution(transport.config.log, model, response.model)
  return response
}
