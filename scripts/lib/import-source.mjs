// @ts-check
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Specifiers of the package, most specific first, with the sources they stand for. */
const SOURCES = [
  ['lmstudio-provider/testing/node', 'src/testing/node-server.ts'],
  ['lmstudio-provider/testing', 'src/testing/index.ts'],
  ['lmstudio-provider/node', 'src/node/index.ts'],
  ['lmstudio-provider/core', 'src/core.ts'],
  ['lmstudio-provider', 'src/index.ts'],
]

const alias = SOURCES.map(([specifier, path]) => ({
  find: new RegExp(`^${specifier}$`),
  replacement: `${root}${path}`,
}))

/**
 * Imports a TypeScript file of the repository through Vite. Needs no build.
 * @param {string} path relative to the root of the repository
 */
export async function importSource(path) {
  /** @type {import('vite').InlineConfig} */
  const options = { configFile: false, logLevel: 'error', resolve: { alias } }
  // Node 20 does not know `using`.
  const { module } = await runnerImport(`${root}${path}`, { ...options, oxc: { target: 'node20' } })
  return module
}
