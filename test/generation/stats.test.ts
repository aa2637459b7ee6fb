import { describe, expect, it } from 'vitest'
import { toStats } from '../../src/generation/stats.js'

const client = { durationMs: 1100, timeToFirstTokenMs: 100, outputTokens: 50 }

describe('toStats', () => {
  it('converts the figures of the server to ms and prefers them', () => {
    const server = { tokens_per_second: 63.2, time_to_first_token: 0.21, generation_time: 0.29 }
    expect(toStats(server, client)).toEqual({
      timeToFirstTokenMs: 210,
      tokensPerSecond: 63.2,
      durationMs: 290,
      measuredBy: { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' },
    })
  })

  it.each([
    [undefined],
    [null],
    [{}],
    [{ tokens_per_second: undefined, time_to_first_token: undefined, generation_time: undefined }],
  ])('uses the figures of the client when the server reports %j', (server) => {
    expect(toStats(server, client)).toEqual({
      timeToFirstTokenMs: 100,
      tokensPerSecond: 50,
      durationMs: 1100,
      measuredBy: { timeToFirstTokenMs: 'client', tokensPerSecond: 'client', durationMs: 'client' },
    })
  })

  it('chooses between server and client for each figure on its own', () => {
    expect(toStats({ tokens_per_second: 71.2 }, client)).toEqual({
      timeToFirstTokenMs: 100,
      tokensPerSecond: 71.2,
      durationMs: 1100,
      measuredBy: { timeToFirstTokenMs: 'client', tokensPerSecond: 'server', durationMs: 'client' },
    })
  })

  it('keeps a figure of 0 that the server reports', () => {
    expect(toStats({ time_to_first_token: 0 }, client)).toMatchObject({
      timeToFirstTokenMs: 0,
      measuredBy: { timeToFirstTokenMs: 'server' },
    })
  })

  it.each([
    ['the time to first token is unknown', { timeToFirstTokenMs: undefined }],
    ['the number of output tokens is unknown', { outputTokens: undefined }],
    ['there are no output tokens', { outputTokens: 0 }],
    ['no time passed after the first token', { durationMs: 100 }],
  ])('leaves the speed undefined when %s', (_, figures) => {
    const stats = toStats(undefined, { ...client, ...figures })
    expect(stats.tokensPerSecond).toBeUndefined()
    expect(stats.measuredBy).not.toHaveProperty('tokensPerSecond')
  })
})
