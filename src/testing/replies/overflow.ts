import { findOverflow } from '../generation.js'
import type { PromptDraft } from '../requests/prompt-draft.js'
import type { ResolvedModel } from '../resolve-model.js'
import { contextExceeded, promptTooLong, routeError } from './errors.js'
import { dataFrame } from './steps.js'
import { type WireResponse, eventStream, jsonResponse } from './wire-response.js'

/**
 * Returns the response to a prompt that exceeds the context: a 400, or, for a stream, an error frame after the 200
 * (docs/http-api.md 8.3). `undefined` when the prompt fits.
 */
export function overflowResponse(draft: PromptDraft, target: ResolvedModel): WireResponse | undefined {
  const overflow = findOverflow(draft, target)
  if (overflow === undefined) return undefined
  if (draft.stream) return eventStream([dataFrame({ error: { message: contextExceeded }, message: contextExceeded })])
  return jsonResponse(routeError(draft.route, promptTooLong(overflow.tokens, overflow.limit)), 400)
}
