import type { Exchange } from '../exchange.js'
import type { Generation } from '../generation.js'
import { asObject } from '../json-values.js'
import { modelUnloaded, stringError } from './errors.js'
import { generationId } from './ids.js'
import { isUnloaded, pace } from './pacing.js'
import { type BodyStep, dataFrame, doneFrame } from './steps.js'
import { openAIUsage } from './usage.js'
import { v0Extras } from './v0-extras.js'

function chunk(exchange: Exchange, generation: Generation, text: string, finishReason: string | null): object {
  return {
    id: generationId('cmpl-', generation),
    object: 'text_completion',
    created: Math.floor(exchange.settings.now() / 1000),
    model: generation.target.instance.id,
    choices: [{ index: 0, text, logprobs: null, finish_reason: finishReason }],
  }
}

/** Returns the body of a text completion. */
export function textCompletion(exchange: Exchange, generation: Generation): object {
  return {
    ...chunk(exchange, generation, generation.text.join(''), generation.finishReason),
    usage: openAIUsage(exchange, generation, false),
    ...v0Extras(exchange, generation),
  }
}

/** Yields the chunks of a streamed text completion. */
export function* textCompletionStream(exchange: Exchange, generation: Generation): Generator<BodyStep> {
  for (const text of generation.text) {
    yield* pace(exchange)
    if (isUnloaded(exchange, generation)) {
      yield dataFrame(stringError(modelUnloaded))
      return
    }
    yield dataFrame(chunk(exchange, generation, text, null))
  }
  const extras = v0Extras(exchange, generation)
  yield dataFrame({ ...chunk(exchange, generation, '', generation.finishReason), ...extras })
  if (asObject(asObject(exchange.body).stream_options).include_usage === true) {
    const usage = openAIUsage(exchange, generation, false)
    yield dataFrame({ ...chunk(exchange, generation, '', null), choices: [], usage })
  }
  yield doneFrame
}
