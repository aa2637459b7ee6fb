// @ts-check
import { partOfTests, runVitest } from '../lib/run-tests.mjs'

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export async function run() {
  return partOfTests(
    'Several machines behind a balancer',
    'Three servers behind nginx and HAProxy, with the configurations of [scaling.md](scaling.md). The cases are skipped where a balancer is not installed.',
    await runVitest(['test/gateway/balancers.test.ts']),
  )
}
