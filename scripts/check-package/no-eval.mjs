// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// A Content-Security-Policy without 'unsafe-eval' forbids these.
const EVALUATION = /\beval\s*\(|\bnew\s+Function\b|(?<![\w.$])Function\s*\(|\bset(?:Timeout|Interval)\s*\(\s*['"`]/

/**
 * Checks that no script of the package turns a text into code.
 * @param {string} installed
 */
export function checkNoEval(installed) {
  const dist = join(installed, 'dist')
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
  if (scripts.length === 0) throw new Error('dist/ has no scripts')
  for (const path of scripts) {
    const match = EVALUATION.exec(readFileSync(join(dist, path), 'utf8'))
    if (match !== null) throw new Error(`dist/${path} evaluates a text: ${match[0]}`)
  }
  console.log(`no eval: ${scripts.length} scripts`)
}
