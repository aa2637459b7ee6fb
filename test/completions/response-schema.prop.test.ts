import fc from 'fast-check'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { chunkSchema, completionSchema, isPlainChunk, isPlainCompletion } from '../../src/completions/response.js'
import { hasError } from '../../src/http/error-body.js'

// What is right, what is nearly right, and anything else JSON can say.
const odd = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(null, 0, 1, -0, '', 'a', false, true, [], {}, [[]], ['a']) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
)
const member = (...right: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: odd })
const partly = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<unknown> =>
  fc.record(model as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] })

const delta = fc.oneof(
  {
    weight: 8,
    arbitrary: partly({
      role: member('assistant'),
      content: member('a', ''),
      reasoning_content: member(null, 'r'),
      reasoning: member(null, 'r'),
      tool_calls: member(null),
      other: odd,
    }),
  },
  { weight: 1, arbitrary: odd },
)
const choice = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      { index: member(0), delta, finish_reason: member(null, 'stop'), logprobs: odd },
      { requiredKeys: ['delta'] },
    ),
  },
  { weight: 1, arbitrary: odd },
)
const chunk = fc.record(
  {
    id: member('c'),
    model: member('m'),
    object: odd,
    error: member(null, false),
    usage: member(null),
    stats: member(null),
    choices: fc.oneof(
      { weight: 8, arbitrary: choice.map((only) => [only]) },
      { weight: 1, arbitrary: fc.array(choice, { maxLength: 2 }) },
      { weight: 1, arbitrary: odd },
    ),
  },
  { requiredKeys: ['choices'] },
)

it('takes for plain only what the schema takes unchanged, and what says no error', () => {
  let plain = 0
  fc.assert(
    fc.property(chunk, (value) => {
      if (!isPlainChunk(value)) return
      plain++
      expect(v.parse(chunkSchema(), value)).toEqual(value)
      expect(hasError(value)).toBe(false)
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(500)
})

const count = member(0, 7, null)
const usage = fc.oneof(
  {
    weight: 8,
    arbitrary: partly({
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
      completion_tokens_details: fc.oneof(fc.constant(null), odd, partly({ reasoning_tokens: count })),
    }),
  },
  { weight: 1, arbitrary: odd },
)
const completion = fc.record(
  {
    id: member('c'),
    model: member('m'),
    error: member(null, false),
    usage,
    stats: member(null, {}),
    choices: fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .record(
            { index: member(0), message: delta, finish_reason: member(null, 'stop') },
            { requiredKeys: ['message'] },
          )
          .map((only) => [only]),
      },
      { weight: 1, arbitrary: odd },
    ),
  },
  { requiredKeys: ['choices'] },
)

it('takes a whole answer for plain only when the schema takes it unchanged', () => {
  let plain = 0
  fc.assert(
    fc.property(completion, (value) => {
      if (!isPlainCompletion(value)) return
      plain++
      expect(v.parse(completionSchema(), value)).toEqual(value)
      expect(hasError(value)).toBe(false)
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(300)
})

it('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), chunk, odd), (value) => {
      expect(typeof isPlainChunk(value)).toBe('boolean')
      expect(typeof isPlainCompletion(value)).toBe('boolean')
    }),
    { numRuns: 1000 },
  )
})
