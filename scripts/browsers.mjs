// @ts-check
// Runs the contract, the table of docs/browser-access.md and the playground in Firefox and WebKit, if they are installed.
//   npm run browsers                all installed browsers
//   npm run browsers -- webkit      one browser
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { install } from './lib/install.mjs'

const folder = fileURLToPath(new URL('../test/browsers', import.meta.url))
await install(folder)
const { module } = await runnerImport(`${folder}/run.ts`, { configFile: false, oxc: { target: 'es2022' } })
const { passed, failed, skipped } = await module.runBrowsers(argv.slice(2))
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0 || passed === 0) process.exitCode = 1
