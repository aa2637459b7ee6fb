// @ts-check
// The properties of bad input with far more inputs than in `npm test`. A failure names the seed and the path that
// reproduce it.
import { importSource } from '../lib/import-source.mjs'

const SEED = 20_260_903
const RUNS = 20_000
const SHORT_RUNS = 500
/** Of one property, in ms. */
const TIME_LIMIT_MS = 60_000

/** @typedef {{ name: string, run(parameters: object): Promise<number> }} Property */

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export async function run({ short }) {
  const { PROPERTIES } = await importSource('test/reliability/properties.ts')
  /** @type {(string | number)[][]} */
  const rows = []
  /** @type {string[]} */
  const failures = []
  let total = 0
  for (const { name, run: check } of /** @type {Property[]} */ (PROPERTIES)) {
    try {
      const runs = await check({
        numRuns: short ? SHORT_RUNS : RUNS,
        seed: SEED,
        interruptAfterTimeLimit: TIME_LIMIT_MS,
        markInterruptAsFailure: false,
      })
      total += runs
      rows.push([name, runs, 'holds'])
      console.log(`holds, ${runs} inputs: ${name}`)
    } catch (error) {
      rows.push([name, '', 'fails'])
      failures.push(`${name}: ${error instanceof Error ? `${error.message}\n${error.cause}` : error}`)
    }
  }
  return {
    title: 'Properties of bad input',
    summary: [
      `Each property runs with up to ${(short ? SHORT_RUNS : RUNS).toLocaleString('en-US')} generated inputs, and for` +
        ` at most ${TIME_LIMIT_MS / 1000} s.`,
    ],
    tables: [{ columns: ['property', 'inputs', 'result'], rows }],
    figures: { properties: rows.length, inputs: total, 'properties that failed': failures.length },
    failures,
  }
}
