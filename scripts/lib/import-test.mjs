// @ts-check
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = (/** @type {string} */ path) => `${root}src/${path}`

/**
 * Imports a TypeScript module below test/ through Vite, with the library's sources under its public names.
 * @param {string} path
 */
export async function importTest(path) {
  const { module } = await runnerImport(`${root}test/${path}`, {
    root,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^lmstudio-provider$/, replacement: source('index.ts') },
        { find: /^lmstudio-provider\/core$/, replacement: source('core.ts') },
      ],
    },
  })
  return module
}
