import { defineConfig } from 'vite'
import { trimParts } from './scripts/bundle/trim.js'

/**
 * The parts of the core (ofetch, valibot with its converter to JSON Schema, idb-keyval) are bundled: unbundled, they alone
 * cost four times the import budget of design section 6. The TOML parser of the Node entry is bundled too, so that nothing
 * is installed with the package. `ufo` and `destr` are what ofetch uses for `baseURL`/`query` and for guessing a body's
 * type, neither of which transport/send.ts ever asks for, so their place is taken by small stand-ins.
 * scripts/finish-build.mjs checks it.
 */
export default defineConfig({
  plugins: [trimParts()],
  resolve: {
    alias: {
      ufo: new URL('./scripts/bundle/ufo.ts', import.meta.url).pathname,
      destr: new URL('./scripts/bundle/destr.ts', import.meta.url).pathname,
    },
  },
  build: {
    target: 'es2022',
    // Spaces, comments and the names of locals: what Node has to read at import is less than half, and names in stack
    // traces stay.
    minify: 'oxc',
    sourcemap: true,
    emptyOutDir: true,
    lib: {
      entry: {
        index: 'src/index.ts',
        node: 'src/node/index.ts',
        testing: 'src/testing/index.ts',
        'testing-node': 'src/testing/node-server.ts',
      },
      formats: ['es'],
    },
    rollupOptions: {
      external: [/^node:/],
      output: {
        chunkFileNames: ({ name }) => `chunks/${name === 'src' ? 'core' : name}.js`,
        minify: {
          compress: false,
          mangle: { toplevel: false, keepNames: { function: true, class: true } },
          codegen: { removeWhitespace: true },
        },
      },
    },
  },
})
