// Compares the library with the openai package, for the table of the README, and writes COMPARISON.md.
//   cd bench && npm ci && npm run compare
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import OpenAI from 'openai'
import { launchChromium } from '../scripts/lib/launch-chromium.mjs'
import { buildLibrary, entryFile } from './lib/build-library.js'
import { bundle, gzippedKB } from './lib/bundle.js'
import { runNode } from './lib/processes.js'
import { figure, table } from './lib/report.js'
import { interleave } from './lib/rounds.js'
import { median, present } from './lib/stats.js'
import { APPS } from './sections/size.js'

const ROUNDS = 21
const MODEL = 'acme/tern-4b'
const messages = [{ role: 'user', content: 'lorem 20' }]

const library = buildLibrary()
const load = (subpath) => import(pathToFileURL(entryFile(library.folder, subpath)).href)
const { createLMStudio } = await load('.')
const { startMockLMStudio } = await load('./testing/node')
const { version } = JSON.parse(readFileSync(new URL('node_modules/openai/package.json', import.meta.url), 'utf8'))

const ours = { name: 'lmstudio-provider', app: 'lmstudio-provider: chat + list' }
const openai = { name: `openai ${version}`, app: 'openai' }
const subjects = [ours, openai]
const FUNCTIONS = 'lmstudio-provider/core: chat + list'

/** An application of the size section that uses the server at another address. */
const appAt = (app, url) =>
  APPS[app].replace('createLMStudio()', `createLMStudio({ endpoint: '${url}' })`).replace('http://127.0.0.1:1234', url)

const sizeOf = async (app) => `${gzippedKB(await bundle(library.folder, APPS[app])).toFixed(1)} kB`

/** CPU time beyond an empty module, because a busy machine changes the time on the clock. */
async function imports() {
  const modules = [
    { name: 'empty', module: new URL('empty.js', import.meta.url).href },
    { name: ours.name, module: pathToFileURL(entryFile(library.folder)).href },
    { name: openai.name, module: 'openai' },
  ]
  const run = ({ module }) => runNode('import-probe.js', [module])
  for (const subject of modules) await run(subject)
  const results = await interleave(modules, ROUNDS, run)
  const cpu = (name) => median(present(results.get(name).results.map((result) => result?.cpuMs)))
  return subjects.map(({ name }) => figure(cpu(name) - cpu('empty'), ' ms'))
}

/** Runs each application in a page whose origin is not that of the server. */
async function inPages(mock, use) {
  const pages = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'))
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve))
  const browser = await launchChromium()
  try {
    const results = []
    for (const { app } of subjects) {
      mock.reset()
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${pages.address().port}`)
      const code = Buffer.from(await bundle(library.folder, appAt(app, mock.url))).toString()
      const outcome = await page.evaluate(
        async ([code, model, messages]) => {
          const { chat } = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
          return chat(model, messages, () => {}).then(
            () => 'no error',
            (error) => [error.message, error.hint ?? ''].join(' ').trim(),
          )
        },
        [code, MODEL, messages],
      )
      results.push(use(outcome))
      await page.close()
    }
    return results
  } finally {
    await browser.close()
    pages.closeAllConnections()
    pages.close()
  }
}

/** The headers for which the browser asks the server in its preflight. */
async function preflights() {
  const mock = await startMockLMStudio({ allowedHeaders: [] })
  try {
    return await inPages(mock, () => {
      const { headers } = mock.calls.find(({ method, path }) => method === 'OPTIONS' && path === '/v1/chat/completions')
      return headers['access-control-request-headers'].split(',').join(', ')
    })
  } finally {
    await mock.close()
  }
}

/** What a page reports while a server runs with CORS off, which is the default of LM Studio. */
async function corsOff() {
  const mock = await startMockLMStudio({ cors: false })
  try {
    return await inPages(mock, (outcome) => outcome.replaceAll(mock.url, 'http://127.0.0.1:1234'))
  } finally {
    await mock.close()
  }
}

/** How a loop over a stream ends when the connection closes in the middle of the response. */
async function cutStreams() {
  const mock = await startMockLMStudio()
  const loops = [
    async () => {
      for await (const _ of createLMStudio({ endpoint: mock.url }).stream({ model: MODEL, messages }));
    },
    async () => {
      const client = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: 'none' })
      for await (const _ of await client.chat.completions.create({ model: MODEL, messages, stream: true }));
    },
  ]
  try {
    const endings = []
    for (const loop of loops) {
      mock.reset()
      mock.inject({ name: 'cut', afterEvents: 5 }, { path: '/v1/chat/completions' })
      endings.push(
        await loop().then(
          () => 'no error',
          ({ name, message }) => `${name}: ${message}`.replaceAll(mock.url, 'http://127.0.0.1:1234'),
        ),
      )
    }
    return endings
  } finally {
    await mock.close()
  }
}

const rows = [
  ['Chat and list of models in a page, gzipped', await sizeOf(ours.app), await sizeOf(openai.app)],
  ['The same with functions of `lmstudio-provider/core`', await sizeOf(FUNCTIONS), '–'],
  ['Import in Node, CPU time', ...(await imports())],
  ['Headers that CORS has to allow', ...(await preflights())],
  ['Error in a page while CORS is off', ...(await corsOff())],
  ['A stream that is cut off', ...(await cutStreams())],
]
const report = `# Comparison

Written by \`cd bench && npm ci && npm run compare\`, never by hand, with Node ${process.version} and the library built from
${library.revision}. Sizes are those of the applications in \`sections/size.js\`, bundled by esbuild. Import times are
medians of ${ROUNDS} new processes, beyond an empty module. Pages run in Chromium, and the server is the mock.

${table(['', ...subjects.map(({ name }) => name)], rows)}
`
writeFileSync(new URL('COMPARISON.md', import.meta.url), report)
console.log(report)
