import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const COMMON_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** An installed Chromium. `undefined`: Playwright uses the one it downloaded. */
const executablePath = process.env.CHROMIUM_PATH || COMMON_PATHS.find((path) => existsSync(path))

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/setup/build.ts',
  outputDir: 'test-results',
  forbidOnly: true,
  // A retry that passes would hide a bug.
  retries: 0,
  workers: 2,
  // Generous, so that only a hang fails: a busy machine must not.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // --no-sandbox: containers run as root. The other flags stop the browser from making requests of its own.
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    },
    screenshot: 'only-on-failure',
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
})
