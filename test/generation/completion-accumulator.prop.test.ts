import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WireDelta } from '../../src/generation/completion-accumulator.js'
import type { WireToolCall } from '../../src/generation/tool-call-accumulator.js'
import { cutAt } from '../helpers/bytes.js'
import { contentOf, streamed, told, whole } from '../helpers/chat.js'

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('Seven gulls.', '\n\nSeven', '🐦🐦', '<b>', '{"a":1}'),
  fc
    .tuple(fc.string({ maxLength: 8 }), fc.constantFrom('', '\n', ' \n\n'), fc.string({ maxLength: 8 }))
    .map(([thought, gap, rest]) => `<think>${thought}</think>${gap}${rest}`),
)
const calls = fc.array(
  fc.record({
    name: fc.constantFrom('f', 'g'),
    value: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
  }),
  { maxLength: 3 },
)
const cutList = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 8 })
const reason = fc.constantFrom('stop', 'length', 'tool_calls', 'sunset')

const toWire = (list: readonly { name: string; value: object }[]): WireToolCall[] =>
  list.map(({ name, value }, index) => ({ id: `${index}`, function: { name, arguments: JSON.stringify(value) } }))

describe('a streamed answer', () => {
  it('is the answer that comes in one piece', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('reasoning_content', 'reasoning', undefined),
        fc.string({ maxLength: 20 }),
        calls,
        cutList,
        cutList,
        reason,
        (content, field, thought, list, contentCuts, thoughtCuts, finish) => {
          fc.pre(content.replace(/^<think>[^]*?<\/think>\s*/, '') !== '' || list.length > 0)
          const reasoning = field === undefined || thought === '' ? {} : { [field]: thought }
          const message = { content, ...reasoning, tool_calls: toWire(list) }
          const deltas: WireDelta[] = [
            { content: '' },
            ...(field === undefined || thought === ''
              ? []
              : cutAt(thought, thoughtCuts).map((piece) => ({ [field]: piece }))),
            ...cutAt(content, contentCuts).map((piece) => ({ content: piece })),
            ...toWire(list).flatMap((call, index): WireDelta[] => [
              { tool_calls: [{ ...call, index, function: { ...call.function, arguments: '' } }] },
              ...cutAt(call.function!.arguments as string, contentCuts).map((piece) => ({
                tool_calls: [{ index, function: { arguments: piece } }],
              })),
            ]),
          ]
          const { response, events } = streamed(deltas, finish)
          expect(contentOf(response)).toEqual(contentOf(whole(message, finish).response))
          expect(told(events, 'text-delta')).toBe(response.text)
          expect(told(events, 'reasoning-delta')).toBe(response.reasoning ?? '')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('keeps the order of its text whatever the deltas hold', () => {
    const delta = fc.record(
      {
        content: fc.constantFrom('', ' ', '\n', 'a', '<', '<think>', '</think>', 'b'),
        reasoning_content: fc.constantFrom('', 'r'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1, maxLength: 8 }), (deltas) => {
        fc.pre(
          !deltas
            .map(({ content }) => content ?? '')
            .join('')
            .includes('<think>'),
        )
        const { response, events } = streamed([...deltas, { content: 'end' }])
        expect(response.text).toBe(`${deltas.map(({ content }) => content ?? '').join('')}end`)
        expect(response.reasoning ?? '').toBe(deltas.map(({ reasoning_content: thought }) => thought ?? '').join(''))
        expect(told(events, 'text-delta')).toBe(response.text)
      }),
      { numRuns: 500 },
    )
  })
})
