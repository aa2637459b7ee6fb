// The configuration of docs/testing.md with an installed browser and a free port, for `npm run examples`.
import { defineConfig } from '@playwright/test'
import documented from './playwright.config.js'

const { CHROMIUM_PATH, PORT } = process.env
const baseURL = `http://localhost:${PORT}`

export default defineConfig({
  ...documented,
  reporter: 'line',
  webServer: { command: `${documented.webServer.command} --port ${PORT}`, url: baseURL },
  use: { baseURL, launchOptions: { executablePath: CHROMIUM_PATH, args: ['--no-sandbox'] } },
})
