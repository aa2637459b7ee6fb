import type { FinishReason } from '../types.js'

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  // Gemini's, which some gateways pass on.
  safety: 'content-filter',
  recitation: 'content-filter',
  error: 'error',
  failed: 'error',
  // vLLM and SGLang, for a request that they give up.
  abort: 'error',
  aborted: 'error',
  cancelled: 'error',
  canceled: 'error',
  timeout: 'error',
  // DeepSeek.
  insufficient_system_resource: 'error',
}

/** How serious a reason is: 2 for a failure, 1 for an incomplete response, 0 for any other. */
const severityOf = (raw: string): number => {
  const reason = toFinishReason(raw, false)
  if (reason === 'error') return 2
  return reason === 'length' || reason === 'content-filter' ? 1 : 0
}

/**
 * Returns which of two finish reasons of one response counts: some servers end every stream with `stop`, also after the
 * reason for which it is incomplete.
 */
export const worseFinishReason = (before: string, after: string): string =>
  severityOf(before) > severityOf(after) ? before : after

/** Maps the server's finish reason. */
export function toFinishReason(raw: string | undefined, hasToolCalls: boolean): FinishReason {
  const key = (raw ?? '').toLowerCase()
  const reason = Object.hasOwn(REASONS, key) ? REASONS[key]! : 'other'
  // Some servers say `stop`, or nothing, after tool calls; a tool loop must not end there.
  return hasToolCalls && (reason === 'stop' || raw === undefined) ? 'tool-calls' : reason
}
