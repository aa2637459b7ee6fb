import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ToolCallAccumulator } from '../../src/generation/tool-call-accumulator.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { WireToolCall } from '../../src/generation/tool-call-accumulator.js'
import { cutAt } from '../helpers/bytes.js'

interface Known {
  readonly id: string
  readonly name: string
  readonly raw: string
}

const raw = fc
  .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.stringify(value))
const known = (size = 4): fc.Arbitrary<Known[]> =>
  fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[0-9]{9}$/), name: fc.constantFrom('tide_at', 'find_bird', 'f'), raw }),
    { selector: ({ id }) => id, minLength: 1, maxLength: size },
  )
const cutList = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 })

const run = (chunks: readonly (readonly WireToolCall[])[]): { result: Known[]; events: CompletionEvent[] } => {
  const assembler = new ToolCallAccumulator()
  const events = chunks.flatMap((chunk) => assembler.push(chunk))
  const result = assembler.finish().map(({ id, name, rawArguments, arguments: parsed }) => {
    expect(parsed).toEqual(JSON.parse(rawArguments))
    return { id, name, raw: rawArguments }
  })
  return { result, events }
}

/** Of each call its arguments as the deltas tell them. */
function toldBy(events: readonly CompletionEvent[]): Map<number, string> {
  const told = new Map<number, string>()
  for (const event of events) {
    if (event.type === 'tool-call-start') told.set(event.index, '')
    if (event.type === 'tool-call-delta') told.set(event.index, told.get(event.index)! + event.argumentsDelta)
  }
  return told
}

it('puts calls with an index together, however they are cut and mixed, and the deltas tell the same', () => {
  fc.assert(
    fc.property(
      known(),
      fc.array(cutList, { minLength: 4, maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      fc.boolean(),
      fc.boolean(),
      (calls, cutsOf, picks, repeatsHead, inOneChunk) => {
        const queues = calls.map(({ id, name, raw }, index) =>
          cutAt(raw, cutsOf[index]!).map((fragment, position): WireToolCall => {
            const hasHead = position === 0 || repeatsHead
            return {
              index,
              ...(hasHead ? { id } : {}),
              function: { ...(hasHead ? { name } : {}), arguments: fragment },
            }
          }),
        )
        // Fragments of different calls in any order, those of one call in their own; each call begins after the one before.
        const fragments: WireToolCall[] = queues.map((queue) => queue.shift()!)
        while (queues.some((queue) => queue.length > 0)) {
          const ready = queues.filter((queue) => queue.length > 0)
          fragments.push(ready[picks.next().value % ready.length]!.shift()!)
        }
        const { result, events } = run(inOneChunk ? [fragments] : fragments.map((fragment) => [fragment]))
        expect(result).toEqual(calls)
        expect([...toldBy(events).values()]).toEqual(calls.map(({ raw }) => raw))
      },
    ),
    { numRuns: 500 },
  )
})

it('puts calls with nothing but an id on every fragment together', () => {
  fc.assert(
    fc.property(known(), fc.array(cutList, { minLength: 4, maxLength: 4 }), (calls, cutsOf) => {
      const chunks = calls.flatMap(({ id, name, raw }, index) =>
        cutAt(raw, cutsOf[index]!).map((fragment, position): WireToolCall[] => [
          { id, function: { ...(position === 0 ? { name } : {}), arguments: fragment } },
        ]),
      )
      expect(run(chunks).result).toEqual(calls)
    }),
  )
})

it('puts calls that come one after another together when only the first fragment of each has an id', () => {
  fc.assert(
    fc.property(known(), fc.array(cutList, { minLength: 4, maxLength: 4 }), (calls, cutsOf) => {
      const chunks = calls.flatMap(({ id, name, raw }, index) =>
        cutAt(raw, cutsOf[index]!).map((fragment, position): WireToolCall[] => [
          position === 0 ? { id, function: { name, arguments: fragment } } : { function: { arguments: fragment } },
        ]),
      )
      expect(run(chunks).result).toEqual(calls)
    }),
  )
})

it('gives whole calls back as they are, with or without index and id', () => {
  fc.assert(
    fc.property(known(), fc.boolean(), fc.boolean(), fc.boolean(), (calls, hasIndex, hasId, inOneChunk) => {
      const fragments = calls.map(({ id, name, raw }, index): WireToolCall => ({
        ...(hasIndex ? { index } : {}),
        ...(hasId ? { id } : {}),
        function: { name, arguments: raw },
      }))
      const { result } = run(inOneChunk ? [fragments] : fragments.map((fragment) => [fragment]))
      expect(result.map(({ name, raw }) => ({ name, raw }))).toEqual(calls.map(({ name, raw }) => ({ name, raw })))
      if (hasId) expect(result.map(({ id }) => id)).toEqual(calls.map(({ id }) => id))
      expect(new Set(result.map(({ id }) => id)).size).toBe(calls.length)
    }),
  )
})

it('never throws on fragments of any kind, and tells only calls that began', () => {
  const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
    fc.option(fc.option(value, { nil: undefined }), { nil: null })
  const fragment = fc.record({
    index: maybe(fc.integer({ min: -1, max: 3 })),
    id: maybe(fc.constantFrom('', 'a', 'b')),
    function: maybe(
      fc.record({
        name: maybe(fc.constantFrom('', 'f', 'g')),
        arguments: maybe(fc.oneof(fc.constantFrom('', '{', '}', '{}', '"'), fc.constant({ x: 1 }))),
      }),
    ),
  })
  fc.assert(
    fc.property(fc.array(fc.array(fragment, { maxLength: 3 }), { maxLength: 10 }), (chunks) => {
      const assembler = new ToolCallAccumulator()
      const begun = new Set<number>()
      for (const event of chunks.flatMap((chunk) => assembler.push(chunk as WireToolCall[]))) {
        if (event.type === 'tool-call-start') {
          expect(begun.has(event.index)).toBe(false)
          begun.add(event.index)
        } else if (event.type === 'tool-call-delta') expect(begun.has(event.index)).toBe(true)
      }
      const calls = assembler.finish()
      expect(calls).toHaveLength(begun.size)
      for (const { name, rawArguments } of calls) {
        expect(name).not.toBe('')
        expect(rawArguments).not.toBe('')
      }
    }),
    { numRuns: 1000 },
  )
})

it('looks at each fragment once: a megabyte in single characters costs no second look', () => {
  const text = JSON.stringify({ code: 'x}'.repeat(20_000) })
  const assembler = new ToolCallAccumulator()
  const { parse } = JSON
  let parsed = 0
  JSON.parse = (source: string, ...rest) => {
    parsed += source.length
    return parse(source, ...rest) as unknown
  }
  try {
    assembler.push([{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }])
    for (const character of text) assembler.push([{ index: 0, function: { arguments: character } }])
    expect(assembler.finish()[0]!.rawArguments).toBe(text)
  } finally {
    JSON.parse = parse
  }
  expect(parsed).toBeLessThan(text.length * 3)
})
