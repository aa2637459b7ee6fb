import type { FinishReason } from '../types.js'

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
}

/** Maps the server's finish reason. */
export function toFinishReason(raw: string | undefined, hasToolCalls: boolean): FinishReason {
  const reason = Object.hasOwn(REASONS, raw ?? '') ? REASONS[raw!]! : 'other'
  // Some servers say `stop`, or nothing, after tool calls; a tool loop must not end there.
  return hasToolCalls && (reason === 'stop' || raw === undefined) ? 'tool-calls' : reason
}
