// @ts-check
// Counts how many functions of how many source files one warm `stream()` call runs: what a reader has to follow.
//   npm run functions                 the counts
//   npm run functions -- --list       also every file with its functions
//   npm run functions -- --check      fails over the limits below
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Session } from 'node:inspector/promises'
import { dirname, join, relative } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transformWithOxc } from 'vite'

const MAX_FUNCTIONS = 110
const MAX_FILES = 28

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const cache = join(root, 'node_modules/.cache/lmstudio-provider')
const chunks = ['The ', 'sea ', 'is ', 'deep', '.']

mkdirSync(cache, { recursive: true })
// Below node_modules, so that the dependencies of the library resolve from there.
const folder = realpathSync(mkdtempSync(join(cache, 'functions-')))
const server = await serveChunks()
try {
  const called = await functionsCalled()
  const count = [...called.values()].reduce((sum, names) => sum + names.length, 0)
  if (argv.includes('--list')) {
    for (const [file, names] of called) console.log(`${file}: ${names.map((name) => name || '(anonymous)').join(', ')}`)
  }
  console.log(`${count} functions in ${called.size} files`)
  if (argv.includes('--check') && (count > MAX_FUNCTIONS || called.size > MAX_FILES)) {
    console.log(`The limit is ${MAX_FUNCTIONS} functions in ${MAX_FILES} files.`)
    process.exitCode = 1
  }
} finally {
  server.close()
  rmSync(folder, { recursive: true })
}

/** The functions that a call ran, by source file. */
async function functionsCalled() {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  // Before the modules load: V8 counts only the functions that it compiles after this.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const { createLMStudio } = await importUnbundled()
  const provider = createLMStudio({ endpoint: server.url, cache: false })
  for (let call = 0; call < 3; call++) await readStream(provider)
  // Taking the counts also resets them.
  await session.post('Profiler.takePreciseCoverage')
  await readStream(provider)
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()

  /** @type {Map<string, string[]>} */
  const called = new Map()
  const base = pathToFileURL(`${folder}/`).href
  for (const { url, functions } of result) {
    if (!url.startsWith(base)) continue
    const names = functions
      .filter(({ ranges: [own] }) => own && own.count > 0)
      .map(({ functionName }) => functionName)
      // V8 makes one of these for the fields of each class. They are not in the source, and the constructor counts.
      .filter((name) => name !== '<instance_members_initializer>')
    if (names.length > 0) called.set(relative(folder, fileURLToPath(url)).replace(/js$/, 'ts'), names)
  }
  return new Map([...called].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** @param {import('../src/provider.js').LMStudioProvider} provider */
async function readStream(provider) {
  let text = ''
  for await (const event of provider.stream({ model: 'acme/tern-4b', prompt: 'Write about the sea.' })) {
    if (event.type === 'text-delta') text += event.text
  }
  if (text !== chunks.join('')) throw new Error(`unexpected text: ${text}`)
  // Cleanup that follows the last event belongs to the call.
  await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Imports the sources with their types removed and nothing else changed: one module per file, no function inlined. */
async function importUnbundled() {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  for (const path of files) {
    const { code } = await transformWithOxc(readFileSync(join(source, path), 'utf8'), path)
    const target = join(folder, path.replace(/ts$/, 'js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, code)
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return import(pathToFileURL(join(folder, 'index.js')).href)
}

/** Starts a server that streams the same short completion for every request. */
async function serveChunks() {
  const event = (/** @type {object} */ delta, finishReason = /** @type {string | null} */ (null)) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1790000301,
      model: 'acme/tern-4b',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    })}\n\n`
  const http = createServer(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of chunks) {
      response.write(event({ role: 'assistant', content }))
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`)
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      http.closeAllConnections()
      http.close()
    },
  }
}
