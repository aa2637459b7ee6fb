// @ts-check
// Judges the tests by the bugs they catch: applies one small bug at a time to a copy of the repository and runs the
// tests that should fail. Exits with 1 when more than five bugs survive, or when a bug cannot be applied.
//   npm run inject-bugs                        all bugs
//   npm run inject-bugs -- cache tools/        those whose file, note or tests contain one of the words
//   npm run inject-bugs -- --list              only checks that every bug can still be applied
// To add a bug, add an entry to a file of injected-bugs/: see injected-bugs/index.mjs.
import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { transformWithOxc } from 'vite'
import { bugs } from './injected-bugs/index.mjs'

/** @typedef {import('./injected-bugs/index.mjs').Bug} Bug */

const MAX_SURVIVORS = 5
const TIME_LIMIT_MS = 300_000
// Where vitest.config.ts writes it: the option `--outputFile` does not change that.
const REPORT = 'node_modules/.cache/lmstudio-provider/unit.json'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags, positionals: words } = parseArgs({
  options: { list: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const chosen = bugs.filter(
  ({ file, note, tests }) => words.length === 0 || words.some((word) => `${file} ${note} ${tests}`.includes(word)),
)

/** @type {Bug[]} */
const broken = []
for (const bug of chosen) {
  const problem = await problemOf(bug)
  if (problem === undefined) continue
  broken.push(bug)
  console.log(`cannot apply   ${describe(bug)}\n               ${problem}`)
}
const usable = chosen.filter((bug) => !broken.includes(bug)).map((bug) => ({ ...bug, tests: testsOf(bug) }))

if (flags.list) {
  for (const bug of usable) console.log(`applies        ${describe(bug)}`)
  console.log(`${usable.length} of ${chosen.length} bugs can be applied`)
} else {
  await injectAll()
}
if (broken.length > 0) process.exitCode = 1

/** The tests that should fail: those of the entry, and those that mirror the file. */
function testsOf(/** @type {Bug} */ { file, tests }) {
  const mirror = ['.test.ts', '.prop.test.ts'].map((ending) => `test/${file.replace(/\.ts$/, ending)}`)
  return [...new Set([...tests, ...mirror.filter((path) => existsSync(join(root, path)))])]
}

/** Why a bug cannot be injected, or undefined. */
async function problemOf(/** @type {Bug} */ { file, find, replace, tests }) {
  const path = join(root, 'src', file)
  if (!existsSync(path)) return `src/${file} does not exist`
  const code = readFileSync(path, 'utf8')
  const count = code.split(find).length - 1
  if (count !== 1) return `\`find\` matches ${count} times instead of once: ${find}`
  if (find === replace) return '`find` and `replace` are equal'
  const missing = tests.find((test) => !existsSync(join(root, test)))
  if (missing !== undefined) return `${missing} does not exist`
  try {
    await transformWithOxc(injected(code, find, replace), file)
  } catch (error) {
    return `the file does not parse with the bug: ${/** @type {Error} */ (error).message.split('\n')[0]}`
  }
  return undefined
}

async function injectAll() {
  const copy = copyRepository()
  try {
    // A test that fails without a bug would count every bug as caught.
    const failing = await failingTests(copy, [...new Set(usable.flatMap((bug) => bug.tests))])
    for (const test of failing) console.log(`fails without a bug and does not count: ${test}`)
    const survivors = []
    let caught = 0
    for (const bug of usable) {
      const start = performance.now()
      const tests = bug.tests.filter((test) => !failing.has(test))
      const path = join(copy, 'src', bug.file)
      const code = readFileSync(path, 'utf8')
      writeFileSync(path, injected(code, bug.find, bug.replace))
      const survived = tests.length === 0 || (await failingTests(copy, tests, ['--bail=1'])).size === 0
      writeFileSync(path, code)
      if (survived) survivors.push(bug)
      else caught++
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${survived ? 'SURVIVED' : 'caught  '} ${seconds.padStart(5)} s ${describe(bug)}`)
    }
    console.log(`\n${caught} caught, ${survivors.length} survived`)
    for (const bug of survivors) console.log(`survived       ${describe(bug)}`)
    if (failing.size > 0 || survivors.length > MAX_SURVIVORS) process.exitCode = 1
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Copies every file that git knows or does not ignore, so that uncommitted work is judged too. */
function copyRepository() {
  const copy = mkdtempSync(join(tmpdir(), 'lmstudio-provider-bugs-'))
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of list.toString().split('\0')) {
    if (file === '' || file === 'node_modules' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  // A folder of its own, in which the copy writes its report.
  mkdirSync(join(copy, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === '.cache') continue
    symlinkSync(realpathSync(join(root, 'node_modules', name)), join(copy, 'node_modules', name))
  }
  return copy
}

/**
 * Runs test files and resolves to those that fail. All of them fail when the run hangs or cannot start.
 * @param {string} cwd
 * @param {readonly string[]} tests
 * @param {readonly string[]} [flags]
 * @returns {Promise<Set<string>>}
 */
async function failingTests(cwd, tests, flags = []) {
  const report = join(cwd, REPORT)
  rmSync(report, { force: true })
  const vitest = join(cwd, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--project=node', '--project=dom', '--reporter=json', ...flags, ...tests]
  const child = spawn(execPath, args, { cwd, stdio: 'ignore' })
  const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  clearTimeout(timer)
  if (code === 0) return new Set()
  if (!existsSync(report)) return new Set(tests)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = testResults.filter((/** @type {any} */ { status }) => status !== 'passed')
  const paths = new Set(failed.map((/** @type {any} */ { name }) => relative(realpathSync(cwd), realpathSync(name))))
  // Without a failed file, something outside of the tests failed: an unhandled rejection, for example.
  return new Set(paths.size === 0 ? tests : tests.filter((test) => paths.has(test)))
}

/**
 * @param {string} code
 * @param {string} find
 * @param {string} replace
 */
function injected(code, find, replace) {
  const at = code.indexOf(find)
  return code.slice(0, at) + replace + code.slice(at + find.length)
}

function describe(/** @type {Bug} */ { file, note }) {
  return `${file}: ${note}`
}
