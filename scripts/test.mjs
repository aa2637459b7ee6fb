// @ts-check
// Runs every check, the fastest first, and stops at the first failure. `npm run <name>` runs a single one.
import { readCounts, reportFile } from './lib/counts.mjs'
import { run } from './lib/run.mjs'

const steps = [
  { name: 'lint', title: 'Format, lint, dead code' },
  { name: 'types', title: 'Types' },
  { name: 'unit', title: 'Unit, property, contract and integration tests, coverage' },
  { name: 'build', title: 'Build' },
  { name: 'check:package', title: 'Installed package' },
  { name: 'check:stacks', title: 'Stacks of uncaught errors' },
  { name: 'check:functions', title: 'Functions of one call' },
  { name: 'size', title: 'Size and import time' },
  { name: 'runtime', title: 'Other runtimes' },
  { name: 'e2e', title: 'Browser' },
]

const started = performance.now()
const total = { passed: 0, failed: 0, skipped: 0 }

for (const [index, { name, title }] of steps.entries()) {
  console.log(`\n=== ${index + 1}/${steps.length} ${title} (npm run ${name}) ===\n`)
  const before = performance.now()
  reportFile(name)
  const code = await run('npm', ['run', '--silent', name])
  const counts = readCounts(name) ?? { passed: 0, failed: 0, skipped: 0 }
  total.passed += counts.passed
  // A step can fail although every test passes: a type error, a coverage threshold, a budget.
  total.failed += code === 0 ? counts.failed : Math.max(counts.failed, 1)
  total.skipped += counts.skipped
  console.log(`\n--- ${title}: ${code === 0 ? 'ok' : 'FAILED'}, ${seconds(before)} s`)
  if (code !== 0 || counts.failed > 0) {
    process.exitCode = 1
    break
  }
}

console.log(`\nTotal time: ${seconds(started)} s.`)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)

/** @param {number} since */
function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1)
}
