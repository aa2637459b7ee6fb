import type { Exchange } from '../exchange.js'
import { tokenize } from '../generate/tokens.js'
import type { Generation } from '../generation.js'
import { anthropicError, modelUnloaded } from './errors.js'
import { hexGenerationId } from './ids.js'
import { isUnloaded, pace } from './pacing.js'
import { type BodyStep, namedFrame, typedFrame } from './steps.js'

function stopFields(generation: Generation): object {
  if (generation.stopReason === 'stopStringFound') {
    const sequence = generation.prompt.stop.find((stop) => stop !== '') ?? null
    return { stop_reason: 'stop_sequence', stop_sequence: sequence }
  }
  const reasons: Readonly<Record<string, string>> = { length: 'max_tokens', tool_calls: 'tool_use' }
  return { stop_reason: reasons[generation.finishReason] ?? 'end_turn', stop_sequence: null }
}

function message(generation: Generation, content: readonly object[], outputTokens: number, stop: object): object {
  return {
    id: hexGenerationId('msg_', generation),
    type: 'message',
    role: 'assistant',
    model: generation.target.instance.id,
    content,
    ...stop,
    usage: { input_tokens: generation.usage.prompt, output_tokens: outputTokens },
  }
}

const toolUse = (call: Generation['toolCalls'][number], input: unknown): object => ({
  type: 'tool_use',
  id: `toolu_${call.id}`,
  name: call.name,
  input,
})

/** Returns the arguments of a call; `{}` if a script gave arguments that are not JSON, which this route cannot send. */
function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Returns the body of a message. */
export function anthropicMessage(generation: Generation): object {
  const text = generation.text.join('')
  const calls = generation.toolCalls.map((call) => toolUse(call, parseArguments(call.arguments)))
  const content = text === '' && calls.length > 0 ? calls : [{ type: 'text', text }, ...calls]
  return message(generation, content, generation.usage.completion, stopFields(generation))
}

function* streamBlock(
  exchange: Exchange,
  index: number,
  opening: object,
  deltas: readonly object[],
): Generator<BodyStep> {
  yield typedFrame('content_block_start', { index, content_block: opening })
  for (const delta of deltas) {
    yield* pace(exchange)
    yield typedFrame('content_block_delta', { index, delta })
  }
  yield typedFrame('content_block_stop', { index })
}

/** Yields the events of a streamed message. */
export function* anthropicMessageStream(exchange: Exchange, generation: Generation): Generator<BodyStep> {
  yield typedFrame('message_start', { message: message(generation, [], 0, { stop_reason: null }) })
  let index = 0
  if (generation.text.length > 0 || generation.toolCalls.length === 0) {
    const deltas = generation.text.map((text) => ({ type: 'text_delta', text }))
    yield* streamBlock(exchange, index, { type: 'text', text: '' }, deltas)
    index += 1
  }
  for (const call of generation.toolCalls) {
    const deltas = tokenize(call.arguments).map((json) => ({ type: 'input_json_delta', partial_json: json }))
    yield* streamBlock(exchange, index, toolUse(call, {}), deltas)
    index += 1
  }
  if (isUnloaded(exchange, generation)) {
    yield namedFrame('error', anthropicError(modelUnloaded, 'api_error'))
    return
  }
  yield typedFrame('message_delta', {
    delta: stopFields(generation),
    usage: { output_tokens: generation.usage.completion },
  })
  yield typedFrame('message_stop')
}
