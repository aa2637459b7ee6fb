import { isUnloaded, pace, paceWhole } from './deltas.js'
import type { Exchange } from './exchange.js'
import { tokenize } from './generate/tokens.js'
import { type Generation, generate, overflow } from './generation.js'
import { hexGenerationId } from './ids.js'
import { asObject, asString } from './json-values.js'
import { readAnthropicRequest } from './read-anthropic-request.js'
import { resolveModel } from './resolve-model.js'
import { type Step, namedFrame, typedFrame } from './steps.js'
import { anthropicError, contextExceeded, modelUnloaded } from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

const stopReasons: Readonly<Record<string, string>> = { length: 'max_tokens', tool_calls: 'tool_use' }

function ending(generation: Generation): object {
  if (generation.stopReason === 'stopStringFound') {
    const whole = generation.prompt.stop.find((stop) => stop !== '') ?? null
    return { stop_reason: 'stop_sequence', stop_sequence: whole }
  }
  return { stop_reason: stopReasons[generation.finishReason] ?? 'end_turn', stop_sequence: null }
}

function message(generation: Generation, content: readonly object[], outputTokens: number, end: object): object {
  return {
    id: hexGenerationId('msg_', generation),
    type: 'message',
    role: 'assistant',
    model: generation.target.instance.id,
    content,
    ...end,
    usage: { input_tokens: generation.usage.prompt, output_tokens: outputTokens },
  }
}

function wholeContent(generation: Generation): object[] {
  const text = generation.text.join('')
  const calls = generation.toolCalls.map((call) => ({
    type: 'tool_use',
    id: `toolu_${call.id}`,
    name: call.name,
    input: JSON.parse(call.arguments) as unknown,
  }))
  return text === '' && calls.length > 0 ? calls : [{ type: 'text', text }, ...calls]
}

function* streamBlock(
  exchange: Exchange,
  index: number,
  opening: object,
  pieces: readonly string[],
  toDelta: (piece: string) => object,
): Generator<Step> {
  yield typedFrame('content_block_start', { index, content_block: opening })
  for (const piece of pieces) {
    yield* pace(exchange)
    yield typedFrame('content_block_delta', { index, delta: toDelta(piece) })
  }
  yield typedFrame('content_block_stop', { index })
}

const textDelta = (text: string): object => ({ type: 'text_delta', text })
const inputDelta = (json: string): object => ({ type: 'input_json_delta', partial_json: json })

function* stream(exchange: Exchange, generation: Generation): Generator<Step> {
  yield typedFrame('message_start', { message: message(generation, [], 0, { stop_reason: null }) })
  let index = 0
  if (generation.text.length > 0 || generation.toolCalls.length === 0) {
    yield* streamBlock(exchange, index, { type: 'text', text: '' }, generation.text, textDelta)
    index += 1
  }
  for (const call of generation.toolCalls) {
    const opening = { type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: {} }
    yield* streamBlock(exchange, index, opening, tokenize(call.arguments), inputDelta)
    index += 1
  }
  if (isUnloaded(exchange, generation)) {
    yield namedFrame('error', anthropicError(modelUnloaded, 'api_error'))
    return
  }
  yield typedFrame('message_delta', {
    delta: ending(generation),
    usage: { output_tokens: generation.usage.completion },
  })
  yield typedFrame('message_stop')
}

/** `POST /v1/messages`, the Anthropic shape. */
export async function messages(exchange: Exchange): Promise<WireReply> {
  const draft = readAnthropicRequest(exchange)
  const target = await resolveModel(exchange, asString(asObject(exchange.body).model), false)
  if (overflow(draft, target) !== undefined) {
    const error = anthropicError(contextExceeded)
    return draft.stream ? eventStream([namedFrame('error', error)]) : json(error, 400)
  }
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(stream(exchange, generation))
  await paceWhole(exchange, generation)
  return json(message(generation, wholeContent(generation), generation.usage.completion, ending(generation)))
}
