// @ts-check
// What Vite and tsc leave to do in dist/: only declarations that an entry reaches, the licences of the bundled parts,
// and a look at whether the bundle holds what it should and nothing else.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** Whose code each entry and its chunks hold. Of ofetch's own two, stand-ins are bundled (vite.config.ts). */
const core = ['@valibot/to-json-schema', 'idb-keyval', 'ofetch', 'valibot']
/** @type {Record<string, { parts: readonly string[], usesNode: boolean }>} */
const entries = {
  'index.js': { parts: core, usesNode: false },
  'node.js': { parts: [...core, 'smol-toml'], usesNode: true },
  'testing.js': { parts: [], usesNode: false },
  'testing-node.js': { parts: [], usesNode: true },
}

pruneDeclarations()
/** @type {Map<string, string>} */
const packages = new Map()
for (const [entry, { parts, usesNode }] of Object.entries(entries)) checkEntry(entry, parts, usesNode)
writeNotices()

/** Removes the declarations that no entry leads to: they are inner parts, and may name packages that are not installed. */
function pruneDeclarations() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const waiting = Object.values(exports).flatMap((target) => (target.types ? [join(root, target.types)] : []))
  const kept = new Set(waiting)
  for (const path of waiting) {
    for (const [, , from] of readFileSync(path, 'utf8').matchAll(/(from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      const next = resolve(dirname(path), from ?? '').replace(/\.js$/, '.d.ts')
      if (!kept.has(next)) waiting.push(next)
      kept.add(next)
    }
  }
  const missing = waiting.filter((path) => !existsSync(path))
  if (missing.length > 0) fail(`declarations name files that are not there: ${missing.join(', ')}`)
  for (const path of files('.d.ts')) if (!kept.has(path)) rmSync(path)
  for (const path of files('.d.ts.map')) if (!kept.has(path.replace(/\.map$/, ''))) rmSync(path)
  removeEmptyFolders(dist)
}

/**
 * An entry holds the code of the packages it should, of no other, and leaves no import but Node's own modules.
 * @param {string} entry
 * @param {readonly string[]} parts
 * @param {boolean} usesNode
 */
function checkEntry(entry, parts, usesNode) {
  const reached = new Set([join(dist, entry)])
  const found = new Set()
  for (const path of reached) {
    for (const [name, folder] of packagesIn(path)) {
      found.add(name)
      packages.set(name, folder)
    }
    for (const from of importsOf(path)) {
      if (from.startsWith('.')) reached.add(resolve(dirname(path), from))
      else if (!usesNode || !from.startsWith('node:')) fail(`dist/${entry} reaches an import of ${from}`)
    }
  }
  const [is, due] = [[...found], [...parts]].map((names) => names.toSorted().join(', '))
  if (is !== due) fail(`dist/${entry} holds code of ${is || 'nothing'}, where ${due || 'nothing'} is planned`)
}

/**
 * Name and folder of every package whose code the source map places in a file.
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
      if (!file) return fail(`${name} brings no licence text`)
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
  const head = 'lmstudio-provider contains code of these packages, under their licences.\n'
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`))
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
  throw new Error(`The build is not as it should be: ${reason}.`)
}
