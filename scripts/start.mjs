#!/usr/bin/env node
// @ts-check
// Builds the playground and serves just that, with the LM Studio of this machine or, where none answers, with a mock of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, preview, runnerImport } from 'vite'
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
 * A module of TypeScript that nobody has built, through Vite.
 * @param {string} path
 */
const load = async (path) => {
  const { module } = await runnerImport(fromRoot(path), { configFile: false, logLevel: 'error' })
  return module
}

/**
 * A mock on the first free port from `port` on.
 * @param {number} port
 * @returns {Promise<import('../src/testing/node-server.js').MockLMStudioServer>}
 */
async function startMock(port) {
  const { startMockLMStudio } = await load('src/testing/node-server.ts')
  const { demoReply } = await load('playground/src/lib/demo-reply.ts')
  for (let candidate = port; ; candidate++) {
    try {
      return await startMockLMStudio({ port: candidate, tokensPerSecond: 45, reply: demoReply })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    }
  }
}

/**
 * The built page, in a folder of its own, so that nobody else's build is pulled away from under it.
 * @param {number} port
 */
async function startPage(port) {
  const configFile = fromRoot('playground/vite.config.ts')
  const outDir = mkdtempSync(join(tmpdir(), 'playground-'))
  const remove = () => rmSync(outDir, { recursive: true, force: true })
  try {
    await build({ configFile, logLevel: 'warn', build: { outDir } })
    const server = await preview({ configFile, logLevel: 'warn', build: { outDir }, preview: { host: HOST, port } })
    return {
      url: server.resolvedUrls?.local[0] ?? '',
      close: async () => {
        await server.close()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
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
  const page = await startPage(port)
  // The page finds in its address where to connect to.
  const address = `${page.url}?endpoint=${encodeURIComponent(endpoint)}${isReal ? '' : '&mock'}`

  const why = values.mock ? 'as you asked' : `nothing that is LM Studio answered at ${LM_STUDIO}`
  if (new URL(page.url).port !== String(port)) console.log(`Port ${port} is taken, so it is another one.`)
  console.log(`
  Playground  ${address}
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
