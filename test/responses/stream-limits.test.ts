import { describe, expect, it } from 'vitest'
import { OutputItems } from '../../src/responses/output-items.js'
import { ResponseAccumulator } from '../../src/responses/response-accumulator.js'

const TOO_LONG = expect.objectContaining({ name: 'InvalidResponseError', code: 'body-too-long' }) as Error

describe('the output of a stream of /v1/responses', () => {
  it('can have 200,000 items, and no more', () => {
    const items = new OutputItems()
    for (let index = 0; index < 200_000; index++) items.find('web_search', { index }, true)
    expect(items.all).toHaveLength(200_000)
    expect(items.find('web_search', { index: 7 }).number).toBe(7)
    expect(() => items.find('web_search', { index: 200_000 }, true)).toThrow(TOO_LONG)
  })

  it('can have items of 128 Mi characters in sum, and no more', () => {
    const accumulator = new ResponseAccumulator('m', 0, true)
    const item = { type: 'web_search', id: 'ws_1' }
    const add = (length: number) => () =>
      accumulator.addItem({ item, index: 0, stage: 'done', raw: item, length }, { push() {} })
    expect(add(127 * 1024 * 1024)).not.toThrow()
    expect(add(1024 * 1024)).not.toThrow()
    expect(add(1)).toThrow(TOO_LONG)
  })
})
