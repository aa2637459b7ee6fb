import { defineConfig } from 'vite'
import { alias } from './vite.config.js'

/** The main entry as one minified module: for pages that load it from a CDN, without a bundler. */
export default defineConfig({
  resolve: { alias },
  build: {
    target: 'es2022',
    sourcemap: true,
    emptyOutDir: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'lmstudio-provider.min.js' },
    rollupOptions: { output: { codeSplitting: false, minify: true } },
  },
})
