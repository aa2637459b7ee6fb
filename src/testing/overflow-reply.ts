import { overflow } from './generation.js'
import type { PromptDraft } from './read-chat-request.js'
import type { ResolvedModel } from './resolve-model.js'
import { dataFrame } from './steps.js'
import { contextExceeded, routeError } from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

/** A prompt that does not fit is refused in one go, or in a stream that has begun with its 200. */
export function overflowReply(draft: PromptDraft, target: ResolvedModel): WireReply | undefined {
  const excess = overflow(draft, target)
  if (excess === undefined) return undefined
  if (draft.stream) return eventStream([dataFrame({ error: { message: contextExceeded }, message: contextExceeded })])
  const message = `Cannot truncate prompt with n_keep (${excess.tokens}) >= n_ctx (${excess.limit})`
  return json(routeError(draft.route, message), 400)
}
