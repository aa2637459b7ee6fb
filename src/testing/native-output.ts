import type { Exchange } from './exchange.js'
import { type Generation, timing } from './generation.js'
import type { Integration } from './read-native-request.js'
import { type Step, typedFrame } from './steps.js'

/** A tool the server pretends to have run. */
export interface ServerToolCall {
  /** The item in `output`. */
  readonly item: object
  /** What it says, for the model's answer. */
  readonly result: string
  readonly events: readonly Step[]
}

/** The call a model makes when the request offers integrations: one tool of the first. */
export function callServerTool(
  exchange: Exchange,
  integrations: readonly Integration[],
  asked: string,
): ServerToolCall | undefined {
  const first = integrations[0]
  if (first === undefined) return undefined
  const tool = first.tools[0] ?? 'search'
  const at = { tool, provider_info: first.provider }
  if (exchange.fault?.name === 'tool-call-failure') {
    const reason = `Cannot find tool with name ${tool}.`
    const metadata = { type: 'invalid_name', tool_name: tool }
    return {
      item: { type: 'invalid_tool_call', reason, metadata },
      result: 'no such tool',
      events: [typedFrame('tool_call.start', at), typedFrame('tool_call.failure', { reason, metadata })],
    }
  }
  const result = `${first.label} has 1 result`
  const output = JSON.stringify([{ type: 'text', text: result }])
  const args = { query: asked }
  const whole = { tool, arguments: args, output, provider_info: first.provider }
  return {
    item: { type: 'tool_call', ...whole },
    result: `According to ${tool}: ${result}`,
    events: [
      typedFrame('tool_call.start', at),
      typedFrame('tool_call.arguments', { tool, arguments: args, provider_info: first.provider }),
      typedFrame('tool_call.success', whole),
    ],
  }
}

/** The body of a native chat, which is also the `result` of its stream's last event. */
export function nativeResult(
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
