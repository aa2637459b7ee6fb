// @ts-check
// Measures what the package costs an application, against the ceilings in budgets.json. Expects dist/ as the build leaves it.
//   npm run size                      compares; fails above a ceiling
//   npm run size -- --update          sets the size ceilings to measured + 3 %
//   npm run size -- --badge <file>    writes the file that a badge of shields.io shows (its "endpoint" badge)
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { read } from './lib/run.mjs'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const budgetsFile = new URL('budgets.json', import.meta.url)
const budgets = JSON.parse(readFileSync(budgetsFile, 'utf8'))
const headroom = 1.03
const rounds = 21
const importName = 'import in Node, relative to a module of 300 kB'

/** Applications, each bundled and minified for a browser. */
const uses = {
  'core: list': `import { createClient, listModels } from 'lmstudio-provider/core'
    const client = createClient()
    export const models = () => listModels(client)`,
  'core: chat + list': `import { complete, createClient, listModels, stream } from 'lmstudio-provider/core'
    const client = createClient()
    export const models = () => listModels(client)
    export const chat = (request) => complete(client, request)
    export const chatStream = (request) => stream(client, request)`,
  'provider: chat + list': `import { createLMStudio } from 'lmstudio-provider'
    const lmstudio = createLMStudio()
    export const models = () => lmstudio.listModels()
    export const chat = (request) => lmstudio.complete(request)
    export const stream = (request) => lmstudio.stream(request)`,
  'whole main entry': `import * as all from 'lmstudio-provider'
    globalThis.all = all`,
  'cosineSimilarity alone': `export { cosineSimilarity } from 'lmstudio-provider'`,
  'ProviderError alone': `export { ProviderError } from 'lmstudio-provider'`,
}

/** @type {Record<string, number>} */
const measured = {}
for (const [name, code] of Object.entries(uses)) measured[name] = await bundleSize(code)

if (argv.includes('--update')) {
  for (const [name, bytes] of Object.entries(measured)) {
    budgets[name] = { ...budgets[name], ceiling: Math.floor(bytes * headroom) }
  }
  writeFileSync(budgetsFile, `${JSON.stringify(budgets, null, 2)}\n`)
}

const badge = argv.indexOf('--badge')
if (badge >= 0) {
  const use = 'core: chat + list'
  const message = `${((measured[use] ?? Number.NaN) / 1000).toFixed(1)} kB gzipped`
  const content = { schemaVersion: 1, label: use, message, color: 'informational' }
  writeFileSync(argv[badge + 1] ?? 'size.json', `${JSON.stringify(content)}\n`)
}

let isOver = false
for (const [name, bytes] of Object.entries(measured)) report(name, bytes, 'B gzipped')
report(importName, await importRatio(budgets[importName].ceiling), '×')

if (isOver) {
  console.log(`
Above a ceiling of scripts/budgets.json. Make it smaller. Or raise the ceiling in the commit that needs it, with the reason:
"npm run size -- --update" sets the size ceilings to measured + 3 %. A goal is the design's own budget and stays as it is.`)
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
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2)
  const aim = goal === undefined ? '' : `, goal ${goal}${value > goal ? ' not reached' : ''}`
  console.log(`${name}: ${shown} ${unit}, ceiling ${ceiling}${aim}${isTooMuch ? '  ABOVE' : ''}`)
}

/**
 * Returns the minified and gzipped size of an application.
 * @param {string} code
 */
async function bundleSize(code) {
  const entry = 'virtual:entry'
  const result = await build({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^lmstudio-provider$/, replacement: join(dist, 'index.js') },
        { find: /^lmstudio-provider\/core$/, replacement: join(dist, 'core.js') },
      ],
    },
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
  if (!('output' in result)) throw new Error('Vite returned more than one bundle')
  const chunks = result.output.flatMap((part) => (part.type === 'chunk' ? [part] : []))
  return chunks.reduce((bytes, { code: text }) => bytes + gzipSync(text, { level: 9 }).length, 0)
}

/**
 * Returns the import time of the main entry relative to that of a module of plain functions, measured in the same run: a
 * slow or busy machine slows both. A ratio above the ceiling is measured again, since other work on the machine disturbs it.
 * @param {number} ceiling
 */
async function importRatio(ceiling) {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-provider-size-'))
  try {
    const reference = join(folder, 'reference.mjs')
    writeFileSync(reference, Array.from({ length: 3000 }, (_, index) => functionText(index)).join('\n'))
    let best = await measureRatio(reference)
    for (let again = 0; again < 3 && best > ceiling; again++) best = Math.min(best, await measureRatio(reference))
    return best
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {number} index */
function functionText(index) {
  return `export function add${index}(first, second) {\n  if (first > ${index}) return first + second\n  return second - first\n}`
}

/** @param {string} reference */
async function measureRatio(reference) {
  /** @type {number[]} */
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const base = await timeImport(pathToFileURL(reference).href)
    ratios.push((await timeImport(pathToFileURL(join(dist, 'index.js')).href)) / base)
  }
  return median(ratios)
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
