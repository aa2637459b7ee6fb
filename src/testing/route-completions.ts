import { deltas, isUnloaded, pace, paceWhole } from './deltas.js'
import type { Exchange } from './exchange.js'
import { type Generation, generate } from './generation.js'
import { generationId } from './ids.js'
import { asObject, asString } from './json-values.js'
import { overflowReply } from './overflow-reply.js'
import { readCommon } from './read-chat-request.js'
import { resolveModel } from './resolve-model.js'
import { type Step, dataFrame, done } from './steps.js'
import { openAIUsage } from './usage.js'
import { v0Extras } from './v0-extras.js'
import { modelUnloaded, refuse, stringError } from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

function envelope(exchange: Exchange, generation: Generation, text: string, finishReason: string | null): object {
  return {
    id: generationId('cmpl-', generation),
    object: 'text_completion',
    created: Math.floor(exchange.settings.now() / 1000),
    model: generation.target.instance.id,
    choices: [{ index: 0, text, logprobs: null, finish_reason: finishReason }],
  }
}

function* stream(exchange: Exchange, generation: Generation): Generator<Step> {
  for (const { text } of deltas(generation)) {
    yield* pace(exchange)
    if (isUnloaded(exchange, generation)) {
      yield dataFrame(stringError(modelUnloaded))
      return
    }
    yield dataFrame(envelope(exchange, generation, text, null))
  }
  const extras = v0Extras(exchange, generation)
  yield dataFrame({ ...envelope(exchange, generation, '', generation.finishReason), ...extras })
  if (asObject(asObject(exchange.body).stream_options).include_usage === true) {
    const last = { ...envelope(exchange, generation, '', null), choices: [] }
    yield dataFrame({ ...last, usage: openAIUsage(exchange, generation, false) })
  }
  yield done
}

/** `POST /v1/completions` and `/api/v0/completions`: raw text goes on, no template, no reasoning. */
export async function completions(exchange: Exchange): Promise<WireReply> {
  const body = asObject(exchange.body)
  if (typeof body.prompt !== 'string') refuse("'prompt' field is required")
  const draft = { ...readCommon(exchange, body), messages: [], prompt: asString(body.prompt), effort: 'none' }
  const target = await resolveModel(exchange, asString(body.model), false)
  const excess = overflowReply(draft, target)
  if (excess !== undefined) return excess
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(stream(exchange, generation))
  await paceWhole(exchange, generation)
  return json({
    ...envelope(exchange, generation, generation.text.join(''), generation.finishReason),
    usage: openAIUsage(exchange, generation, false),
    ...v0Extras(exchange, generation),
  })
}
