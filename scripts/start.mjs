#!/usr/bin/env node
// @ts-check
// Serves the playground, with the LM Studio of this machine or, where none answers, with a mock of it.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer, runnerImport } from 'vite'
import { demoReply } from './start/demo-reply.mjs'
import { readPort } from './start/read-port.mjs'

const LM_STUDIO = 'http://127.0.0.1:1234'
const HOST = '127.0.0.1'
const HELP = `npm start -- [options]

  --port <n>   port of the page (5173; the next free one if it is taken)
  --mock       use the mock even if LM Studio answers
  --help       say this
`

/** @param {string} path */
const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Whether LM Studio itself, and no other program, listens on its usual port. */
async function lmStudioAnswers() {
  try {
    const response = await fetch(`${LM_STUDIO}/lmstudio-greeting`, { signal: AbortSignal.timeout(1000) })
    return (await response.json()).lmstudio === true
  } catch {
    return false
  }
}

/**
 * A mock on the first free port from `port` on. Loaded through Vite, since it is TypeScript that nobody has built.
 * @param {number} port
 * @returns {Promise<import('../src/testing/node-server.js').MockLMStudioServer>}
 */
async function startMock(port) {
  const { module } = await runnerImport(fromRoot('src/testing/node-server.ts'), {
    configFile: false,
    logLevel: 'error',
  })
  for (let candidate = port; ; candidate++) {
    try {
      return await module.startMockLMStudio({ port: candidate, tokensPerSecond: 45, reply: demoReply })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    }
  }
}

/**
 * The page, which finds in its head where to connect to.
 * @param {number} port
 * @param {string} endpoint
 * @param {boolean} isMock
 */
async function startPage(port, endpoint, isMock) {
  const tell = {
    name: 'lmstudio-endpoint',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { name: 'lmstudio-endpoint', content: endpoint, 'data-mock': isMock } },
    ],
  }
  const server = await createServer({
    configFile: fromRoot('playground/vite.config.ts'),
    plugins: [tell],
    server: { host: HOST, port },
    logLevel: 'warn',
  })
  await server.listen()
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() }
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5173' },
      mock: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(HELP)
  const port = readPort(values.port)
  const isReal = !values.mock && (await lmStudioAnswers())
  const mock = isReal ? undefined : await startMock(port + 1)
  const endpoint = mock?.url ?? LM_STUDIO
  const page = await startPage(port, endpoint, !isReal)

  const why = values.mock ? 'as you asked' : `nothing that is LM Studio answered at ${LM_STUDIO}`
  if (new URL(page.url).port !== String(port)) console.log(`Port ${port} is taken, so it is another one.`)
  console.log(`
  Playground  ${page.url}
  LM Studio   ${endpoint} ${isReal ? '(the one on this machine)' : `(a mock: ${why})`}

  Stop with Ctrl+C.
`)

  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await Promise.all([page.close(), mock?.close()])
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error) => {
  console.error(`${error.message}\n\n${HELP}`)
  process.exit(1)
})
