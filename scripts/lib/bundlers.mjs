// @ts-check
// The benchmarks and the checks of the package install their own copies of the bundlers, and pass them in.

/**
 * Bundles a module for a browser, minified, with esbuild.
 * @param {any} esbuild
 * @returns {(file: string) => Promise<Uint8Array>}
 */
export const withEsbuild = (esbuild) => async (file) => {
  const { outputFiles } = await esbuild.build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  })
  return outputFiles[0].contents
}

/**
 * Bundles a module for a browser, minified, with webpack, without writing a file.
 * @param {any} webpack
 * @returns {(file: string) => Promise<Uint8Array>}
 */
export const withWebpack = (webpack) => (file) =>
  new Promise((done, fail) => {
    const compiler = webpack({
      mode: 'production',
      target: ['web', 'es2022'],
      entry: file,
      experiments: { outputModule: true },
      output: { library: { type: 'module' }, path: '/', filename: 'bundle.js' },
      performance: false,
    })
    /** @type {Uint8Array | undefined} */
    let code
    const missing = Object.assign(new Error('not found'), { code: 'ENOENT' })
    compiler.outputFileSystem = {
      mkdir: (/** @type {any[]} */ ...args) => args.at(-1)(null),
      stat: (/** @type {any[]} */ ...args) => args.at(-1)(missing),
      readFile: (/** @type {any[]} */ ...args) => args.at(-1)(missing),
      writeFile: (/** @type {any[]} */ ...args) => {
        code = args[1]
        args.at(-1)(null)
      },
    }
    compiler.run((/** @type {unknown} */ error, /** @type {any} */ stats) => {
      const failed = error ?? stats.compilation.errors[0]
      compiler.close(() => (failed || code === undefined ? fail(failed) : done(code)))
    })
  })
