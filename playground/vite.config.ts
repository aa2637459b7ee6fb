import { defineConfig } from 'vite'

const fromRoot = (path: string): string => new URL(`../${path}`, import.meta.url).pathname

/** The playground as one page, made from the library's source: what is edited there is seen here. */
export default defineConfig({
  root: fromRoot('playground'),
  // Relative, so that the built page can be put under any path.
  base: './',
  resolve: {
    alias: [
      { find: /^lmstudio-provider$/, replacement: fromRoot('src/index.ts') },
      // The same stand-ins as in the package itself (../vite.config.ts), so that the page runs the same code.
      { find: /^ufo$/, replacement: fromRoot('scripts/bundle/ufo.ts') },
      { find: /^destr$/, replacement: fromRoot('scripts/bundle/destr.ts') },
    ],
  },
  // Found one by one, these would reload the page in the middle of its first connection.
  optimizeDeps: { include: ['idb-keyval', 'valibot'], exclude: ['ofetch'] },
  build: { outDir: fromRoot('playground/dist'), emptyOutDir: true, target: 'es2022' },
})
