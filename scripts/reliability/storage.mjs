// @ts-check
import { partOfTests, runPlaywright } from '../lib/run-tests.mjs'

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export async function run() {
  return partOfTests(
    'Browser storage and tabs',
    'What happens to the storage of a page, or to a tab, while a provider uses it, in Chromium. Each call works.',
    await runPlaywright(['e2e/cache.spec.ts', 'e2e/storage.spec.ts', 'e2e/shared-loads.spec.ts']),
  )
}
