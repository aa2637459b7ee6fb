// @ts-check
import { fileURLToPath } from 'node:url'
import { FOLDERS, GOAL, listFiles } from '../mutation/groups.mjs'
import { measure, readMeasurements, scoreOf } from '../mutation/run.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Measures every file again; with `short`, reports what `npm run mutation` measured before.
 * @param {{ short: boolean }} options
 */
export async function run({ short }) {
  const files = listFiles(root, [])
  if (!short) for (const target of files) await measure(target)
  const measured = readMeasurements().filter(({ file }) => files.some((listed) => listed.file === file))
  const missing = files.map(({ file }) => file).filter((file) => !measured.some((one) => one.file === file))
  const killed = measured.reduce((sum, one) => sum + one.killed, 0)
  const survived = measured.reduce((sum, one) => sum + one.survived.length, 0)
  return {
    title: 'Mutation testing',
    summary: [
      `Stryker changes one expression at a time in ${FOLDERS.join(', ')}, and the tests of the file should fail. The goal is ${GOAL} %. Property tests run 20 examples each, so the scores are lower bounds.`,
      ...(missing.length === 0 ? [] : [`Not measured: ${missing.map((file) => `\`${file}\``).join(', ')}.`]),
    ],
    figures: {
      'files measured': `${measured.length} of ${files.length}`,
      'mutants killed': killed,
      'mutants that survived': survived,
      score: scoreOf(measured),
    },
    tables: [
      {
        columns: ['file', 'mutants', 'survived', 'score', 'measured'],
        rows: measured.map((one) => [
          `\`${one.file}\``,
          one.killed + one.survived.length,
          one.survived.length,
          scoreOf([one]),
          one.date,
        ]),
      },
    ],
    // A low score is a gap in the tests, not a fault of the package.
    failures: [],
  }
}
