import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WireDelta } from '../../src/generation/completion-accumulator.js'
import type { WireToolCall } from '../../src/generation/tool-call-accumulator.js'
import { cutAt } from '../helpers/bytes.js'
import { accumulate, contentOf, joinDeltas, parseMessage } from '../helpers/chat.js'

const contents = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('Seven gulls.', '\n\nSeven', '🐦🐦', '<b>', '{"a":1}'),
  fc
    .tuple(fc.string({ maxLength: 8 }), fc.constantFrom('', '\n', ' \n\n'), fc.string({ maxLength: 8 }))
    .map(([reasoning, gap, text]) => `<think>${reasoning}</think>${gap}${text}`),
)
const reasonings = fc.record({
  field: fc.constantFrom('reasoning_content' as const, 'reasoning' as const),
  text: fc.string({ maxLength: 20 }),
})
const toolCalls = fc
  .array(
    fc.record({
      name: fc.constantFrom('f', 'g'),
      value: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
    }),
    { maxLength: 3 },
  )
  .map((calls) => calls.map(({ name, value }, index) => ({ id: `${index}`, name, arguments: JSON.stringify(value) })))
const fewCuts = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 8 })
const finishReasons = fc.constantFrom('stop', 'length', 'tool_calls', 'sunset')

describe('CompletionAccumulator', () => {
  it('builds the same response from deltas as from the complete message', () => {
    fc.assert(
      fc.property(
        contents,
        fc.option(reasonings, { nil: undefined }),
        toolCalls,
        fewCuts,
        fewCuts,
        finishReasons,
        (content, reasoning, calls, contentCuts, reasoningCuts, finishReason) => {
          fc.pre(content.replace(/^<think>[^]*?<\/think>\s*/, '') !== '' || calls.length > 0)
          fc.pre(finishReason !== 'tool_calls' || calls.length > 0)
          const hasReasoning = reasoning !== undefined && reasoning.text !== ''
          const message = {
            content,
            ...(hasReasoning ? { [reasoning.field]: reasoning.text } : {}),
            tool_calls: calls.map(({ id, ...fn }) => ({ id, function: fn })),
          }
          const toolCallDeltas = calls.flatMap((call, index): WireToolCall[] => [
            { index, id: call.id, function: { name: call.name, arguments: '' } },
            ...cutAt(call.arguments, contentCuts).map((delta) => ({ index, function: { arguments: delta } })),
          ])
          const deltas: WireDelta[] = [
            { content: '' },
            ...(hasReasoning
              ? cutAt(reasoning.text, reasoningCuts).map((delta) => ({ [reasoning.field]: delta }))
              : []),
            ...cutAt(content, contentCuts).map((delta) => ({ content: delta })),
            ...toolCallDeltas.map((delta) => ({ tool_calls: [delta] })),
          ]
          const { response, events } = accumulate(deltas, finishReason)
          expect(contentOf(response)).toEqual(contentOf(parseMessage(message, finishReason).response))
          expect(joinDeltas(events, 'text-delta')).toBe(response.text)
          expect(joinDeltas(events, 'reasoning-delta')).toBe(response.reasoning ?? '')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('keeps text and separate reasoning unchanged and in order when no think tag opens', () => {
    const deltas = fc.array(
      fc.record(
        {
          content: fc.constantFrom('', ' ', '\n', 'a', '<', '<thin', '</thin', 'b'),
          reasoning_content: fc.constantFrom('', 'r'),
        },
        { requiredKeys: [] },
      ),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(deltas, (list) => {
        const content = list.map((delta) => delta.content ?? '').join('')
        const { response, events } = accumulate([...list, { content: 'end' }])
        expect(response.text).toBe(`${content}end`)
        expect(response.reasoning ?? '').toBe(list.map((delta) => delta.reasoning_content ?? '').join(''))
        expect(joinDeltas(events, 'text-delta')).toBe(response.text)
      }),
      { numRuns: 500 },
    )
  })
})
