import { defineConfig, type Plugin } from 'vite'
import { offline } from './offline.js'

const fromRoot = (path: string): string => new URL(`../${path}`, import.meta.url).pathname

/** Removes the Content-Security-Policy from the dev server's page: it forbids the inline styles and scripts that Vite adds. */
const withoutPolicy: Plugin = {
  name: 'without-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
}

/** Builds the playground as static files from the source of the library. */
export default defineConfig({
  root: fromRoot('playground'),
  // Relative, so that the built page works under any path.
  base: './',
  plugins: [withoutPolicy, offline()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: [
      { find: /^lmstudio-provider$/, replacement: fromRoot('src/index.ts') },
      { find: /^lmstudio-provider\/testing$/, replacement: fromRoot('src/testing/index.ts') },
      // The same replacements as in the package's own build (../vite.config.ts), so that the page runs the same code.
      { find: /^ufo$/, replacement: fromRoot('scripts/bundle/ufo.ts') },
      { find: /^destr$/, replacement: fromRoot('scripts/bundle/destr.ts') },
    ],
  },
  // Without this list, Vite discovers these dependencies late and reloads the page during its first connection.
  optimizeDeps: { include: ['idb-keyval', 'valibot'], exclude: ['ofetch'] },
  build: {
    outDir: fromRoot('playground/dist'),
    emptyOutDir: true,
    target: 'es2022',
    // Files instead of data: URLs, which the Content-Security-Policy forbids.
    assetsInlineLimit: 0,
  },
})
