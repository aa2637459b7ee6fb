import { describe, expect, test } from 'vitest'
import { failuresOf, scenariosFor } from './crowd/run.js'
import { simulateCrowd } from './crowd/simulate.js'

// `npm run reliability -- crowd` simulates 1,000 clients.

const SCENARIOS = scenariosFor(100)

describe('100 clients', () => {
  test('send two requests each to a healthy server', async () => {
    expect(await simulateCrowd(SCENARIOS.healthy)).toMatchObject({
      requests: 200,
      mostRequests: 2,
      failedReads: 0,
      failedGenerations: 0,
    })
  })

  test('recover from a restart without running a prompt twice, with at most four requests per call', async () => {
    const report = await simulateCrowd(SCENARIOS.restart)
    expect(failuresOf(report)).toEqual([])
    expect(report).toMatchObject({ reads: 100, generations: 100, repeatedPrompts: 0 })
    expect(report.codes['connection-reset']).toBeGreaterThan(0)
  })

  test.each(['rush', 'busy'] as const)('do not starve when all come at once: %s', async (name) => {
    const report = await simulateCrowd(SCENARIOS[name])
    expect(failuresOf(report)).toEqual([])
    expect(report.requests).toBeGreaterThan(200)
  })
})

test('reports prompts that ran twice, too many requests and calls that failed', async () => {
  const report = await simulateCrowd(SCENARIOS.healthy)
  expect(failuresOf(report)).toEqual([])
  const bad = { ...report, name: 'x', repeatedPrompts: 1, mostRequests: 9, requests: 700, failedReads: 40 }
  expect(failuresOf(bad)).toEqual([
    'x: 1 prompts ran twice',
    'x: a client sent 9 requests',
    'x: 3.50 times as many requests as in the ideal case',
    'x: 40 calls failed',
  ])
})
