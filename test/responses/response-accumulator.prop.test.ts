import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResponseAccumulator } from '../../src/responses/response-accumulator.js'
import type { WireItem, WireResponse } from '../../src/responses/response.js'
import type { RespondEvent } from '../../src/responses/types.js'
import { cutAt } from '../helpers/bytes.js'
import { ENDPOINT } from '../helpers/client.js'
import { contentOfResponse } from '../helpers/responses.js'

const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('🐦🐦', '<think>Hm.</think>', ' '))
const parts = (type: string) => fc.array(texts, { maxLength: 3 }).map((list) => list.map((text) => ({ type, text })))
const items: fc.Arbitrary<WireItem> = fc.oneof(
  parts('output_text').map((content) => ({ type: 'message', id: 'msg', content })),
  parts('reasoning_text').map((content) => ({ type: 'reasoning', id: 'rs', content })),
  fc
    .tuple(fc.uuid(), fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }))
    .map(([id, value]) => ({ type: 'function_call', id, call_id: id, name: 'f', arguments: JSON.stringify(value) })),
  fc.constant({ type: 'mcp_call', id: 'mcp' }),
)
/** How much of an item the stream sends before the complete response. */
const deliveries = fc.record({
  sendsStart: fc.boolean(),
  sendsDeltas: fc.boolean(),
  cuts: fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 }),
  /** The share of a text that arrives in deltas. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  sendsEnd: fc.boolean(),
})
type Delivery = typeof deliveries extends fc.Arbitrary<infer T> ? T : never

const partsOf = ({ content }: WireItem): string[] =>
  ((content as readonly { text: string }[] | undefined) ?? []).map(({ text }) => text)

/** Sends an item as a stream would, before the complete response. */
function deliver(
  accumulator: ResponseAccumulator,
  { item, index, delivery }: { item: WireItem; index: number; delivery: Delivery },
  events: RespondEvent[],
): void {
  const { sendsStart, sendsDeltas, cuts, share, sendsEnd } = delivery
  const isCall = item.type === 'function_call'
  const deltasOf = (text: string): string[] => cutAt(text.slice(0, Math.ceil(share * text.length)), cuts)
  if (sendsStart || isCall) {
    const empty = isCall ? { arguments: '' } : { content: [] }
    const added = { ...item, ...empty }
    accumulator.addItem({ item: added, index, stage: 'added', raw: added, length: 1 }, events)
  }
  if (sendsDeltas && isCall) {
    for (const delta of deltasOf(item.arguments as string)) accumulator.addArgumentsDelta({ index }, delta, events)
  }
  if (sendsDeltas) {
    const kind = item.type === 'message' ? 'text' : 'reasoning'
    partsOf(item).forEach((text, part) => {
      for (const delta of deltasOf(text)) accumulator.addDelta({ kind, index, part }, delta, events)
      // The complete part follows its deltas, before the next part starts.
      accumulator.addPart({ kind, index, part }, text, events)
    })
  }
  if (sendsEnd || item.content) accumulator.addItem({ item, index, stage: 'done', raw: item, length: 1 }, events)
}

describe('ResponseAccumulator', () => {
  it('builds the same response and emits it once, however much arrives before the complete response', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(items, deliveries), { minLength: 1, maxLength: 4 }), (list) => {
        const output = list.map(([item]) => item)
        // A last item that is never empty, because an empty response is an error.
        const last = { type: 'message', id: 'last', content: [{ type: 'output_text', text: 'End.' }] }
        const response: WireResponse = { id: 'resp', status: 'completed', output: [...output, last] }
        const complete = new ResponseAccumulator('m', 0, false)
        complete.end({ response, raw: response }, [])
        const expected = complete.finish(ENDPOINT, [])

        const streamed = new ResponseAccumulator('m', 0, true)
        const events: RespondEvent[] = []
        list.forEach(([item, delivery], index) => deliver(streamed, { item, index, delivery }, events))
        streamed.end({ response, raw: response }, events)

        expect(contentOfResponse(streamed.finish(ENDPOINT, []))).toEqual(contentOfResponse(expected))
        const join = (type: 'text-delta' | 'reasoning-delta'): string =>
          events.map((event) => (event.type === type ? event.text : '')).join('')
        expect([join('text-delta'), join('reasoning-delta')]).toEqual([expected.text, expected.reasoning ?? ''])
        const joinedArguments = expected.toolCalls.map((_, index) =>
          events
            .map((event) => (event.type === 'tool-call-delta' && event.index === index ? event.argumentsDelta : ''))
            .join(''),
        )
        expect(joinedArguments).toEqual(expected.toolCalls.map((call) => call.rawArguments))
      }),
    )
  })
})
