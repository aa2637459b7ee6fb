import { INITIAL_PLAN, type Plan } from './plan.js'

/** A common problem, ready to run. */
export interface Preset {
  readonly label: string
  readonly about: string
  readonly plan: Plan
}

const preset = (label: string, about: string, plan: Partial<Plan>): Preset => ({
  label,
  about,
  plan: { ...INITIAL_PLAN, parameters: {}, ...plan },
})

export const PRESETS: readonly Preset[] = [
  preset('Temporarily busy', 'Status 503 twice, then a response', {
    fault: 'status',
    parameters: { code: '503' },
    times: 2,
    call: 'complete',
  }),
  preset('Too many requests', 'Status 429 with Retry-After: 1', {
    fault: 'status',
    parameters: { code: '429', retryAfter: '1' },
    call: 'complete',
  }),
  preset('No model loaded', 'Just-in-time loading is off', { fault: 'no-models-loaded', call: 'complete' }),
  preset('Out of memory', 'The model cannot be loaded', { fault: 'load-failed', call: 'loadModel' }),
  preset('Context overflow', 'An error inside the stream', { fault: 'context-overflow', call: 'stream' }),
  preset('Model unloaded', 'The idle TTL expired', { fault: 'model-unloaded', call: 'complete' }),
  preset('Server stopped', 'The stream ends without [DONE]', {
    fault: 'cut',
    parameters: { afterEvents: '28' },
    call: 'stream',
  }),
  preset('Stalled stream', 'Keep-alive comments, but no content', {
    fault: 'stall',
    parameters: { afterEvents: '20', keepAliveMs: '300' },
    call: 'stream',
  }),
  preset('Engine crash', 'In the middle of a response', {
    fault: 'crash',
    parameters: { afterEvents: '24' },
    call: 'stream',
  }),
  preset('Empty response', 'Well-formed, but without content', { fault: 'zero-deltas', call: 'complete' }),
  preset('Proxy page', 'A web page with status 200', { fault: 'html', call: 'listModels', times: Infinity }),
  preset('Token rejected', 'Status 401', { fault: 'status', parameters: { code: '401' }, call: 'listModels' }),
  preset('Truncated tool call', 'The arguments are not valid JSON', {
    fault: 'tool-calls-arguments-invalid',
    call: 'streamTools',
  }),
  preset('JSON in reasoning', 'The content is empty', { fault: 'json-in-reasoning', call: 'object' }),
  preset('Shuffled vectors', 'In reverse order', { fault: 'embeddings-unordered', call: 'embed' }),
  preset('MCP server unreachable', 'LM Studio cannot connect to it', {
    fault: 'mcp-connection-error',
    call: 'streamChatTools',
  }),
]
