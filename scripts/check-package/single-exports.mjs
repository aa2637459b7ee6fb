// @ts-check
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { withEsbuild, withWebpack } from '../lib/bundlers.mjs'

/** The most that an export may cost on its own, in bytes, minified and gzipped. */
const LIMITS = { cosineSimilarity: 1_000, ProviderError: 3_000 }

/**
 * Bundles single exports of the installed package. Each bundler has its own idea of what is a side effect, and one that it
 * finds keeps the rest of the library in the bundle. `npm run size` has the figures of Rolldown.
 *
 * @param {string} consumer the folder where the package is installed
 * @param {string} tools the folder where the bundlers are installed
 */
export async function checkSingleExports(consumer, tools) {
  const require = createRequire(join(tools, 'package.json'))
  const bundlers = { esbuild: withEsbuild(require('esbuild')), webpack: withWebpack(require('webpack')) }
  for (const [name, limit] of Object.entries(LIMITS)) {
    const file = join(consumer, 'single-export.mjs')
    writeFileSync(file, `export { ${name} } from 'lmstudio-provider'`)
    for (const [bundler, bundle] of Object.entries(bundlers)) {
      const { length } = gzipSync(await bundle(file), { level: 9 })
      if (length > limit) throw new Error(`${name} alone costs ${length} B in ${bundler}, more than ${limit} B`)
      console.log(`${name} alone, ${bundler}, ${length} B of at most ${limit} B: ok`)
    }
    rmSync(file)
  }
}
