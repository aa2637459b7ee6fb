// @ts-check
// Finishes dist/ after Vite and tsc: removes declarations that no entry reaches, writes the licenses of the bundled parts and
// the hashes of the files for pages, and checks what the bundles hold.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { integrityOf, singleFiles } from './lib/integrity.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** The packages whose code each entry holds. Stand-ins replace ofetch's own dependencies (vite.config.ts). */
const core = ['@valibot/to-json-schema', 'idb-keyval', 'ofetch', 'valibot']
/** @type {Record<string, { parts: readonly string[], usesNode: boolean, peers?: readonly string[] }>} */
const entries = {
  'index.js': { parts: core, usesNode: false },
  'core.js': { parts: core, usesNode: false },
  'ai-sdk.js': { parts: core, usesNode: false, peers: ['@ai-sdk/provider'] },
  'lmstudio-provider.min.js': { parts: core, usesNode: false },
  'cli.js': { parts: [...core, 'smol-toml'], usesNode: true },
  'lmstudio-provider.iife.js': { parts: core, usesNode: false },
  'node.js': { parts: [...core, 'smol-toml'], usesNode: true },
  'testing.js': { parts: [], usesNode: false },
  'testing-node.js': { parts: [], usesNode: true },
}
// Longer lines make an uncaught error in Node fill the screen: it prints the line that threw.
const MAX_LINE_LENGTH = 400

pruneDeclarations()
/** @type {Map<string, string>} */
const packages = new Map()
for (const [entry, { parts, usesNode, peers }] of Object.entries(entries)) checkEntry(entry, parts, { usesNode, peers })
checkLines()
checkSingleFiles()
writeNotices()
writeIntegrity()

/** Removes the declarations that no entry reaches: they are internal and may name packages that are not installed. */
function pruneDeclarations() {
  const { exports, peerDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const waiting = Object.values(exports).flatMap((target) => (target.types ? [join(root, target.types)] : []))
  const kept = new Set(waiting)
  for (const path of waiting) {
    // Comments hold examples, whose imports are not meant.
    const code = readFileSync(path, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')
    for (const [, , from = ''] of code.matchAll(/(from|import\()\s*['"]([^'"]+)['"]/g)) {
      if (from.startsWith('node:') || from in peerDependencies) continue
      if (!from.startsWith('.')) fail(`${path} needs the types of ${from}, which is not installed with the package`)
      const next = resolve(dirname(path), from).replace(/\.js$/, '.d.ts')
      if (!kept.has(next)) waiting.push(next)
      kept.add(next)
    }
  }
  const missing = waiting.filter((path) => !existsSync(path))
  if (missing.length > 0) fail(`declarations refer to missing files: ${missing.join(', ')}`)
  for (const path of files('.d.ts')) if (!kept.has(path)) rmSync(path)
  for (const path of files('.d.ts.map')) if (!kept.has(path.replace(/\.map$/, ''))) rmSync(path)
  removeEmptyFolders(dist)
}

/**
 * Checks that an entry holds the code of exactly these packages and imports nothing but Node's own modules and its peers.
 * @param {string} entry
 * @param {readonly string[]} parts
 * @param {{ usesNode: boolean, peers?: readonly string[] | undefined }} imports
 */
function checkEntry(entry, parts, { usesNode, peers = [] }) {
  const reached = new Set([join(dist, entry)])
  const found = new Set()
  for (const path of reached) {
    for (const [name, folder] of packagesIn(path)) {
      found.add(name)
      packages.set(name, folder)
    }
    for (const from of importsOf(path)) {
      if (from.startsWith('.')) reached.add(resolve(dirname(path), from))
      else if (!peers.includes(from) && (!usesNode || !from.startsWith('node:')))
        fail(`dist/${entry} reaches an import of ${from}`)
    }
  }
  const [is, due] = [[...found], [...parts]].map((names) => names.toSorted().join(', '))
  if (is !== due) fail(`dist/${entry} holds code of ${is || 'nothing'} instead of ${due || 'nothing'}`)
}

/** Checks that people can read the modules: only the minified files may have long lines. */
function checkLines() {
  for (const path of files('.js').filter((file) => !singleFiles.some((name) => file.endsWith(name)))) {
    const number = readFileSync(path, 'utf8')
      .split('\n')
      .findIndex((line) => line.length > MAX_LINE_LENGTH)
    if (number >= 0) fail(`${path}:${number + 1} is longer than ${MAX_LINE_LENGTH} characters`)
  }
}

/** Checks that the encoding of a page does not matter: a classic script is read in it. */
function checkSingleFiles() {
  for (const name of singleFiles) {
    // oxlint-disable-next-line no-control-regex -- ASCII is the range meant
    if (/[^\x00-\x7f]/.test(readFileSync(join(dist, name), 'utf8'))) fail(`dist/${name} is not ASCII`)
  }
}

/**
 * Returns name and folder of every package that the source map of a file refers to.
 * @param {string} path
 * @returns {[string, string][]}
 */
function packagesIn(path) {
  if (!existsSync(`${path}.map`)) return []
  /** @type {string[]} */
  const sources = JSON.parse(readFileSync(`${path}.map`, 'utf8')).sources
  return sources.flatMap((source) => {
    const [, folder, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(source) ?? []
    return folder && name ? [/** @type {[string, string]} */ ([name, resolve(dirname(path), folder)])] : []
  })
}

/** @param {string} path */
function importsOf(path) {
  const { errors, module } = parseSync(path, readFileSync(path, 'utf8'))
  if (errors.length > 0) fail(`${path} does not parse`)
  const source = readFileSync(path, 'utf8')
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
  ]
}

function writeNotices() {
  const parts = [...packages]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, folder]) => {
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
      if (!file) return fail(`${name} has no license file`)
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
  const head = 'lmstudio-provider contains code of these packages, under their licenses.\n'
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`))
}

function writeIntegrity() {
  const hashes = singleFiles.map((name) => [name, integrityOf(readFileSync(join(dist, name)))])
  writeFileSync(join(dist, 'integrity.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`)
}

/**
 * @param {string} ending
 * @returns {string[]}
 */
function files(ending) {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(dist, path))
}

/** @param {string} folder */
function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name))
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  throw new Error(`The build is wrong: ${reason}.`)
}
