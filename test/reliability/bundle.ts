import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Bundles a TypeScript file and the sources of the package into `<outDir>/<name>.js`, for Node or a page. Expressions in
 * `define` are replaced.
 */
export async function bundle(
  path: string,
  outDir: string,
  name: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { 'lmstudio-provider': `${root}src/index.ts` } },
    define,
    build: {
      target: 'es2022',
      minify: false,
      outDir,
      emptyOutDir: false,
      lib: { entry: `${root}${path}`, formats: ['es'], fileName: () => `${name}.js` },
      rollupOptions: { external: [/^node:/] },
    },
  })
  return `${outDir}/${name}.js`
}
