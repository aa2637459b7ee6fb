// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The fields of package.json that name files of dist/.
 * @typedef {object} Manifest
 * @property {string} main
 * @property {string} types
 * @property {string} unpkg
 * @property {string} jsdelivr
 * @property {Record<string, string | Record<string, string>>} exports
 * @property {Record<string, Record<string, string[]>>} typesVersions
 * @property {Record<string, string>} alias
 */

/**
 * Checks that every target of `exports` is in dist/ and has types first, and that the fields for tools that do not read
 * `exports` agree: `main` and `types`, `typesVersions` (TypeScript with `moduleResolution: node10`), and `alias`
 * (Parcel).
 * @param {string} root
 * @param {Manifest} manifest
 */
export function checkManifest(root, { main, types, unpkg, jsdelivr, exports, typesVersions, alias }) {
  /** @type {[string, Record<string, string>][]} */
  const entries = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'object' ? [/** @type {[string, Record<string, string>]} */ ([subpath, target])] : [],
  )
  for (const [subpath, target] of entries) {
    const conditions = Object.keys(target)
    if (conditions.join() !== 'types,default') throw new Error(`exports["${subpath}"] has ${conditions.join()}`)
  }
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? target : Object.values(target),
  )
  for (const path of [...targets, unpkg, jsdelivr]) {
    if (!existsSync(join(root, path))) throw new Error(`package.json names ${path}, which does not exist`)
  }

  const subpaths = entries.filter(([subpath]) => subpath !== '.')
  const [, whole = {}] = entries.find(([subpath]) => subpath === '.') ?? []
  mustEqual('pair of main and types', [main, types], [whole.default, whole.types])
  mustEqual('field typesVersions', typesVersions, {
    '*': Object.fromEntries(subpaths.map(([subpath, target]) => [subpath.slice(2), [target.types]])),
  })
  mustEqual('field alias', alias, Object.fromEntries(subpaths.map(([subpath, target]) => [subpath, target.default])))
  console.log(`package.json: ${entries.length} entries, each with types and code in dist/`)
}

/**
 * Checks that jsr.json has the version, the entries and the dependencies of package.json. JSR takes the sources, and so no
 * file that only the build makes.
 * @param {{ version: string, exports: Record<string, string>, imports: Record<string, string> }} jsr
 * @param {Manifest & { version: string, devDependencies: Record<string, string> }} manifest
 */
export function checkJSR(jsr, { version, exports, devDependencies }) {
  const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object')
  const fromSource = entries.filter(([subpath]) => !subpath.endsWith('.js'))
  const sources = fromSource.map(([subpath, target]) => {
    const { types = '' } = typeof target === 'object' ? target : {}
    return [subpath, types.replace('./dist/', './src/').replace(/\.d\.ts$/, '.ts')]
  })
  const names = Object.keys(jsr.imports)
  mustEqual('version in jsr.json', jsr.version, version)
  mustEqual('list of exports in jsr.json', jsr.exports, Object.fromEntries(sources))
  mustEqual(
    'list of imports in jsr.json',
    jsr.imports,
    Object.fromEntries(names.map((name) => [name, `npm:${name}@${devDependencies[name]}`])),
  )
}

/**
 * @param {string} field
 * @param {unknown} found
 * @param {unknown} expected
 */
function mustEqual(field, found, expected) {
  const [is, due] = [found, expected].map((value) => JSON.stringify(value, null, 2))
  if (is !== due) throw new Error(`The ${field} does not match package.json. Expected:\n${due}\nFound:\n${is}`)
}
