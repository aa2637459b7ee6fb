import { describe, expect, test } from 'vitest'
import { count, duration, speed } from '../../playground/src/format.js'
import { response } from './models.js'

describe('the figures of the page', () => {
  test.each([
    [0.2, '1 ms'],
    [85.4, '85 ms'],
    [999.4, '999 ms'],
    [1234, '1.2 s'],
    [61_000, '61.0 s'],
  ])('%d milliseconds read %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  test('a count that is not known is a dash', () => {
    expect([count(8192), count(0), count(undefined)]).toEqual(['8,192', '0', '–'])
  })

  test('an answer tells its speed, and its ending unless that is the usual one', () => {
    expect(speed(response())).toEqual(['42.0 tokens/s', 'first token after 120 ms', '3 tokens'])
    expect(speed(response({ finishReason: 'length' }))).toContain('ended by length')
  })

  test('what nobody measured is left out', () => {
    const nothing = { timeToFirstTokenMs: undefined, tokensPerSecond: undefined, durationMs: 5, measuredBy: {} }
    const usage = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }
    expect(speed(response({ stats: nothing, usage }))).toEqual([])
  })
})
