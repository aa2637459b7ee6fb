import { deltas, isUnloaded, pace, paceWhole } from './deltas.js'
import type { Exchange } from './exchange.js'
import { tokenize } from './generate/tokens.js'
import { type Generation, generate } from './generation.js'
import { generationId } from './ids.js'
import { asObject, asString } from './json-values.js'
import { overflowReply } from './overflow-reply.js'
import { readChatRequest } from './read-chat-request.js'
import { resolveModel } from './resolve-model.js'
import { type Step, dataFrame, done } from './steps.js'
import { openAIUsage } from './usage.js'
import { v0Extras } from './v0-extras.js'
import { modelUnloaded, stringError } from './wire-errors.js'
import { Refusal, type WireReply, eventStream, json } from './wire-reply.js'

/** What every chunk and the whole answer begin with. */
function envelope(exchange: Exchange, generation: Generation, object: string): Record<string, unknown> {
  return {
    id: generationId('chatcmpl-', generation),
    object,
    created: Math.floor(exchange.settings.now() / 1000),
    model: generation.target.instance.id,
  }
}

function wholeMessage(exchange: Exchange, generation: Generation): object {
  const isOld = exchange.settings.version === '0.3'
  const { reasoningField } = generation.target.model
  const content = generation.text.join('')
  const reasoning = generation.reasoning.join('')
  const calls = generation.toolCalls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }))
  // 0.4 sends empty fields where older builds leave them out.
  const isSeparate = reasoningField === 'reasoning_content'
  return {
    role: 'assistant',
    ...(isOld && calls.length > 0 && content === '' ? {} : { content }),
    ...(reasoning !== '' || (isSeparate && !isOld) ? { [reasoningField]: reasoning } : {}),
    ...(calls.length > 0 || !isOld ? { tool_calls: calls } : {}),
  }
}

function wholeReply(exchange: Exchange, generation: Generation): WireReply {
  const choice = {
    index: 0,
    message: wholeMessage(exchange, generation),
    logprobs: null,
    finish_reason: generation.finishReason,
  }
  return json({
    ...envelope(exchange, generation, 'chat.completion'),
    choices: [choice],
    usage: openAIUsage(exchange, generation, true),
    ...draftStats(exchange),
    ...v0Extras(exchange, generation),
    system_fingerprint: generation.target.instance.id,
  })
}

/** Counters of speculative decoding, `{}` without a draft model; 0.3 then left the key out. */
function draftStats(exchange: Exchange): object {
  const draft = asString(asObject(exchange.body).draft_model)
  if (draft === '') return exchange.settings.version === '0.3' ? {} : { stats: {} }
  const counters = {
    tokens_per_second: 71.2,
    draft_model: draft,
    total_draft_tokens_count: 12,
    accepted_draft_tokens_count: 9,
    rejected_draft_tokens_count: 2,
    ignored_draft_tokens_count: 1,
  }
  return { stats: counters }
}

/** The arguments of a call come in pieces, like text. */
function* toolCallDeltas(generation: Generation): Generator<object> {
  for (const [index, call] of generation.toolCalls.entries()) {
    yield { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }
    for (const fragment of tokenize(call.arguments)) yield { index, function: { arguments: fragment } }
  }
}

function* stream(exchange: Exchange, generation: Generation): Generator<Step> {
  const head = {
    ...envelope(exchange, generation, 'chat.completion.chunk'),
    system_fingerprint: generation.target.instance.id,
  }
  const chunk = (delta: object, finishReason: string | null = null, extras: object = {}): Step =>
    dataFrame({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...extras })
  const { reasoningField } = generation.target.model

  for (const { channel, text } of deltas(generation)) {
    yield* pace(exchange)
    if (isUnloaded(exchange, generation)) {
      yield dataFrame(stringError(modelUnloaded))
      return
    }
    yield chunk({ role: 'assistant', [channel === 'text' ? 'content' : reasoningField]: text })
  }
  for (const call of toolCallDeltas(generation)) {
    yield* pace(exchange)
    yield chunk({ role: 'assistant', tool_calls: [call] })
  }
  yield chunk({}, generation.finishReason, v0Extras(exchange, generation))
  const options = asObject(asObject(exchange.body).stream_options)
  if (options.include_usage === true) {
    yield dataFrame({ ...head, choices: [], usage: openAIUsage(exchange, generation, false) })
  }
  yield done
}

/** `POST /v1/chat/completions` and `/api/v0/chat/completions`. */
export async function chatCompletions(exchange: Exchange): Promise<WireReply> {
  const draft = readChatRequest(exchange)
  const target = await resolveModel(exchange, asString(asObject(exchange.body).model), false)
  const excess = overflowReply(draft, target)
  if (excess !== undefined) return excess
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(stream(exchange, generation))
  await paceWhole(exchange, generation)
  if (isUnloaded(exchange, generation)) throw new Refusal(json(stringError(modelUnloaded), 400))
  return wholeReply(exchange, generation)
}
