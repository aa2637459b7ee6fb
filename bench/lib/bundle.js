import { rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import resolve from '@rollup/plugin-node-resolve'
import * as esbuild from 'esbuild'
import { rollup } from 'rollup'
import webpack from 'webpack'
import { withEsbuild, withWebpack } from '../../scripts/lib/bundlers.mjs'

/** Bundles the module `file` for a browser and returns the minified code. */
const BUNDLERS = {
  esbuild: withEsbuild(esbuild),

  async rollup(file) {
    const bundle = await rollup({ input: file, plugins: [resolve({ browser: true })], logLevel: 'silent' })
    const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true })
    await bundle.close()
    // Rollup does not minify.
    return minify(output[0].code)
  },

  webpack: withWebpack(webpack),
}

export const bundlers = Object.keys(BUNDLERS)

/**
 * Bundles and minifies an application for a browser.
 *
 * @param {string} library folder with the built library: the application is bundled there, so that it can import the
 *   library by its name and everything else from `bench/node_modules`
 * @param {string} source the application
 * @param {string} [bundler] esbuild if omitted
 */
export async function bundle(library, source, bundler = 'esbuild') {
  const file = `${library}application-${process.pid}.mjs`
  writeFileSync(file, source)
  try {
    return await BUNDLERS[bundler](file)
  } finally {
    rmSync(file)
  }
}

/** @param {Uint8Array} code @returns the gzipped size in kB */
export const gzippedKB = (code) => gzipSync(code, { level: 9 }).length / 1000

async function minify(code) {
  const result = await esbuild.transform(code, { minify: true, format: 'esm', target: 'es2022', legalComments: 'none' })
  return Buffer.from(result.code)
}
