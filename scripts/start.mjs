#!/usr/bin/env node
// @ts-check
// Builds and serves the playground, connected to LM Studio on this machine or, if it is not running, to a mock server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, preview } from 'vite'
import { importSource } from './lib/import-source.mjs'
import { readPort } from './start/read-port.mjs'

const LM_STUDIO = 'http://127.0.0.1:1234'
const HOST = '127.0.0.1'
const HELP = `npm start -- [options]

  --port <n>   port of the page (default: 5173; if it is taken, the next free port)
  --mock       use the mock server even if LM Studio is running
  --help       show this help
`

/** @param {string} path */
const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Checks that LM Studio, and not another program, listens on its default port. */
async function isLMStudioRunning() {
  try {
    const response = await fetch(`${LM_STUDIO}/lmstudio-greeting`, { signal: AbortSignal.timeout(1000) })
    return (await response.json()).lmstudio === true
  } catch {
    return false
  }
}

/**
 * Starts a mock server on the first free port at or above `port`.
 * @param {number} port
 * @returns {Promise<import('../src/testing/node-server.js').MockLMStudioServer>}
 */
async function startMock(port) {
  const { startMockLMStudio } = await importSource('src/testing/node-server.ts')
  const { demoReply } = await importSource('playground/src/lib/demo-reply.ts')
  for (let candidate = port; ; candidate++) {
    try {
      return await startMockLMStudio({ port: candidate, tokensPerSecond: 45, reply: demoReply })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    }
  }
}

/**
 * Builds and serves the page. The build gets its own temporary folder, so that another build cannot delete its files.
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
  const usesLMStudio = !values.mock && (await isLMStudioRunning())
  const mock = usesLMStudio ? undefined : await startMock(port + 1)
  const endpoint = mock?.url ?? LM_STUDIO
  const page = await startPage(port)
  // The page reads the endpoint from its own URL.
  const address = `${page.url}?endpoint=${encodeURIComponent(endpoint)}${usesLMStudio ? '' : '&mock'}`

  const reason = values.mock ? '--mock' : `LM Studio is not running at ${LM_STUDIO}`
  if (new URL(page.url).port !== String(port)) console.log(`Port ${port} is taken. Using the next free port.`)
  console.log(`
  Playground  ${address}
  LM Studio   ${endpoint} ${usesLMStudio ? '(running on this machine)' : `(mock server: ${reason})`}

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
