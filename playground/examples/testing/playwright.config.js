import { defineConfig } from '@playwright/test'

const { CHROMIUM_PATH, PORT = '4173' } = process.env
const baseURL = `http://127.0.0.1:${PORT}`

export default defineConfig({
  testMatch: '*.e2e.js',
  reporter: 'line',
  webServer: { command: `npx vite --host 127.0.0.1 --port ${PORT} --strictPort`, url: baseURL },
  use: { baseURL, launchOptions: { executablePath: CHROMIUM_PATH, args: ['--no-sandbox'] } },
})
