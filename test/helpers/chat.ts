import { parseCompletion } from '../../src/completions/response.js'
import { CompletionAccumulator, type WireDelta } from '../../src/generation/completion-accumulator.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { CompletionResponse } from '../../src/types.js'
import { context, ENDPOINT } from './client.js'

/** The part of a response that does not depend on the clock. */
export type Content = Pick<CompletionResponse, 'text' | 'reasoning' | 'toolCalls' | 'finishReason'>

export const contentOf = ({ text, reasoning, toolCalls, finishReason }: CompletionResponse): Content => ({
  text,
  ...(reasoning === undefined ? {} : { reasoning }),
  toolCalls,
  finishReason,
})

interface Completion {
  readonly response: CompletionResponse
  readonly events: readonly CompletionEvent[]
}

/** Parses the body of a completion that is not streamed. */
export function parseMessage(message: unknown, finishReason: string | null = 'stop'): Completion {
  const body = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }] }
  return parseCompletion({ body, sentAt: 0, context }, { model: 'm' })
}

/** Accumulates the deltas of a completion that is streamed. */
export function accumulate(deltas: readonly WireDelta[], finishReason: string | undefined = 'stop'): Completion {
  const completion = new CompletionAccumulator('m', 0, { isStream: true })
  const events: CompletionEvent[] = []
  completion.addMetadata({ id: 'c', model: 'm' })
  for (const delta of deltas) completion.addDelta(delta, events)
  completion.flush(events)
  completion.rawFinishReason = finishReason
  return { response: completion.finish(ENDPOINT), events }
}

/** Joins the deltas of one type. */
export const joinDeltas = (events: readonly CompletionEvent[], type: 'text-delta' | 'reasoning-delta'): string =>
  events.map((event) => (event.type === type ? event.text : '')).join('')

/** One event of a stream. */
export const frame = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`

/** One chunk of a streamed chat completion. */
export const chunk = (delta: object, finishReason: string | null = null): string =>
  frame({ id: 'c', model: 'acme/tern-4b', choices: [{ index: 0, delta, finish_reason: finishReason }] })

/** The end marker of a stream. */
export const DONE = frame('[DONE]')
