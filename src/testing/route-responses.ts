import { remember } from './conversations.js'
import { isUnloaded, pace, paceWhole } from './deltas.js'
import type { Exchange } from './exchange.js'
import { type Generation, type ToolCall, generate } from './generation.js'
import { hexGenerationId } from './ids.js'
import { asObject, asString } from './json-values.js'
import { overflowReply } from './overflow-reply.js'
import { readResponsesRequest } from './read-responses-request.js'
import { resolveModel } from './resolve-model.js'
import { type Step, typedFrame } from './steps.js'
import { modelUnloaded } from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

interface Item {
  readonly id: string
  readonly item: Readonly<Record<string, unknown>>
  /** The pieces its text comes in; none for a function call. */
  readonly pieces: readonly string[]
  readonly partType: 'reasoning_text' | 'output_text' | undefined
}

const part = (type: string, text: string): object =>
  type === 'reasoning_text' ? { type, text } : { type, text, annotations: [], logprobs: [] }

const callId = ({ id }: ToolCall): string => `call_${id}`

function outputItems(generation: Generation): Item[] {
  const items: Item[] = []
  const id = (prefix: string): string => hexGenerationId(prefix, generation)
  if (generation.reasoning.length > 0) {
    const content = [part('reasoning_text', generation.reasoning.join(''))]
    const item = { id: id('rs_'), type: 'reasoning', status: 'completed', summary: [], content }
    items.push({ id: item.id, item, pieces: generation.reasoning, partType: 'reasoning_text' })
  }
  if (generation.text.length > 0 || generation.toolCalls.length === 0) {
    const content = [part('output_text', generation.text.join(''))]
    const item = { id: id('msg_'), type: 'message', role: 'assistant', status: 'completed', content }
    items.push({ id: item.id, item, pieces: generation.text, partType: 'output_text' })
  }
  for (const [index, call] of generation.toolCalls.entries()) {
    const item = {
      id: `${id('fc_')}${index}`,
      call_id: callId(call),
      type: 'function_call',
      name: call.name,
      arguments: call.arguments,
      status: 'completed',
    }
    items.push({ id: item.id, item, pieces: [], partType: undefined })
  }
  return items
}

function describe(exchange: Exchange, generation: Generation, output: readonly object[] | undefined): object {
  const body = asObject(exchange.body)
  const isDone = output !== undefined
  const isCut = isDone && generation.finishReason === 'length'
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
    id: hexGenerationId('resp_', generation, 32),
    object: 'response',
    created_at: created,
    completed_at: isDone ? created : null,
    status: isDone ? (isCut ? 'incomplete' : 'completed') : 'in_progress',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
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

type Emit = (type: string, payload: object) => Step

function* streamText({ id, pieces, partType }: Item, index: number, exchange: Exchange, emit: Emit): Generator<Step> {
  if (partType === undefined) return
  const at = { item_id: id, output_index: index, content_index: 0 }
  const event = `response.${partType}`
  const logprobs = partType === 'output_text' ? { logprobs: [] } : {}
  const whole = pieces.join('')
  yield emit('response.content_part.added', { ...at, part: part(partType, '') })
  for (const delta of pieces) {
    yield* pace(exchange)
    yield emit(`${event}.delta`, { ...at, delta, ...logprobs })
  }
  yield emit(`${event}.done`, { ...at, text: whole, ...logprobs })
  yield emit('response.content_part.done', { ...at, part: part(partType, whole) })
}

function* stream(exchange: Exchange, generation: Generation, store: () => void): Generator<Step> {
  let sequence = 0
  const emit: Emit = (type, payload) => {
    const step = typedFrame(type, { ...payload, sequence_number: sequence })
    sequence += 1
    return step
  }
  yield emit('response.created', { response: describe(exchange, generation, undefined) })
  yield emit('response.in_progress', { response: describe(exchange, generation, undefined) })
  const items = outputItems(generation)
  for (const [index, one] of items.entries()) {
    if (isUnloaded(exchange, generation)) {
      const error = { code: 'server_error', message: modelUnloaded }
      const failed = { ...describe(exchange, generation, undefined), status: 'failed', error }
      yield emit('response.failed', { response: failed })
      return
    }
    const empty = one.partType === undefined ? { arguments: '' } : { content: [] }
    yield emit('response.output_item.added', {
      output_index: index,
      item: { ...one.item, ...empty, status: 'in_progress' },
    })
    yield* streamText(one, index, exchange, emit)
    if (one.partType === undefined) {
      // The recordings have no `.delta` for arguments.
      const done = { item_id: one.id, output_index: index, arguments: one.item.arguments }
      yield emit('response.function_call_arguments.done', done)
    }
    yield emit('response.output_item.done', { output_index: index, item: one.item })
  }
  store()
  yield emit('response.completed', {
    response: describe(
      exchange,
      generation,
      items.map(({ item }) => item),
    ),
  })
}

/** `POST /v1/responses` */
export async function responses(exchange: Exchange): Promise<WireReply> {
  const draft = readResponsesRequest(exchange)
  const body = asObject(exchange.body)
  const target = await resolveModel(exchange, asString(body.model), false)
  const excess = overflowReply(draft, target)
  if (excess !== undefined) return excess
  const generation = await generate(exchange, draft, target)
  const store = (): void => {
    if (body.store === false) return
    // Under the ids that results will name.
    const toolCalls = generation.toolCalls.map((call) => ({ ...call, id: callId(call) }))
    remember(exchange, hexGenerationId('resp_', generation, 32), { ...generation, toolCalls })
  }
  if (draft.stream) return eventStream(stream(exchange, generation, store))
  await paceWhole(exchange, generation)
  store()
  const output = outputItems(generation).map(({ item }) => item)
  return json(describe(exchange, generation, output))
}
