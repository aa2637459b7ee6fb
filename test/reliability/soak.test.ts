import { describe, expect, test } from 'vitest'
import { judge, type Measured } from './soak/judge.js'
import { SHORT, soakNode } from './soak/run.js'

// `npm run reliability -- soak` makes hundreds of thousands of calls, in Node and in Chromium; e2e/soak.spec.ts makes
// a thousand in Chromium.

test('7,140 calls, many of them aborted or broken, leave no timer, listener, request or memory behind in Node', async () => {
  const verdict = await soakNode(SHORT)
  expect(verdict.failures).toEqual([])
  expect(verdict.calls).toBe(7140)
  expect(verdict.kinds).toEqual({
    complete: 840,
    'stream to its end': 1260,
    'stream that the consumer leaves': 420,
    'stream aborted between two events': 420,
    'call aborted before its response': 420,
    'call that runs out of time': 420,
    'stream whose connection breaks': 420,
    'call that is refused once': 420,
    'invalid request': 420,
    'list of models': 420,
    'list of models that is aborted': 420,
    embeddings: 420,
    'tool loop': 420,
    'health check': 420,
  })
}, 600_000)

describe('the verdict about a soak', () => {
  const windowOf = (changes: Partial<Measured> = {}): Measured => ({
    calls: 10_000,
    kinds: { complete: 10_000 },
    wrong: [],
    timers: 0,
    listeners: 0,
    unhandled: 0,
    heap: 8_000_000,
    sockets: 4,
    exchanges: 0,
    ...changes,
  })
  const growing = (bytesPerCall: number): Measured[] =>
    Array.from({ length: 8 }, (_, index) => windowOf({ heap: 8_000_000 + index * 10_000 * bytesPerCall }))
  const limits = { warmUps: 2, maxSockets: 4 }

  test('accepts windows that leave nothing', () => {
    const windows = [windowOf({ heap: 5_000_000 }), windowOf({ heap: 6_000_000 }), windowOf(), windowOf(), windowOf()]
    expect(judge(windows, limits)).toMatchObject({ calls: 50_000, kinds: { complete: 50_000 }, failures: [] })
  })

  test.each<[string, Partial<Measured>]>([
    ['1 timers after window 4', { timers: 1 }],
    ['1 listeners after window 4', { listeners: 1 }],
    ['1 requests in progress after window 4', { exchanges: 1 }],
    ['1 unhandled rejections after window 4', { unhandled: 1 }],
    ['5 sockets after window 4', { sockets: 5 }],
    ['call 7 was wrong', { wrong: ['call 7 was wrong'] }],
  ])('reports %s', (failure, changes) => {
    expect(judge([windowOf(), windowOf(), windowOf(), windowOf(changes)], limits).failures).toEqual([failure])
  })

  test('reports a heap that grows by 32 bytes per call, and not one that grows by 8', () => {
    expect(judge(growing(32), limits).failures).toEqual(['the heap grew by 1280000 bytes in 40000 calls'])
    expect(judge(growing(8), limits).failures).toEqual([])
  })
})
