import type { Exchange } from '../exchange.js'
import type { Generation, ToolCall } from '../generation.js'
import { asObject } from '../json-values.js'
import { modelUnloaded } from './errors.js'
import { hexGenerationId } from './ids.js'
import { isUnloaded, pace } from './pacing.js'
import { type BodyStep, typedFrame } from './steps.js'

interface OutputItem {
  readonly id: string
  readonly item: Readonly<Record<string, unknown>>
  /** The deltas of its text; empty for a function call. */
  readonly deltas: readonly string[]
  /** `undefined` for a function call. */
  readonly partType: 'reasoning_text' | 'output_text' | undefined
}

const contentPart = (type: string, text: string): object =>
  type === 'reasoning_text' ? { type, text } : { type, text, annotations: [], logprobs: [] }

/** Returns the id that a `function_call_output` must name. */
export const responseCallId = ({ id }: ToolCall): string => `call_${id}`

/** Returns the id under which the response is stored. */
export const responseId = (generation: Generation): string => hexGenerationId('resp_', generation, 32)

function outputItems(generation: Generation): OutputItem[] {
  const items: OutputItem[] = []
  const id = (prefix: string): string => hexGenerationId(prefix, generation)
  if (generation.reasoning.length > 0) {
    const content = [contentPart('reasoning_text', generation.reasoning.join(''))]
    const item = { id: id('rs_'), type: 'reasoning', status: 'completed', summary: [], content }
    items.push({ id: item.id, item, deltas: generation.reasoning, partType: 'reasoning_text' })
  }
  if (generation.text.length > 0 || generation.toolCalls.length === 0) {
    const content = [contentPart('output_text', generation.text.join(''))]
    const item = { id: id('msg_'), type: 'message', role: 'assistant', status: 'completed', content }
    items.push({ id: item.id, item, deltas: generation.text, partType: 'output_text' })
  }
  for (const [index, call] of generation.toolCalls.entries()) {
    const item = {
      id: `${id('fc_')}${index}`,
      call_id: responseCallId(call),
      type: 'function_call',
      name: call.name,
      arguments: call.arguments,
      status: 'completed',
    }
    items.push({ id: item.id, item, deltas: [], partType: undefined })
  }
  return items
}

/** Returns the response object; without `output` it is still in progress. */
function describeResponse(exchange: Exchange, generation: Generation, output?: readonly object[]): object {
  const body = asObject(exchange.body)
  const isDone = output !== undefined
  const isTruncated = isDone && generation.finishReason === 'length'
  const created = Math.floor(exchange.settings.now() / 1000)
  const { prompt, completion, reasoning } = generation.usage
  const usage = {
    input_tokens: prompt,
    output_tokens: completion,
    total_tokens: prompt + completion,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: reasoning },
  }
  return {
    id: responseId(generation),
    object: 'response',
    created_at: created,
    completed_at: isDone ? created : null,
    status: isDone ? (isTruncated ? 'incomplete' : 'completed') : 'in_progress',
    incomplete_details: isTruncated ? { reason: 'max_output_tokens' } : null,
    error: null,
    model: generation.target.instance.id,
    previous_response_id: body.previous_response_id ?? null,
    instructions: body.instructions ?? null,
    output: output ?? [],
    tools: body.tools ?? [],
    tool_choice: body.tool_choice ?? 'auto',
    truncation: 'auto',
    parallel_tool_calls: true,
    text: body.text ?? { format: { type: 'text' } },
    top_p: body.top_p ?? 0.95,
    temperature: body.temperature ?? 0.7,
    presence_penalty: body.presence_penalty ?? 0,
    frequency_penalty: body.frequency_penalty ?? 0,
    top_logprobs: body.top_logprobs ?? 0,
    reasoning: { summary: null, effort: asObject(body.reasoning).effort ?? null },
    usage: isDone ? usage : null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    store: body.store ?? true,
    background: false,
    service_tier: 'default',
    metadata: body.metadata ?? {},
    safety_identifier: null,
    prompt_cache_key: null,
  }
}

/** Returns the body of a finished response. */
export function responseObject(exchange: Exchange, generation: Generation): object {
  const output = outputItems(generation).map(({ item }) => item)
  return describeResponse(exchange, generation, output)
}

type Emit = (type: string, payload: object) => BodyStep

function* streamText(item: OutputItem, index: number, exchange: Exchange, emit: Emit): Generator<BodyStep> {
  const { id, deltas, partType } = item
  if (partType === undefined) return
  const position = { item_id: id, output_index: index, content_index: 0 }
  const event = `response.${partType}`
  const logprobs = partType === 'output_text' ? { logprobs: [] } : {}
  const text = deltas.join('')
  yield emit('response.content_part.added', { ...position, part: contentPart(partType, '') })
  for (const delta of deltas) {
    yield* pace(exchange)
    yield emit(`${event}.delta`, { ...position, delta, ...logprobs })
  }
  yield emit(`${event}.done`, { ...position, text, ...logprobs })
  yield emit('response.content_part.done', { ...position, part: contentPart(partType, text) })
}

/** Yields the events of a streamed response; `store` runs when it is complete. */
export function* responseStream(exchange: Exchange, generation: Generation, store: () => void): Generator<BodyStep> {
  let sequence = 0
  const emit: Emit = (type, payload) => {
    const step = typedFrame(type, { ...payload, sequence_number: sequence })
    sequence += 1
    return step
  }
  yield emit('response.created', { response: describeResponse(exchange, generation) })
  yield emit('response.in_progress', { response: describeResponse(exchange, generation) })
  for (const [index, one] of outputItems(generation).entries()) {
    if (isUnloaded(exchange, generation)) {
      const error = { code: 'server_error', message: modelUnloaded }
      yield emit('response.failed', {
        response: { ...describeResponse(exchange, generation), status: 'failed', error },
      })
      return
    }
    const empty = one.partType === undefined ? { arguments: '' } : { content: [] }
    yield emit('response.output_item.added', {
      output_index: index,
      item: { ...one.item, ...empty, status: 'in_progress' },
    })
    yield* streamText(one, index, exchange, emit)
    if (one.partType === undefined) {
      // Recordings have no `.delta` for arguments (docs/http-api.md 4.3).
      const payload = { item_id: one.id, output_index: index, arguments: one.item.arguments }
      yield emit('response.function_call_arguments.done', payload)
    }
    yield emit('response.output_item.done', { output_index: index, item: one.item })
  }
  store()
  yield emit('response.completed', { response: responseObject(exchange, generation) })
}
