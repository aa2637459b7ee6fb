import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ResponseAccumulator } from '../../src/responses/response-accumulator.js'
import type { RespondEvent } from '../../src/responses/types.js'
import type { WireItem, WireResponse } from '../../src/responses/response.js'
import { cutAt } from '../helpers/bytes.js'
import { contentOfResponse as contentOf } from '../helpers/responses.js'
import { ENDPOINT } from '../helpers/client.js'

const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('🐦🐦', '<think>Hm.</think>', ' '))
const part = (type: string) => fc.array(piece, { maxLength: 3 }).map((texts) => texts.map((text) => ({ type, text })))
const item: fc.Arbitrary<WireItem> = fc.oneof(
  part('output_text').map((content) => ({ type: 'message', id: 'msg', content })),
  part('reasoning_text').map((content) => ({ type: 'reasoning', id: 'rs', content })),
  fc
    .tuple(fc.uuid(), fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }))
    .map(([id, value]) => ({ type: 'function_call', id, call_id: id, name: 'f', arguments: JSON.stringify(value) })),
  fc.constant({ type: 'mcp_call', id: 'mcp' }),
)
/** How much of an item is told before the response that holds it. */
const told = fc.record({
  begin: fc.boolean(),
  deltas: fc.boolean(),
  cuts: fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  end: fc.boolean(),
})

it('gives the same answer and tells it once, however much of it comes in pieces, as a whole, or only at the end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(item, told), { minLength: 1, maxLength: 4 }), (list) => {
      const output = list.map(([one]) => one)
      const response: WireResponse = { id: 'resp', status: 'completed', output, usage: { output_tokens: 1 } }
      const whole = new ResponseAccumulator('m', 0, false)
      whole.end(response, undefined, [])
      const expected = whole.finish(ENDPOINT, [])

      const streamed = new ResponseAccumulator('m', 0, true)
      const events: RespondEvent[] = []
      list.forEach(([one, { begin, deltas, cuts, share, end }], index) => {
        const isCall = one.type === 'function_call'
        if (begin || isCall)
          streamed.addItem(
            { ...one, ...(isCall ? { arguments: '' } : { content: [] }) },
            { index, isNew: false },
            events,
          )
        const sent = (text: string): string[] => cutAt(text.slice(0, Math.ceil(share * text.length)), cuts)
        if (deltas && isCall)
          for (const text of sent(one.arguments as string)) streamed.addArgumentsDelta({ index }, text, events)
        const kind = one.type === 'message' ? 'text' : 'reasoning'
        if (deltas)
          one.content?.forEach(({ text }, position) => {
            for (const cut of sent(text!)) streamed.addDelta({ kind, index: position }, { index }, cut, events)
            // What comes of a part comes before the next one.
            streamed.addText({ kind, index: position }, { index }, text!, events)
          })
        if (end || one.content) streamed.addItem(one, { index, isNew: false }, events)
      })
      streamed.end(response, undefined, events)

      expect(contentOf(streamed.finish(ENDPOINT, []))).toEqual(contentOf(expected))
      const join = (type: 'text-delta' | 'reasoning-delta'): string =>
        events.map((event) => (event.type === type ? event.text : '')).join('')
      expect([join('text-delta'), join('reasoning-delta')]).toEqual([expected.text, expected.reasoning ?? ''])
      const args = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : ''))
      expect(args.join('').length).toBe(expected.toolCalls.reduce((sum, call) => sum + call.rawArguments.length, 0))
    }),
  )
})
