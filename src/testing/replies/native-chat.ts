import type { Exchange } from '../exchange.js'
import { type Generation, timing } from '../generation.js'
import type { Integration } from '../requests/integrations.js'
import { pace } from './pacing.js'
import { type BodyStep, typedFrame } from './steps.js'

/** A tool call that the server makes itself. */
export interface ServerToolCall {
  /** The item in `output`. */
  readonly item: object
  /** The text that the mock replies with. */
  readonly result: string
  readonly events: readonly BodyStep[]
}

/** Calls one tool of the first integration of a request; `undefined` without integrations. */
export function callServerTool(
  exchange: Exchange,
  integrations: readonly Integration[],
  query: string,
): ServerToolCall | undefined {
  const integration = integrations[0]
  if (integration === undefined) return undefined
  const { provider, label } = integration
  const tool = integration.tools[0] ?? 'search'
  const start = typedFrame('tool_call.start', { tool, provider_info: provider })
  if (exchange.fault?.name === 'tool-call-failure') {
    const reason = `Cannot find tool with name ${tool}.`
    const metadata = { type: 'invalid_name', tool_name: tool }
    return {
      item: { type: 'invalid_tool_call', reason, metadata },
      result: 'no such tool',
      events: [start, typedFrame('tool_call.failure', { reason, metadata })],
    }
  }
  const result = `${label} has 1 result`
  const call = { tool, arguments: { query } }
  const output = JSON.stringify([{ type: 'text', text: result }])
  const success = { ...call, output, provider_info: provider }
  return {
    item: { type: 'tool_call', ...success },
    result: `According to ${tool}: ${result}`,
    events: [
      start,
      typedFrame('tool_call.arguments', { ...call, provider_info: provider }),
      typedFrame('tool_call.success', success),
    ],
  }
}

/** Returns the body of a native chat, which is also the `result` of the last event of its stream. */
export function nativeChatResult(
  exchange: Exchange,
  generation: Generation,
  call: ServerToolCall | undefined,
  responseId: string | undefined,
): object {
  const { speed, first } = timing(exchange, generation)
  const { loadSeconds } = generation.target
  const reasoning = generation.reasoning.join('')
  const text = generation.text.join('')
  return {
    model_instance_id: generation.target.instance.id,
    output: [
      ...(reasoning === '' ? [] : [{ type: 'reasoning', content: reasoning }]),
      ...(call === undefined ? [] : [call.item]),
      ...(text === '' ? [] : [{ type: 'message', content: text }]),
    ],
    stats: {
      input_tokens: generation.usage.prompt,
      total_output_tokens: generation.usage.completion,
      reasoning_output_tokens: generation.usage.reasoning,
      tokens_per_second: speed,
      time_to_first_token_seconds: first,
      ...(loadSeconds === undefined ? {} : { model_load_time_seconds: loadSeconds }),
    },
    ...(responseId === undefined ? {} : { response_id: responseId }),
  }
}

/** Yields the events of one reasoning or message block. */
export function* streamBlock(
  exchange: Exchange,
  channel: 'reasoning' | 'message',
  deltas: readonly string[],
): Generator<BodyStep> {
  if (deltas.length === 0) return
  yield typedFrame(`${channel}.start`)
  for (const content of deltas) {
    yield* pace(exchange)
    yield typedFrame(`${channel}.delta`, { content })
  }
  yield typedFrame(`${channel}.end`)
}

/** Prompts of up to this many tokens are processed without a progress event. */
const SHORT_PROMPT_TOKENS = 32

/** Yields the events of processing a prompt of this many tokens. */
export function* streamPromptProcessing(tokens: number): Generator<BodyStep> {
  yield typedFrame('prompt_processing.start')
  if (tokens > SHORT_PROMPT_TOKENS) yield typedFrame('prompt_processing.progress', { progress: 0.5 })
  yield typedFrame('prompt_processing.end')
}
