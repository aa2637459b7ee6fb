import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { chunkSchema, completionSchema, isPlainChunk, isPlainCompletion } from '../../src/completions/response.js'
import { hasError } from '../../src/http/error-body.js'

/** A value that a field rarely has. */
const unusual = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(null, 0, 1, -0, '', 'a', false, true, [], {}, [[]], ['a']) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
)
/** Mostly one of these values. */
const field = (...usual: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: unusual })
/** Mostly a value of this kind. */
const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: unusual })
/** An object that has some of these fields. */
const partial = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(fields, { requiredKeys: [] })

const message = mostly(
  partial({
    role: field('assistant'),
    content: field('a', ''),
    reasoning_content: field(null, 'r'),
    reasoning: field(null, 'r'),
    tool_calls: field(null),
    function_call: field(null),
    refusal: field(null),
    annotations: field(null),
    other: unusual,
  }),
)
const choices = (key: 'delta' | 'message'): fc.Arbitrary<unknown> => {
  const choice = mostly(
    fc.record(
      {
        index: field(0),
        [key]: message,
        [key === 'delta' ? 'message' : 'delta']: field(null),
        text: field(null),
        usage: field(null),
        finish_reason: field(null, 'stop'),
        logprobs: field(null),
      },
      { requiredKeys: [key] },
    ),
  )
  return fc.oneof(
    { weight: 8, arbitrary: choice.map((only) => [only]) },
    { weight: 1, arbitrary: fc.array(choice, { maxLength: 2 }) },
    { weight: 1, arbitrary: unusual },
  )
}
const count = fc.oneof(
  { weight: 8, arbitrary: field(0, 7, null) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(-1, 1.5, Infinity, NaN, '7', 2 ** 53) },
)
/** Fields beside the choices that are read only by the schema. */
const rareFields = {
  timings: field(null),
  prompt_progress: field(null),
  citations: field(null),
  total_duration: field(undefined),
}
const usage = mostly(
  partial({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    input_tokens: field(null),
    output_tokens_details: field(null),
    prompt_tokens_details: fc.oneof(fc.constant(null), unusual, partial({ cached_tokens: count })),
    completion_tokens_details: fc.oneof(fc.constant(null), unusual, partial({ reasoning_tokens: count })),
  }),
)
const chunks = fc.record(
  {
    id: field('c'),
    model: field('m'),
    object: unusual,
    error: field(null, false),
    usage: field(null),
    stats: field(null),
    ...rareFields,
    choices: choices('delta'),
  },
  { requiredKeys: ['choices'] },
)
const completions = fc.record(
  {
    id: field('c'),
    model: field('m'),
    error: field(null, false),
    usage,
    stats: field(null, {}),
    ...rareFields,
    choices: choices('message'),
  },
  { requiredKeys: ['choices'] },
)

describe('isPlainChunk and isPlainCompletion', () => {
  it('isPlainChunk accepts only what the schema returns unchanged and what is not an error', () => {
    let plain = 0
    fc.assert(
      fc.property(chunks, (value) => {
        if (!isPlainChunk(value)) return
        plain++
        expect(v.parse(chunkSchema(), value)).toEqual(value)
        expect(hasError(value)).toBe(false)
      }),
      { numRuns: 5000 },
    )
    expect(plain).toBeGreaterThan(500)
  })

  it('isPlainCompletion accepts only what the schema returns unchanged and what is not an error', () => {
    let plain = 0
    fc.assert(
      fc.property(completions, (value) => {
        if (!isPlainCompletion(value)) return
        plain++
        expect(v.parse(completionSchema(), value)).toEqual(value)
        expect(hasError(value)).toBe(false)
      }),
      { numRuns: 5000 },
    )
    expect(plain).toBeGreaterThan(300)
  })

  it('return a boolean for any JSON value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), chunks, unusual), (value) => {
        expect(isPlainChunk(value)).toBeTypeOf('boolean')
        expect(isPlainCompletion(value)).toBeTypeOf('boolean')
      }),
      { numRuns: 1000 },
    )
  })
})
