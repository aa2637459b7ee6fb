// @ts-check
// Checks what Node prints when a script does not handle an error: for every public function, a script whose call fails
// because no server listens. What is printed must stay short and must name the line of the script that made the call.
//   node scripts/check-stacks.mjs            dist/, as `npm run build` leaves it
//   node scripts/check-stacks.mjs <folder>   the package that is installed in that folder
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { writeCounts } from './lib/counts.mjs'
import { freePort } from './lib/free-port.mjs'

const MAX_BYTES = 4_000

const chat = `{ model: 'acme/tern-4b', prompt: 'Hello.' }`
const tools = `[{ name: 'now', execute: () => 'noon' }]`

/** The line of the script that fails, for each public function. */
const calls = {
  listModels: `await lmstudio.listModels()`,
  supportsModel: `await lmstudio.supportsModel('acme/tern-4b')`,
  modelCapabilities: `await lmstudio.modelCapabilities('acme/tern-4b')`,
  complete: `await lmstudio.complete(${chat})`,
  stream: `for await (const event of lmstudio.stream(${chat})) console.log(event)`,
  'stream, textStream': `for await (const text of lmstudio.stream(${chat}).textStream) console.log(text)`,
  'stream, response': `await lmstudio.stream(${chat}).response`,
  completeText: `await lmstudio.completeText(${chat})`,
  streamCompleteText: `for await (const event of lmstudio.streamCompleteText(${chat})) console.log(event)`,
  respond: `await lmstudio.respond({ model: 'acme/tern-4b', input: 'Hello.' })`,
  streamRespond: `for await (const event of lmstudio.streamRespond({ model: 'acme/tern-4b', input: 'Hello.' })) console.log(event)`,
  chat: `await lmstudio.chat({ model: 'acme/tern-4b', input: 'Hello.' })`,
  streamChat: `for await (const event of lmstudio.streamChat({ model: 'acme/tern-4b', input: 'Hello.' })) console.log(event)`,
  embed: `await lmstudio.embed({ model: 'acme/embed', input: ['one', 'two'] })`,
  loadModel: `await lmstudio.loadModel('acme/tern-4b')`,
  unloadModel: `await lmstudio.unloadModel('acme/tern-4b')`,
  downloadModel: `await lmstudio.downloadModel('acme/tern-4b')`,
  generateObject: `await generateObject(lmstudio, { ...${chat}, schema: { type: 'object' } })`,
  streamObject: `for await (const value of streamObject(lmstudio, { ...${chat}, schema: { type: 'object' } })) console.log(value)`,
  runTools: `await runTools(lmstudio, { ...${chat}, tools: ${tools} })`,
  streamTools: `for await (const event of streamTools(lmstudio, { ...${chat}, tools: ${tools} })) console.log(event)`,
  'complete, timeout': `await lmstudio.complete(${chat}, { timeout: 50, headers: slow })`,
  'stream, timeout': `for await (const event of lmstudio.stream(${chat}, { timeout: 50, headers: slow })) console.log(event)`,
  'complete, interceptor': `await lmstudio.complete(${chat}, { headers: broken })`,
  'listModels, interceptor': `await lmstudio.listModels({ headers: broken })`,
  discover: `await discover({ fetch: (_, init) => fetch(endpoint, init) })`,
}

const [given] = argv.slice(2)
const folder = given ?? linkedFolder()
const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  for (const [name, call] of Object.entries(calls)) {
    const problems = await problemsOf(name, call, endpoint)
    if (problems.length === 0) counts.passed++
    else counts.failed++
    console.log(`${name.padEnd(20)} ${problems.length === 0 ? 'ok' : problems.join('; ')}`)
  }
} finally {
  if (given === undefined) rmSync(folder, { recursive: true })
}
writeCounts('check:stacks', counts)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
if (counts.failed > 0) process.exitCode = 1

/**
 * Runs a script that fails in its last line and lists what is wrong with its output.
 * @param {string} name
 * @param {string} call
 * @param {string} endpoint
 */
async function problemsOf(name, call, endpoint) {
  const lines = [
    `import { createLMStudio, discover, generateObject, runTools, streamObject, streamTools } from 'lmstudio-provider'`,
    ``,
    `const endpoint = '${endpoint}'`,
    // Headers that choose how the call fails; by default nothing listens.
    `const [slow, broken] = [{ 'x-fail': 'slow' }, { 'x-fail': 'broken' }]`,
    `const onRequest = async ({ options }) => {`,
    `  if (options.headers.get('x-fail') === 'slow') await new Promise(() => {})`,
    `  if (options.headers.get('x-fail') === 'broken') throw new Error('a bug')`,
    `}`,
    `const lmstudio = createLMStudio({ endpoint, maxRetries: 0, onRequest })`,
    call,
  ]
  const file = `${name.replace(/\W+/g, '-')}.mjs`
  const path = join(folder, file)
  writeFileSync(path, lines.join('\n'))
  const { code: exitCode, printed } = await run(path)
  rmSync(path)
  const problems = []
  if (exitCode !== 1) problems.push(`exits with ${exitCode} instead of 1`)
  if (Buffer.byteLength(printed) >= MAX_BYTES) problems.push(`prints ${Buffer.byteLength(printed)} bytes`)
  const frames = printed.split('\n').filter((line) => /^\s+at /.test(line))
  if (!frames.some((frame) => frame.includes(`${file}:${lines.length}:`))) problems.push('does not name its own line')
  // Otherwise the script failed for another reason, such as a wrong import.
  const code = call.includes('slow')
    ? 'function-timeout'
    : call.includes('broken')
      ? 'interceptor-failed'
      : 'not-running'
  if (!printed.includes(`code: '${code}'`)) problems.push(`does not print the code ${code}: ${printed.slice(0, 300)}`)
  return problems
}

/**
 * @param {string} path
 * @returns {Promise<{ code: number | string, printed: string }>}
 */
function run(path) {
  return new Promise((resolve) => {
    execFile(execPath, [path], { timeout: 30_000, maxBuffer: 10_000_000 }, (error, _, printed) =>
      resolve({ code: error === null ? 0 : (error.code ?? String(error.signal)), printed }),
    )
  })
}

/** A folder in which the package resolves to this repository. */
function linkedFolder() {
  const path = mkdtempSync(join(tmpdir(), 'lmstudio-provider-stacks-'))
  mkdirSync(join(path, 'node_modules'))
  symlinkSync(fileURLToPath(new URL('..', import.meta.url)), join(path, 'node_modules/lmstudio-provider'))
  return path
}
