// @ts-check
// What Vite and tsc leave to do in dist/: only declarations that an entry reaches, the licences of the bundled parts,
// and a look at whether the bundle holds what it should and nothing else.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** The parts the core is built of, and the stand-ins for what one of them would drag in (vite.config.ts). */
const bundled = ['idb-keyval', 'ofetch', 'valibot']
const replaced = ['destr', 'ufo']
/** The entries that may import Node's own modules and the package's dependencies; the others import nothing. */
const forNode = ['node.js', 'testing-node.js']

pruneDeclarations()
const found = bundledPackages()
checkContents(found)
checkImports()
writeNotices(found)

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

/** Name and folder of every package whose code the source maps place in dist. */
function bundledPackages() {
  const packages = new Map()
  for (const path of files('.js.map')) {
    for (const source of JSON.parse(readFileSync(path, 'utf8')).sources) {
      const [, folder, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(source) ?? []
      if (folder && name) packages.set(name, resolve(dirname(path), folder))
    }
  }
  return packages
}

/** @param {Map<string, string>} packages */
function checkContents(packages) {
  for (const name of bundled) if (!packages.has(name)) fail(`${name} is not in the bundle`)
  for (const name of packages.keys()) {
    if (replaced.includes(name)) fail(`${name} is in the bundle, where its stand-in of scripts/bundle/ should be`)
    if (!bundled.includes(name)) fail(`${name} is in the bundle, which nobody planned`)
  }
}

function checkImports() {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const entry of ['index.js', 'testing.js', 'node.js', 'testing-node.js']) {
    const reached = new Set([join(dist, entry)])
    for (const path of reached) {
      for (const from of importsOf(path)) {
        if (from.startsWith('.')) reached.add(resolve(dirname(path), from))
        else if (!forNode.includes(entry)) fail(`dist/${entry} reaches an import of ${from}`)
        else if (!from.startsWith('node:') && !(from in dependencies)) fail(`${from} is imported but no dependency`)
      }
    }
  }
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

/** @param {Map<string, string>} packages */
function writeNotices(packages) {
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
