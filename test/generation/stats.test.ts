import { describe, expect, it } from 'vitest'
import { toStats } from '../../src/generation/stats.js'

const client = { durationMs: 1100, timeToFirstTokenMs: 100, outputTokens: 50 }

describe('toStats', () => {
  it('takes the figures of the server in milliseconds, and says so', () => {
    const server = { tokens_per_second: 63.2, time_to_first_token: 0.21, generation_time: 0.29 }
    expect(toStats(server, client)).toEqual({
      timeToFirstTokenMs: 210,
      tokensPerSecond: 63.2,
      durationMs: 290,
      measuredBy: { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' },
    })
  })

  it.each([[undefined], [null], [{}], [{ tokens_per_second: null, time_to_first_token: null, generation_time: null }]])(
    'takes those of the client where the server gives %j',
    (server) => {
      expect(toStats(server, client)).toEqual({
        timeToFirstTokenMs: 100,
        tokensPerSecond: 50,
        durationMs: 1100,
        measuredBy: { timeToFirstTokenMs: 'client', tokensPerSecond: 'client', durationMs: 'client' },
      })
    },
  )

  it('mixes the two figure by figure', () => {
    expect(toStats({ tokens_per_second: 71.2 }, client).measuredBy).toEqual({
      timeToFirstTokenMs: 'client',
      tokensPerSecond: 'server',
      durationMs: 'client',
    })
  })

  it('keeps a zero of the server', () => {
    expect(toStats({ time_to_first_token: 0 }, client)).toMatchObject({
      timeToFirstTokenMs: 0,
      measuredBy: { timeToFirstTokenMs: 'server' },
    })
  })

  it.each([
    ['nobody knows when the first token came', { timeToFirstTokenMs: undefined }],
    ['the server counted no tokens', { outputTokens: undefined }],
    ['the server counted none', { outputTokens: 0 }],
    ['no time passed', { durationMs: 100 }],
  ])('gives no speed when %s', (_, missing) => {
    const stats = toStats(undefined, { ...client, ...missing })
    expect(stats.tokensPerSecond).toBeUndefined()
    expect(stats.measuredBy).not.toHaveProperty('tokensPerSecond')
  })
})
