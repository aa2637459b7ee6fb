import { defineConfig } from '@playwright/test'
import tests from '../../playwright.config.js'

/** Benchmarks of the playground. Not part of `npm test`: the results depend on the speed of the machine. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: '**/*.bench.ts',
  globalSetup: '../../e2e/setup/build.ts',
  outputDir: '../../test-results/bench',
  // A parallel benchmark would share the processor.
  workers: 1,
})
