import { describe, expect, test } from 'vitest'
import { PROPERTIES } from './properties.js'

const RUNS = 40
// Only ends a test that hangs.
const TIMEOUT_MS = 600_000

// `npm run reliability -- fuzz` runs the same properties with far more and other inputs.
describe('the properties of bad input', () => {
  test.each(PROPERTIES.map((property) => [property.name, property] as const))(
    '%s',
    async (_name, { run }) => {
      expect(await run({ numRuns: RUNS, seed: 20_260_902 })).toBeGreaterThanOrEqual(RUNS)
    },
    TIMEOUT_MS,
  )
})
