// @ts-check
// What the package costs whoever imports it, against the ceilings in budgets.json. Expects dist/ as the build leaves it.
//   npm run size                the comparison; fails over a ceiling
//   npm run size -- --update    sets the size ceilings to measured + 3 %
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { read } from './lib/run.mjs'

const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const budgetsFile = new URL('budgets.json', import.meta.url)
const budgets = JSON.parse(readFileSync(budgetsFile, 'utf8'))
const headroom = 1.03
const rounds = 31

/** Each is bundled and minified for a browser, as an app that says this would be. */
const uses = {
  'chat + list': `import { createLMStudio } from 'lmstudio-provider'
    const lmstudio = createLMStudio()
    export const models = () => lmstudio.listModels()
    export const chat = (request) => lmstudio.complete(request)
    export const stream = (request) => lmstudio.stream(request)`,
  'whole entry': `import * as all from 'lmstudio-provider'
    globalThis.all = all`,
}

/** @type {Record<string, number>} */
const measured = {}
for (const [name, code] of Object.entries(uses)) {
  const { whole, initial } = await bundle(code)
  measured[`${name}, all chunks`] = whole
  measured[`${name}, first load`] = initial
}

if (argv.includes('--update')) {
  for (const [name, bytes] of Object.entries(measured)) {
    budgets[name] = { ...budgets[name], ceiling: Math.floor(bytes * headroom) }
  }
  writeFileSync(budgetsFile, `${JSON.stringify(budgets, null, 2)}\n`)
}

let isOver = false
for (const [name, bytes] of Object.entries(measured)) report(name, bytes, 'B gzipped')
report('import in Node', await calmImportTime(budgets['import in Node'].ceiling), 'ms')

if (isOver) {
  console.log(`
Over a ceiling of scripts/budgets.json. Make it smaller; or, in the commit that needs the room and says why, raise it:
"npm run size -- --update" sets the sizes to measured + 3 %. The ceiling of the import time is its goal and half as much
again, since other work on the machine counts against it. A goal is the design's own budget and stays as it is.`)
  process.exitCode = 1
}

/**
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 */
function report(name, value, unit) {
  const { ceiling = 0, goal } = budgets[name] ?? {}
  const isTooMuch = value > ceiling
  isOver ||= isTooMuch
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(1)
  const aim = goal === undefined ? '' : `, goal ${goal}${value > goal ? ' not reached' : ''}`
  console.log(`${name.padEnd(24)} ${shown.padStart(6)} ${unit}, ceiling ${ceiling}${aim}${isTooMuch ? '  OVER' : ''}`)
}

/**
 * Minified and gzipped size of what a browser gets: everything, and what it needs before the first line runs.
 * @param {string} code
 */
async function bundle(code) {
  const entry = 'virtual:entry'
  const result = await build({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'warn',
    resolve: { alias: [{ find: /^lmstudio-provider$/, replacement: main }] },
    plugins: [
      {
        name: 'entry',
        resolveId: (/** @type {string} */ id) => (id === entry ? `\0${entry}` : undefined),
        load: (/** @type {string} */ id) => (id === `\0${entry}` ? code : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  })
  if (!('output' in result)) throw new Error('Vite answered with something else than one bundle')
  const chunks = result.output.flatMap((part) => (part.type === 'chunk' ? [part] : []))
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const first = new Set(chunks.filter(({ isEntry }) => isEntry))
  for (const { imports } of first) for (const name of imports) first.add(/** @type {any} */ (byName.get(name)))
  const sum = (/** @type {Iterable<{ code: string }>} */ parts) =>
    [...parts].reduce((bytes, part) => bytes + gzipSync(part.code, { level: 9 }).length, 0)
  return { whole: sum(chunks), initial: sum(first) }
}

/**
 * The import time, taken anew when it is over the ceiling: other work on the machine only ever adds to it.
 * @param {number} ceiling
 */
async function calmImportTime(ceiling) {
  let best = await importTime()
  for (let again = 0; again < 2 && best > ceiling; again++) best = Math.min(best, await importTime())
  return best
}

/** Milliseconds that importing the main entry adds to importing nothing, each in a process of its own, by turns. */
async function importTime() {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-provider-size-'))
  const nothing = join(folder, 'empty.mjs')
  writeFileSync(nothing, '')
  /** @type {{ ours: number[], empty: number[] }} */
  const times = { ours: [], empty: [] }
  for (let round = 0; round < rounds; round++) {
    times.empty.push(await timeImport(pathToFileURL(nothing).href))
    times.ours.push(await timeImport(pathToFileURL(main).href))
  }
  rmSync(folder, { recursive: true })
  return median(times.ours) - median(times.empty)
}

/** @param {string} url */
async function timeImport(url) {
  const probe = `const start = performance.now()
    await import(${JSON.stringify(url)})
    process.stdout.write(String(performance.now() - start))`
  return Number(await read(execPath, ['--input-type=module', '-e', probe]))
}

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN
}
