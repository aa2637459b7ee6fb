// @ts-check
// Runs the long tests of reliability: faults, load and bad input. `npm test` contains a short form of each.
//   npm run reliability                    all parts (takes long)
//   npm run reliability -- matrix fuzz     some of them
//   npm run reliability -- matrix --short  with fewer cases
//   npm run reliability -- --write         runs nothing; writes docs/reliability.md from the saved results
//   npm run reliability -- matrix --write  runs a part, then writes docs/reliability.md
// A part is a module of reliability/ (see Part in lib/reliability-results.mjs). Its last result is saved below
// node_modules. A part that was not run in this checkout keeps its section of docs/reliability.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { conditions, PARTS, readResults, saveResult, toMarkdown } from './lib/reliability-results.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags, positionals } = parseArgs({
  args: argv.slice(2),
  options: { short: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const available = PARTS.filter((name) => existsSync(moduleOf(name)))
const unknown = positionals.filter((name) => !available.includes(name))
if (unknown.length > 0) {
  throw new Error(`Unknown part: ${unknown.join(', ')}. The parts are: ${available.join(', ')}`)
}
const isWriteOnly = flags.write && positionals.length === 0
const chosen = positionals.length > 0 ? positionals : available

for (const name of isWriteOnly ? [] : chosen) {
  console.log(`\n=== ${name} ===\n`)
  const before = conditions()
  const started = performance.now()
  /** @type {import('./lib/reliability-results.mjs').Part} */
  const { run } = await import(moduleOf(name))
  const result = await run({ short: flags.short })
  const seconds = Math.round((performance.now() - started) / 1000)
  const command = `npm run reliability -- ${name}${flags.short ? ' --short' : ''}`
  saveResult(name, { ...result, ...before, command, seconds })
  for (const line of result.summary) console.log(line)
  for (const failure of result.failures) console.log(`FAILED ${failure}`)
  console.log(`\n--- ${result.title}: ${result.failures.length === 0 ? 'ok' : 'FAILED'}, ${seconds} s`)
  if (result.failures.length > 0) process.exitCode = 1
}

if (flags.write) {
  const results = readResults()
  const page = join(root, 'docs/reliability.md')
  writeFileSync(page, toMarkdown(results, readFileSync(page, 'utf8')))
  console.log(`\nWrote docs/reliability.md: ${[...results.keys()].join(', ')}`)
}

/** @param {string} name */
function moduleOf(name) {
  return join(root, 'scripts/reliability', `${name}.mjs`)
}
