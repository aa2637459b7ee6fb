// @ts-check
// Runs the browser tests. Arguments are passed to Playwright.
import { env, argv } from 'node:process'
import { findChromium } from './find-chromium.mjs'
import { reportFile } from './lib/counts.mjs'
import { run } from './lib/run.mjs'

const CHROMIUM_PATH = await findChromium()
console.log(`Chromium: ${CHROMIUM_PATH}`)
process.exitCode = await run('npx', ['playwright', 'test', '--reporter=list,json', ...argv.slice(2)], {
  env: { ...env, CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile('e2e') },
})
