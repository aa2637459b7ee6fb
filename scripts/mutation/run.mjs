// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'

/** What Stryker needs to skip what did not change; in node_modules, so that git and other tools ignore it. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/lmstudio-provider/mutation/', import.meta.url))
/** The results, which took hours: they are kept in the repository. */
const resultsFile = fileURLToPath(new URL('results.json', import.meta.url))

/**
 * The mutants of one file. `survived` has the place and the kind of each mutant that no test noticed.
 * @typedef {{ file: string, killed: number, survived: string[], date: string }} Measurement
 */

/**
 * Mutates one file and saves how many mutants its tests notice. Mutants whose code and tests did not change since the last
 * run are not run again.
 * @param {{ file: string, tests: readonly string[], isBuiltOnce: boolean }} target
 * @param {string} [range] lines, as in `10-40`; all for none. A range is a sample, and is not saved.
 * @returns {Promise<Measurement>}
 */
export async function measure({ file, tests, isBuiltOnce }, range) {
  mkdirSync(folder, { recursive: true })
  const name = file.replaceAll('/', '-')
  env['MUTATION_TESTS'] = tests.join(',')
  env['MUTATION_SETUP'] = isBuiltOnce ? 'scripts/mutation/build-tables.ts' : ''
  const results = await new Stryker({
    mutate: [range === undefined ? file : `${file}:${range}`],
    plugins: ['@stryker-mutator/vitest-runner'],
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // Stryker would read it with an API that TypeScript 7 does not have. Vitest checks no types anyway.
    tsconfigFile: 'no-tsconfig.json',
    disableTypeChecks: false,
    ignorePatterns: ['api', 'bench', 'coverage', 'dist', 'e2e', 'playground'],
    tempDirName: '.stryker-tmp',
    incremental: range === undefined,
    incrementalFile: `${folder}${name}.incremental.json`,
    // More than a machine has processors: a mutant that hangs costs its time limit, but no work.
    concurrency: 4,
    // On a busy machine a slow test must not count as a mutant that hangs.
    timeoutMS: 15_000,
    timeoutFactor: 3,
    reporters: [],
  }).runMutationTest()
  const isOf = (/** @type {string[]} */ ...statuses) => results.filter(({ status }) => statuses.includes(status))
  const survived = isOf('Survived', 'NoCoverage').map(
    ({ location, mutatorName, replacement }) =>
      `${file}:${location.start.line}:${location.start.column} ${mutatorName}: ${(replacement ?? '').split('\n')[0]}`,
  )
  const measured = {
    file,
    killed: isOf('Killed', 'Timeout').length,
    survived,
    date: new Date().toISOString().slice(0, 10),
  }
  if (range === undefined) save(measured)
  return measured
}

/** @param {Measurement} measured */
function save(measured) {
  const others = readMeasurements().filter(({ file }) => file !== measured.file)
  const all = [...others, measured].toSorted((one, other) => (one.file < other.file ? -1 : 1))
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`)
}

/**
 * The last measurement of each file.
 * @returns {Measurement[]}
 */
export function readMeasurements() {
  return JSON.parse(readFileSync(resultsFile, 'utf8'))
}

/**
 * The share of the mutants that tests notice, in percent with one decimal.
 * @param {Pick<Measurement, 'killed' | 'survived'>[]} measurements
 */
export function scoreOf(measurements) {
  const killed = measurements.reduce((sum, measured) => sum + measured.killed, 0)
  const total = measurements.reduce((sum, measured) => sum + measured.killed + measured.survived.length, 0)
  return total === 0 ? '–' : `${((killed / total) * 100).toFixed(1)} %`
}
