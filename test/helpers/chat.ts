import { CompletionAccumulator } from '../../src/generation/completion-accumulator.js'
import { parseCompletion } from '../../src/completions/response.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { CompletionResponse } from '../../src/types.js'
import type { WireDelta } from '../../src/generation/completion-accumulator.js'
import { context, ENDPOINT } from './client.js'

/** The fields of a response that do not depend on the clock. */
export type Content = Pick<CompletionResponse, 'text' | 'reasoning' | 'toolCalls' | 'finishReason'>

export const contentOf = ({ text, reasoning, toolCalls, finishReason }: CompletionResponse): Content => ({
  text,
  ...(reasoning === undefined ? {} : { reasoning }),
  toolCalls,
  finishReason,
})

/** The response that a complete message results in, and its events. */
export function whole(
  message: unknown,
  finishReason: string | null = 'stop',
): { response: CompletionResponse; events: readonly CompletionEvent[] } {
  const body = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }] }
  return parseCompletion({ body, sentAt: 0, context }, { model: 'm' })
}

/** The response that some deltas result in, and its events. */
export function streamed(
  deltas: readonly WireDelta[],
  finishReason: string | undefined = 'stop',
): { response: CompletionResponse; events: CompletionEvent[] } {
  const builder = new CompletionAccumulator('m', 0, true)
  const events: CompletionEvent[] = []
  builder.addMetadata({ id: 'c', model: 'm' })
  for (const delta of deltas) builder.addDelta(delta, events)
  builder.flush(events)
  builder.rawFinishReason = finishReason
  return { response: builder.finish(ENDPOINT), events }
}

/** The text, or the reasoning, in the events of a stream. */
export const told = (events: readonly CompletionEvent[], type: 'text-delta' | 'reasoning-delta'): string =>
  events.map((event) => (event.type === type ? event.text : '')).join('')
