// @ts-check
// Tries the packed package in bundlers and in versions and settings of TypeScript.
//   npm run bundlers                    all
//   npm run bundlers -- vite typescript some of them
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { install } from './lib/install.mjs'
import { read } from './lib/run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
console.log('Building the library')
await read('npm', ['run', '--silent', 'build'], { cwd: root })
for (const folder of ['bundlers', 'runtime']) await install(`${root}test/${folder}`)
// The compiler must not follow this import: most checkouts do not have the bundlers.
const { runBundlers } = await import(new URL('../test/bundlers/run.mjs', import.meta.url).href)
const { passed, failed } = await runBundlers(argv.slice(2))
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0 || passed === 0) process.exitCode = 1
