import type { Exchange } from '../exchange.js'
import { tokenize } from '../generate/tokens.js'
import type { Generation } from '../generation.js'
import { asObject, asString } from '../json-values.js'
import { modelUnloaded, stringError } from './errors.js'
import { generationId } from './ids.js'
import { isUnloaded, pace } from './pacing.js'
import { type BodyStep, dataFrame, doneFrame } from './steps.js'
import { openAIUsage } from './usage.js'
import { v0Extras } from './v0-extras.js'

/** Returns the fields that chunks and whole completions begin with. */
function metadata(exchange: Exchange, generation: Generation, object: string): object {
  return {
    id: generationId('chatcmpl-', generation),
    object,
    created: Math.floor(exchange.settings.now() / 1000),
    model: generation.target.instance.id,
  }
}

function assistantMessage(exchange: Exchange, generation: Generation): object {
  const isOld = exchange.settings.version === '0.3'
  const { reasoningField } = generation.target.model
  const content = generation.text.join('')
  const reasoning = generation.reasoning.join('')
  const toolCalls = generation.toolCalls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }))
  // 0.4 sends empty fields where older versions omit them.
  const hasReasoning = reasoning !== '' || (reasoningField === 'reasoning_content' && !isOld)
  return {
    role: 'assistant',
    ...(isOld && toolCalls.length > 0 && content === '' ? {} : { content }),
    ...(hasReasoning ? { [reasoningField]: reasoning } : {}),
    ...(toolCalls.length > 0 || !isOld ? { tool_calls: toolCalls } : {}),
  }
}

/** Returns the counters of speculative decoding; `{}` without a draft model, where 0.3 omits the key. */
function draftStats(exchange: Exchange): object {
  const draftModel = asString(asObject(exchange.body).draft_model)
  if (draftModel === '') return exchange.settings.version === '0.3' ? {} : { stats: {} }
  const counters = {
    tokens_per_second: 71.2,
    draft_model: draftModel,
    total_draft_tokens_count: 12,
    accepted_draft_tokens_count: 9,
    rejected_draft_tokens_count: 2,
    ignored_draft_tokens_count: 1,
  }
  return { stats: counters }
}

/** Returns the body of a chat completion. */
export function chatCompletion(exchange: Exchange, generation: Generation): object {
  const choice = {
    index: 0,
    message: assistantMessage(exchange, generation),
    logprobs: null,
    finish_reason: generation.finishReason,
  }
  return {
    ...metadata(exchange, generation, 'chat.completion'),
    choices: [choice],
    usage: openAIUsage(exchange, generation, true),
    ...draftStats(exchange),
    ...v0Extras(exchange, generation),
    system_fingerprint: generation.target.instance.id,
  }
}

/** Yields the deltas of the message: reasoning, text, then tool calls with their arguments in fragments. */
function* messageDeltas(generation: Generation): Generator<object> {
  const { reasoningField } = generation.target.model
  for (const text of generation.reasoning) yield { [reasoningField]: text }
  for (const content of generation.text) yield { content }
  for (const [index, call] of generation.toolCalls.entries()) {
    const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }
    yield { tool_calls: [opening] }
    for (const fragment of tokenize(call.arguments)) {
      yield { tool_calls: [{ index, function: { arguments: fragment } }] }
    }
  }
}

/** Yields the chunks of a streamed chat completion. */
export function* chatCompletionStream(exchange: Exchange, generation: Generation): Generator<BodyStep> {
  const head = {
    ...metadata(exchange, generation, 'chat.completion.chunk'),
    system_fingerprint: generation.target.instance.id,
  }
  const chunk = (delta: object, finishReason: string | null = null, extras: object = {}): BodyStep =>
    dataFrame({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...extras })

  for (const delta of messageDeltas(generation)) {
    yield* pace(exchange)
    if (isUnloaded(exchange, generation)) {
      yield dataFrame(stringError(modelUnloaded))
      return
    }
    yield chunk({ role: 'assistant', ...delta })
  }
  yield chunk({}, generation.finishReason, v0Extras(exchange, generation))
  if (asObject(asObject(exchange.body).stream_options).include_usage === true) {
    yield dataFrame({ ...head, choices: [], usage: openAIUsage(exchange, generation, false) })
  }
  yield doneFrame
}
