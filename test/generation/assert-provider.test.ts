import { describe, expect, it } from 'vitest'
import { assertProvider, checkedCompletion } from '../../src/generation/assert-provider.js'
import { thrownBy } from '../helpers/provider-errors.js'

describe('assertProvider', () => {
  it('accepts anything with the method', () => {
    expect(() => assertProvider({ complete() {} }, 'complete')).not.toThrow()
    expect(() =>
      assertProvider(
        Object.assign(() => {}, { stream() {} }),
        'stream',
      ),
    ).not.toThrow()
  })

  it.each([[undefined], [null], ['x'], [{}], [{ complete: 1 }], [{ stream() {} }]])('rejects %j', (provider) => {
    expect(thrownBy(() => assertProvider(provider, 'complete'))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('with the method `complete`') as string,
      hint: expect.stringContaining('assemble(client, { complete })') as string,
    })
  })
})

describe('checkedCompletion', () => {
  const response = { text: '', toolCalls: [], usage: {} }

  it('returns a response', () => {
    expect(checkedCompletion(response as never, true)).toBe(response)
    const text = { text: 'Seven.' }
    expect(checkedCompletion(text as never, false)).toBe(text)
  })

  it.each<[unknown, boolean]>([
    [undefined, false],
    [null, false],
    ['Seven.', false],
    [{}, false],
    [{ text: 7 }, false],
    [[], true],
    [{ ...response, text: undefined }, true],
    [{ ...response, toolCalls: undefined }, true],
    [{ ...response, toolCalls: {} }, true],
    [{ ...response, usage: undefined }, true],
    [{ ...response, usage: [] }, true],
  ])('rejects %j', (value, needsToolCalls) => {
    expect(thrownBy(() => checkedCompletion(value as never, needsToolCalls))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'not-a-response',
      message: expect.stringContaining('did not return a completion response') as string,
      hint: expect.stringContaining('`text`, `toolCalls` and `usage`') as string,
    })
  })
})
