import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.js'

// What Stryker runs: one project, without type tests and without the report that `npm test` counts.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: base.resolve ?? {},
  test: {
    environment: 'node',
    setupFiles: ['test/setup.ts', 'scripts/mutation/fast-check.ts', env.MUTATION_SETUP ?? ''].filter(Boolean),
    include: env.MUTATION_TESTS?.split(',') ?? [],
    exclude: ['**/*.dom.test.ts', '**/*.live.test.ts'],
    reporters: [],
    // Ends a test that hangs before Stryker has to replace its process. No test takes this long.
    testTimeout: 5_000,
    hookTimeout: 5_000,
  },
})
