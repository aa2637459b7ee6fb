import { defineConfig } from 'vite'
import { breakLongLines } from './scripts/bundle/break-long-lines.js'

const source = (path: string): string => new URL(path, import.meta.url).pathname

/** Whether a module belongs to the entries for Node and the command line, which alone may import Node's own modules. */
const isForNode = (id: string): boolean => /\/src\/(cli\/|node\/|testing\/node-server)|\/smol-toml\//.test(id)

export const alias = { ufo: source('./scripts/bundle/ufo.ts'), destr: source('./scripts/bundle/destr.ts') }

/**
 * The parts of the core (ofetch, valibot with its converter to JSON Schema, idb-keyval) are bundled as published: unbundled,
 * they alone cost four times the import budget. The TOML parser of the Node entry is bundled too, so that nothing is
 * installed with the package. ofetch uses `ufo` for `baseURL` and `query`, and `destr` for parsing, none of which the
 * library asks for, so small stand-ins take their place. scripts/finish-build.mjs checks what the bundles hold.
 */
export default defineConfig({
  plugins: [breakLongLines(400)],
  resolve: { alias },
  build: {
    target: 'es2022',
    // People read what an uncaught error points to, and bundlers minify themselves.
    minify: false,
    sourcemap: true,
    emptyOutDir: true,
    lib: {
      entry: {
        index: 'src/index.ts',
        core: 'src/core.ts',
        cli: 'src/cli/main.ts',
        'ai-sdk': 'src/ai-sdk/index.ts',
        node: 'src/node/index.ts',
        testing: 'src/testing/index.ts',
        'testing-node': 'src/testing/node-server.ts',
      },
      formats: ['es'],
    },
    rollupOptions: {
      // `@ai-sdk/provider` belongs to the application, which may have either of two versions.
      external: [/^node:/, '@ai-sdk/provider'],
      output: {
        chunkFileNames: 'chunks/[name].js',
        codeSplitting: {
          groups: [
            // webpack keeps the class `ProviderError` in every bundle that imports its chunk, because of the global `Symbol` in
            // it: 2 kB. A chunk of their own, without side effects, is left out of a bundle that has no error.
            { name: 'errors', test: /\/src\/errors\// },
            { name: 'mock', test: (id) => id.includes('/src/testing/') && !isForNode(id) },
            {
              name: 'library',
              // What imports `@ai-sdk/provider` stays out of the chunk that all entries share.
              test: (id) => !/\/src\/(testing|ai-sdk)\//.test(id) && !isForNode(id),
            },
            // A group takes what its modules import, so these come last. The command line uses what these entries use.
            { name: 'node-server', test: (id) => id.includes('/src/testing/node-server') },
            { name: 'node', test: (id) => /\/src\/node\/|\/smol-toml\//.test(id) },
          ],
        },
        // Declarations have the documentation. Bundlers need the annotations, and licenses must stay.
        comments: { jsdoc: false, annotation: true, legal: true },
        minifyInternalExports: false,
        // The default removes dead code once more, after the plugins, and so prints the code again.
        minify: false,
      },
    },
  },
})
