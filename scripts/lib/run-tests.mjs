// @ts-check
import { readFileSync } from 'node:fs'
import { env } from 'node:process'
import { findChromium } from '../find-chromium.mjs'
import { reportFile } from './counts.mjs'
import { run } from './run.mjs'

/** @typedef {{ title: string, status: 'passed' | 'failed' | 'skipped' }} TestResult */

/**
 * Runs tests of Vitest and returns how each ended.
 * @param {readonly string[]} paths
 * @returns {Promise<TestResult[]>}
 */
export async function runVitest(paths) {
  // The configuration names the file of the report, which no option overrides.
  const file = reportFile('unit')
  await run('npx', ['vitest', 'run', '--project', 'node', '--reporter=json', ...paths])
  const report = JSON.parse(readFileSync(file, 'utf8'))
  /** @type {{ assertionResults: { fullName: string, status: string }[] }[]} */
  const files = report.testResults
  return files.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ title: fullName, status: toStatus(status) })),
  )
}

/**
 * Runs browser tests of Playwright and returns how each ended.
 * @param {readonly string[]} paths
 * @returns {Promise<TestResult[]>}
 */
export async function runPlaywright(paths) {
  const CHROMIUM_PATH = await findChromium()
  const PLAYWRIGHT_JSON_OUTPUT_FILE = reportFile('e2e')
  await run('npx', ['playwright', 'test', '--reporter=json', ...paths], {
    env: { ...env, CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_FILE },
  })
  const report = JSON.parse(readFileSync(PLAYWRIGHT_JSON_OUTPUT_FILE, 'utf8'))
  /** @type {{ specs: { title: string, tests: { results: { status: string }[] }[] }[] }[]} */
  const suites = report.suites
  return suites.flatMap(({ specs }) =>
    specs.map(({ title, tests }) => ({ title, status: toStatus(tests[0]?.results.at(-1)?.status) })),
  )
}

/**
 * @param {string | undefined} status
 * @returns {TestResult['status']}
 */
function toStatus(status) {
  return status === 'passed' || status === 'failed' ? status : status === 'timedOut' ? 'failed' : 'skipped'
}

/**
 * A part of `npm run reliability` that consists of tests.
 * @param {string} title
 * @param {string} summary
 * @param {readonly TestResult[]} results
 * @returns {import('./reliability-results.mjs').PartResult}
 */
export function partOfTests(title, summary, results) {
  const count = (/** @type {string} */ wanted) => results.filter(({ status }) => status === wanted).length
  return {
    title,
    summary: [summary],
    figures: { passed: count('passed'), skipped: count('skipped') },
    tables: [{ columns: ['case', 'result'], rows: results.map(({ title: name, status }) => [name, status]) }],
    failures: [
      ...results.filter(({ status }) => status === 'failed').map(({ title: name }) => name),
      ...(results.length === 0 ? ['no test ran'] : []),
    ],
  }
}
