// @ts-check
// Runs the smoke test of test/runtime/ on dist/ in every supported runtime, against a mock in this process. Expects dist/
// as `npm run build` leaves it.
//   npm run runtime                    all runtimes
//   npm run runtime -- bun workerd     some of them
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arch, argv, env, execPath, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { writeCounts } from './lib/counts.mjs'
import { freePort } from './lib/free-port.mjs'
import { install } from './lib/install.mjs'
import { read } from './lib/run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const own = join(root, 'test/runtime')
const modules = join(own, 'node_modules')
const script = join(own, 'command-line.mjs')
const distURL = new URL('../dist/testing-node.js', import.meta.url).href

/** @typedef {{ name: string, error?: string }} Result */

/** @type {Record<string, (addresses: readonly [url: string, nowhere: string]) => Promise<Result[]>>} */
const runtimes = {
  node: (addresses) => commandLine(execPath, [script, ...addresses]),
  'node-22': (addresses) => commandLine(nodeOf(22), [script, ...addresses]),
  'node-24': (addresses) => commandLine(nodeOf(24), [script, ...addresses]),
  bun: (addresses) => commandLine(binaryIn('@oven', 'bin/bun'), [script, ...addresses]),
  deno: (addresses) =>
    commandLine(binaryIn('@deno', 'deno'), ['run', '--no-prompt', '--allow-all', script, ...addresses]),
  workerd: (addresses) => workerd(addresses, '2025-01-01'),
  // `fetch` refuses the cache mode there.
  'workerd-2023': (addresses) => workerd(addresses, '2023-12-01'),
}

await install(own)
const { startMockLMStudio } = await import(distURL)
const server = await startMockLMStudio({ port: 0 })
const nowhere = `http://127.0.0.1:${await freePort()}`
const chosen = argv.slice(2)
const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  for (const [name, start] of Object.entries(runtimes)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    const results = await start([server.url, nowhere]).catch((error) => [{ name: 'starts', error: String(error) }])
    const failures = results.filter(({ error }) => error !== undefined)
    console.log(`${name.padEnd(12)} ${results.length - failures.length} of ${results.length} passed`)
    for (const { name: check, error } of failures) console.log(`  ${name} ${check}: ${error}`)
    counts.passed += results.length - failures.length
    counts.failed += failures.length
  }
} finally {
  await server.close()
}
writeCounts('runtime', counts)
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<Result[]>}
 */
async function commandLine(command, args) {
  const quiet = { ...env, DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1', NO_COLOR: '1' }
  const printed = await read(command, args, { cwd: own, env: quiet, timeout: 180_000 })
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}

/** @param {number} major */
function nodeOf(major) {
  return join(modules, `node-${major}-${platform}-${arch}`, 'bin/node')
}

/**
 * Finds the binary in the installed package of a scope, which is the one for this platform.
 * @param {string} scope
 * @param {string} path
 */
function binaryIn(scope, path) {
  const folder = join(modules, scope)
  const found = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, path)) : []
  const binary = found.find((candidate) => existsSync(candidate))
  if (!binary) throw new Error(`${scope} is not installed for ${platform} ${arch}`)
  return binary
}

/**
 * Runs the smoke test in workerd, whose configuration lists every module of dist/.
 * @param {readonly [url: string, nowhere: string]} addresses
 * @param {string} compatibilityDate
 * @returns {Promise<Result[]>}
 */
async function workerd([url, nowhere], compatibilityDate) {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-provider-workerd-'))
  const port = await freePort()
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  for (const name of ['worker.mjs', 'smoke.mjs']) cpSync(join(own, name), join(folder, name))
  const list = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?js$/.test(path) && !/(^|[/-])node\.js$/.test(path))
    .toSorted((one, other) => Number(other === 'worker.mjs') - Number(one === 'worker.mjs'))
    .map((path) => `(name = "${path}", esModule = embed "${path}")`)
  const config = join(folder, 'config.capnp')
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${list.join(',\n        ')}],
      compatibilityDate = "${compatibilityDate}",
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`,
  )
  const child = spawn(binaryIn('@cloudflare', 'bin/workerd'), ['serve', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })
  try {
    const response = await whenUp(`http://127.0.0.1:${port}/?${new URLSearchParams({ url, nowhere })}`, ended)
    return await response.json()
  } finally {
    child.kill()
    await ended
    rmSync(folder, { recursive: true })
  }
}

/**
 * Sends a request until one succeeds, for at most 20 s; the response itself may take longer.
 * @param {string} url
 * @param {Promise<unknown>} ended
 */
async function whenUp(url, ended) {
  let hasEnded = false
  void ended.then(() => (hasEnded = true))
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      return await fetch(url)
    } catch (error) {
      if (hasEnded || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
