// @ts-check
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder for the counts of the steps of `npm test`; in node_modules, so that git and other tools ignore it. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/lmstudio-provider/', import.meta.url))

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {string} step */
const pathOf = (step) => `${folder}${step.replace(':', '-')}.json`

/**
 * Returns the path for the JSON report of a step and removes an earlier report.
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
 * Reads the counts of a step from our own file or from the report of Vitest or Playwright; undefined without a report.
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
