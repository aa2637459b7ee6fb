import { FIRST_PLAN, type Plan } from './plan.js'

/** A problem that people meet, ready to be run. */
export interface Preset {
  readonly label: string
  readonly about: string
  readonly plan: Plan
}

const preset = (label: string, about: string, plan: Partial<Plan>): Preset => ({
  label,
  about,
  plan: { ...FIRST_PLAN, parameters: {}, ...plan },
})

export const PRESETS: readonly Preset[] = [
  preset('Busy for a moment', '503 twice, then it answers', {
    fault: 'status',
    parameters: { code: '503' },
    times: 2,
    call: 'complete',
  }),
  preset('Too many requests', '429 with Retry-After of one second', {
    fault: 'status',
    parameters: { code: '429', retryAfter: '1' },
    call: 'complete',
  }),
  preset('No model loaded', 'Just-in-time loading is off', { fault: 'no-models-loaded', call: 'complete' }),
  preset('Out of memory', 'The model does not load', { fault: 'load-failed', call: 'loadModel' }),
  preset('Too long', 'The context overflows, in the stream', { fault: 'context-overflow', call: 'stream' }),
  preset('Idle model gone', '“Model is unloaded”, once', { fault: 'model-unloaded', call: 'complete' }),
  preset('Server stopped', 'The stream ends without an ending', {
    fault: 'cut',
    parameters: { afterEvents: '28' },
    call: 'stream',
  }),
  preset('Silence', 'Signs of life, and no word', {
    fault: 'stall',
    parameters: { afterEvents: '20', keepAliveMs: '300' },
    call: 'stream',
  }),
  preset('Engine crash', 'In the middle of an answer', {
    fault: 'crash',
    parameters: { afterEvents: '24' },
    call: 'stream',
  }),
  preset('Nothing said', 'A well-formed empty answer', { fault: 'zero-deltas', call: 'complete' }),
  preset('A proxy in between', 'Its web page with status 200', { fault: 'html', call: 'listModels', times: Infinity }),
  preset('Token refused', '401', { fault: 'status', parameters: { code: '401' }, call: 'listModels' }),
  preset('Cut tool call', 'Arguments that are no JSON', { fault: 'tool-calls-arguments-invalid', call: 'streamTools' }),
  preset('JSON gone astray', 'It is in the reasoning', { fault: 'json-in-reasoning', call: 'object' }),
  preset('Vectors shuffled', 'In reverse order', { fault: 'embeddings-unordered', call: 'embed' }),
  preset('MCP server away', 'LM Studio cannot reach it', { fault: 'mcp-connection-error', call: 'streamChatTools' }),
]
