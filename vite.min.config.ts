import { defineConfig } from 'vite'
import { alias } from './vite.config.js'

/**
 * The main entry as one minified file, for pages without a bundler: a module (`.min.js`), and a classic script (`.iife.js`)
 * with the global `LMStudioProvider`, because a page that is opened as a file cannot import modules.
 */
export default defineConfig({
  resolve: { alias },
  build: {
    target: 'es2022',
    sourcemap: true,
    emptyOutDir: false,
    lib: {
      entry: 'src/index.ts',
      name: 'LMStudioProvider',
      formats: ['es', 'iife'],
      fileName: (format) => `lmstudio-provider.${format === 'es' ? 'min' : format}.js`,
    },
    rollupOptions: {
      output: {
        codeSplitting: false,
        minify: true,
        // A classic script is read in the encoding of its page, which may not be UTF-8.
        charset: 'ascii',
      },
    },
  },
})
