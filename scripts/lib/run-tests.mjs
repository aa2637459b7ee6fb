// @ts-check
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { env } from 'node:process'
import { findChromium } from '../find-chromium.mjs'
import { run } from './run.mjs'

/** @typedef {{ title: string, status: 'passed' | 'failed' | 'skipped' }} TestResult */

/**
 * Runs tests of Vitest and returns how each ended.
 * @param {readonly string[]} paths
 * @returns {Promise<TestResult[]>}
 */
export async function runVitest(paths) {
  const report = await withReport((file) =>
    run('npx', ['vitest', 'run', '--project', 'node', '--reporter=json', `--outputFile=${file}`, ...paths]),
  )
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
  const report = await withReport((file) =>
    run('npx', ['playwright', 'test', '--reporter=json', ...paths], {
      env: { ...env, CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    }),
  )
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

/** @param {(file: string) => Promise<unknown>} test */
async function withReport(test) {
  const file = join(tmpdir(), `lmstudio-tests-${process.pid}.json`)
  try {
    await test(file)
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(file, { force: true })
  }
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
