// @ts-check
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the steps of `npm test` leave what they counted; below node_modules, so that nothing else finds it. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/lmstudio-provider/', import.meta.url))

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {string} step */
const pathOf = (step) => `${folder}${step.replace(':', '-')}.json`

/**
 * The file a runner's own JSON report goes to, its former report removed.
 * @param {string} step
 */
export function reportFile(step) {
  mkdirSync(folder, { recursive: true })
  const path = pathOf(step)
  rmSync(path, { force: true })
  return path
}

/**
 * @param {string} step
 * @param {Counts} counts
 */
export function writeCounts(step, counts) {
  writeFileSync(reportFile(step), JSON.stringify(counts))
}

/**
 * What a step counted, from our own file, Vitest's or Playwright's report; undefined when it wrote none.
 * @param {string} step
 * @returns {Counts | undefined}
 */
export function readCounts(step) {
  let report
  try {
    report = JSON.parse(readFileSync(pathOf(step), 'utf8'))
  } catch {
    return undefined
  }
  if (report.numPassedTests !== undefined) {
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: todo } = report
    return { passed, failed, skipped: pending + todo }
  }
  if (report.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = report.stats
    return { passed: expected, failed: unexpected + flaky, skipped }
  }
  return report
}
