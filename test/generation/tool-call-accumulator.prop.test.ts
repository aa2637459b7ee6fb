import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ToolCallAccumulator,
  type ToolCallDeltaEvent,
  type WireToolCall,
} from '../../src/generation/tool-call-accumulator.js'
import { cutAt } from '../helpers/bytes.js'

interface Call {
  readonly id: string
  readonly name: string
  readonly rawArguments: string
}

const rawArguments = fc
  .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.stringify(value))
const calls = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[0-9]{9}$/),
    name: fc.constantFrom('tide_at', 'find_bird', 'f'),
    rawArguments,
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
)
/** Cuts for the arguments of each call. */
const cutsPerCall = fc.array(fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 }), {
  minLength: 4,
  maxLength: 4,
})

function accumulate(chunks: readonly (readonly WireToolCall[])[]) {
  const accumulator = new ToolCallAccumulator()
  const events = chunks.flatMap((chunk) => accumulator.push(chunk))
  return { calls: accumulator.finish(), events }
}

const withParsedArguments = (call: Call): object => ({ ...call, arguments: JSON.parse(call.rawArguments) as unknown })

/** The arguments of each call, joined from the events. */
function joinArguments(events: readonly ToolCallDeltaEvent[]): string[] {
  const joined: string[] = []
  for (const event of events) {
    joined[event.index] = (joined[event.index] ?? '') + (event.type === 'tool-call-delta' ? event.argumentsDelta : '')
  }
  return joined
}

describe('ToolCallAccumulator', () => {
  it('assembles calls with an index, however their fragments are cut and mixed', () => {
    fc.assert(
      fc.property(
        calls,
        cutsPerCall,
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        fc.boolean(),
        (list, cuts, picks, repeatsHead, inOneChunk) => {
          const queues = list.map((call, index) =>
            cutAt(call.rawArguments, cuts[index]!).map((delta, position): WireToolCall => {
              const hasHead = position === 0 || repeatsHead
              return {
                index,
                ...(hasHead ? { id: call.id } : {}),
                function: { ...(hasHead ? { name: call.name } : {}), arguments: delta },
              }
            }),
          )
          // Calls start in order; then their fragments follow in any order that keeps those of one call in theirs.
          const fragments: WireToolCall[] = queues.map((queue) => queue.shift()!)
          while (queues.some((queue) => queue.length > 0)) {
            const pending = queues.filter((queue) => queue.length > 0)
            fragments.push(pending[picks.next().value % pending.length]!.shift()!)
          }
          const result = accumulate(inOneChunk ? [fragments] : fragments.map((fragment) => [fragment]))
          expect(result.calls).toEqual(list.map(withParsedArguments))
          expect(joinArguments(result.events)).toEqual(list.map((call) => call.rawArguments))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('assembles calls without an index whose fragments all have the id', () => {
    fc.assert(
      fc.property(calls, cutsPerCall, (list, cuts) => {
        const chunks = list.flatMap(({ id, name, ...call }, index) =>
          cutAt(call.rawArguments, cuts[index]!).map((delta, position): WireToolCall[] => [
            { id, function: { ...(position === 0 ? { name } : {}), arguments: delta } },
          ]),
        )
        expect(accumulate(chunks).calls).toEqual(list.map(withParsedArguments))
      }),
    )
  })

  it('assembles calls without an index whose first fragments alone have an id', () => {
    fc.assert(
      fc.property(calls, cutsPerCall, (list, cuts) => {
        const chunks = list.flatMap(({ id, name, ...call }, index) =>
          cutAt(call.rawArguments, cuts[index]!).map((delta, position): WireToolCall[] => [
            position === 0 ? { id, function: { name, arguments: delta } } : { function: { arguments: delta } },
          ]),
        )
        expect(accumulate(chunks).calls).toEqual(list.map(withParsedArguments))
      }),
    )
  })

  it('returns complete calls unchanged, with or without an index', () => {
    fc.assert(
      fc.property(calls, fc.boolean(), fc.boolean(), (list, hasIndex, inOneChunk) => {
        const fragments = list.map(({ id, name, ...call }, index): WireToolCall => ({
          ...(hasIndex ? { index } : {}),
          id,
          function: { name, arguments: call.rawArguments },
        }))
        const result = accumulate(inOneChunk ? [fragments] : fragments.map((fragment) => [fragment]))
        expect(result.calls).toEqual(list.map(withParsedArguments))
      }),
    )
  })

  it('numbers complete calls without ids, with or without an index', () => {
    fc.assert(
      fc.property(calls, fc.boolean(), fc.boolean(), (list, hasIndex, inOneChunk) => {
        const fragments = list.map(({ name, ...call }, index): WireToolCall => ({
          ...(hasIndex ? { index } : {}),
          function: { name, arguments: call.rawArguments },
        }))
        const result = accumulate(inOneChunk ? [fragments] : fragments.map((fragment) => [fragment]))
        expect(result.calls).toEqual(
          list.map((call, index) => ({ ...withParsedArguments(call), id: `call_${index + 1}` })),
        )
      }),
    )
  })

  it('accepts any fragments, and emits deltas only of calls that have started', () => {
    const orMissing = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
      fc.option(fc.option(value, { nil: undefined }), { nil: null })
    const fragments = fc.record({
      index: orMissing(fc.integer({ min: -1, max: 3 })),
      id: orMissing(fc.constantFrom('', 'a', 'b')),
      function: orMissing(
        fc.record({
          name: orMissing(fc.constantFrom('', 'f', 'g')),
          arguments: orMissing(fc.oneof(fc.constantFrom('', '{', '}', '{}', '"'), fc.constant({ x: 1 }))),
        }),
      ),
    })
    fc.assert(
      fc.property(fc.array(fc.array(fragments, { maxLength: 3 }), { maxLength: 10 }), (chunks) => {
        const result = accumulate(chunks as WireToolCall[][])
        const started = result.events.filter(({ type }) => type === 'tool-call-start').map(({ index }) => index)
        expect(started).toEqual(result.calls.map((_, index) => index))
        const orphans = result.events.filter(
          ({ type, index }, position) =>
            type === 'tool-call-delta' &&
            !result.events
              .slice(0, position)
              .some((event) => event.type === 'tool-call-start' && event.index === index),
        )
        expect(orphans).toEqual([])
        for (const call of result.calls) {
          expect(call.name).not.toBe('')
          expect(call.rawArguments).not.toBe('')
        }
      }),
      { numRuns: 1000 },
    )
  })
})
