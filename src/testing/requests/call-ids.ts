import type { MockMessage } from '../types.js'

/** Returns the call id of the first tool result whose call does not precede it; `undefined` when every call is known. */
export function findUnknownCallId(messages: readonly MockMessage[]): string | undefined {
  const known = new Set<string>()
  for (const { toolCalls = [], toolCallId } of messages) {
    for (const call of toolCalls) known.add(call.id)
    if (toolCallId !== undefined && !known.has(toolCallId)) return toolCallId
  }
  return undefined
}
