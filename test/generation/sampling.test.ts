import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { samplingEntries, toWireSampling } from '../../src/generation/sampling.js'

const schema = v.strictObject(samplingEntries)
const accepts = (settings: object): boolean => v.safeParse(schema, settings).success
const messageFor = (settings: object): string | undefined => v.safeParse(schema, settings).issues?.[0].message

describe('the sampling settings', () => {
  it.each<[string, unknown[], unknown[]]>([
    ['temperature', [0, 2.5], [-0.1, '1']],
    ['topP', [0, 1], [-0.1, 1.1]],
    ['topK', [0, 40], [-1, 0.5]],
    ['minP', [0, 1], [-0.1, 1.1]],
    ['maxTokens', [1, 4096], [0, 1.5]],
    ['stop', ['', 'a', [], ['a', 'b']], [7, [7]]],
    ['seed', [-7, 0, 7], [0.5, '7']],
    ['presencePenalty', [-2, 2], [-2.1, 2.1]],
    ['frequencyPenalty', [-2, 2], [-2.1, 2.1]],
    ['repeatPenalty', [0.1, 1.1], [0, -1, Infinity]],
    ['logitBias', [{}, { 7: -100, 8: 100 }], [[], { 7: 100.1 }, { 7: -100.1 }, { 7: '1' }, { 7: NaN }, 'x']],
    ['ttlSeconds', [1, 300], [0, 1.5]],
    ['draftModel', ['m'], ['', 7]],
    ['extraBody', [{}, { a: 1 }], [[], 'x', null]],
  ])('%s has its limits', (name, valid, invalid) => {
    for (const value of [undefined, ...valid]) expect(accepts({ [name]: value }), String(value)).toBe(true)
    for (const value of invalid) expect(accepts({ [name]: value }), String(value)).toBe(false)
  })

  it.each([
    [{ stop: 7 }, 'a string or a list of strings'],
    [{ repeatPenalty: 0 }, 'a number above 0'],
    [{ logitBias: 7 }, 'numbers from -100 to 100 by token id'],
    [{ extraBody: 7 }, 'an object'],
  ])('say what they expect instead of %j', (settings, words) => {
    expect(messageFor(settings)).toContain(words)
  })

  it('have the names of the wire', () => {
    const wire = toWireSampling({
      temperature: 1,
      topP: 2,
      topK: 3,
      minP: 4,
      maxTokens: 5,
      stop: '6',
      seed: 7,
      presencePenalty: 8,
      frequencyPenalty: 9,
      repeatPenalty: 10,
      logitBias: { 11: 1 },
      ttlSeconds: 12,
      draftModel: '13',
      extraBody: { a: 14 },
    })
    expect(wire).toEqual({
      temperature: 1,
      top_p: 2,
      top_k: 3,
      min_p: 4,
      max_tokens: 5,
      stop: '6',
      seed: 7,
      presence_penalty: 8,
      frequency_penalty: 9,
      repeat_penalty: 10,
      logit_bias: { 11: 1 },
      ttl: 12,
      draft_model: '13',
    })
  })
})
