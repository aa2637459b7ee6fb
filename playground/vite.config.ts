import { defineConfig, type Plugin } from 'vite'
import { offline } from './offline.js'

const fromRoot = (path: string): string => new URL(`../${path}`, import.meta.url).pathname

/** While editing, Vite puts styles and its client into the page, which the policy of the built page forbids. */
const withoutPolicy: Plugin = {
  name: 'without-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
}

/** The playground as static files, made from the library's source. */
export default defineConfig({
  root: fromRoot('playground'),
  // Relative, so that the built page can be put under any path.
  base: './',
  plugins: [withoutPolicy, offline()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: [
      { find: /^lmstudio-provider$/, replacement: fromRoot('src/index.ts') },
      { find: /^lmstudio-provider\/testing$/, replacement: fromRoot('src/testing/index.ts') },
      // The same stand-ins as in the package itself (../vite.config.ts), so that the page runs the same code.
      { find: /^ufo$/, replacement: fromRoot('scripts/bundle/ufo.ts') },
      { find: /^destr$/, replacement: fromRoot('scripts/bundle/destr.ts') },
    ],
  },
  // Found one by one, these would reload the page in the middle of its first connection.
  optimizeDeps: { include: ['idb-keyval', 'valibot'], exclude: ['ofetch'] },
  build: {
    outDir: fromRoot('playground/dist'),
    emptyOutDir: true,
    target: 'es2022',
    // As links, not as data: URLs: those would need a wider policy.
    assetsInlineLimit: 0,
  },
})
