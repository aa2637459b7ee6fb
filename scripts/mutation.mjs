// @ts-check
// Judges the tests by mutants: Stryker changes one expression at a time and runs the tests of the file. A mutant that no
// test notices survives. Takes hours for everything; results are saved, and what did not change is not run again.
//   npm run mutation                              every file of scripts/mutation/groups.mjs
//   npm run mutation -- http/retry cache/         files whose path contains one of the words
//   npm run mutation -- http/client --lines 40-90 a part of one file, as a sample that is not saved
//   npm run mutation -- --list                    the scores of the last runs
// The report is a part of `npm run reliability`.
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { listFiles } from './mutation/groups.mjs'
import { measure, readMeasurements, scoreOf } from './mutation/run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags, positionals } = parseArgs({
  options: { list: { type: 'boolean', default: false }, lines: { type: 'string' } },
  allowPositionals: true,
})
const files = listFiles(root, positionals)
if (files.length === 0) throw new Error(`No file matches ${positionals.join(', ')}.`)
if (flags.lines !== undefined && files.length > 1) throw new Error('--lines needs the name of one file.')

if (flags.list) {
  const measured = readMeasurements().filter(({ file }) => files.some((listed) => listed.file === file))
  for (const one of measured) console.log(`${scoreOf([one]).padStart(7)}  ${one.file}  (${one.date})`)
  console.log(`${measured.length} of ${files.length} files measured; mutants killed: ${scoreOf(measured)}`)
} else {
  for (const target of files) {
    const measured = await measure(target, flags.lines).catch((error) => {
      console.error(`${target.file}: not measured: ${error}`)
      process.exitCode = 1
    })
    if (measured === undefined) continue
    for (const survivor of measured.survived) console.log(`survived  ${survivor}`)
    const total = measured.killed + measured.survived.length
    console.log(`${target.file}: ${measured.killed} of ${total} mutants killed, ${scoreOf([measured])}`)
  }
}
