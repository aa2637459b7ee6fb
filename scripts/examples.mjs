// @ts-check
// Runs the examples in playground/examples/ that have dependencies of their own, and the components and configurations of
// docs/, as their users do: the library is built and packed, each example is installed in a temporary copy, built,
// started, and checked against the mock over real sockets and in Chromium. Not part of `npm test`, because it installs
// frameworks.
//   npm run examples                   all examples
//   npm run examples -- hono nextjs    some of them
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { startApp } from './examples/app.mjs'
import { filesOf } from './examples/doc-files.mjs'
import { findChromium } from './find-chromium.mjs'
import { launchChromium } from './lib/launch-chromium.mjs'
import { freePort } from './lib/free-port.mjs'
import { read } from './lib/run.mjs'

/** @typedef {import('./examples/server-checks.mjs').Mock} Mock */
/** @typedef {(folder: string, mock: Mock) => Promise<void>} Run */

const root = fileURLToPath(new URL('..', import.meta.url))
/** Only ends a check that hangs. */
const CHECK_TIMEOUT_MS = 120_000

/** @type {Record<string, Run>} */
const examples = {
  hono: (folder, mock) => runServer(folder, mock),
  express: (folder, mock) => runServer(folder, mock),
  nextjs: (folder, mock) => runServer(folder, mock, { hasPage: true }),
  // The `request.signal` of SvelteKit does not abort any more once the body of the request was read.
  sveltekit: (folder, mock) =>
    runServer(folder, mock, { hasPage: true, except: 'stops the model when the client leaves before the first event' }),
  recipes: runRecipes,
  'dev-proxies': runDevProxies,
  testing: runTesting,
}

const chosen = argv.slice(2)
const unknown = chosen.filter((name) => !Object.hasOwn(examples, name))
if (unknown.length > 0) {
  throw new Error(`Unknown example: ${unknown.join(', ')}. The examples are: ${Object.keys(examples).join(', ')}`)
}

console.log('Building and packing the library')
await read('npm', ['run', '--silent', 'build'], { cwd: root })
const { testing } = await import('./examples/library.mjs')
const { reply, serverChecks } = await import('./examples/server-checks.mjs')
const { pageChecks } = await import('./examples/page-checks.mjs')
const { serveRecipes } = await import('./examples/recipe-site.mjs')

const counts = { passed: 0, failed: 0 }
const temporary = mkdtempSync(join(tmpdir(), 'lmstudio-provider-examples-'))
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const packed = await read('npm', ['pack', '--json', '--pack-destination', temporary], { cwd: root })
const [{ filename }] = /** @type {[{ filename: string }]} */ (Object.values(JSON.parse(packed)))
const browser = await launchChromium()
try {
  for (const name of chosen.length > 0 ? chosen : Object.keys(examples)) await runExample(name)
} finally {
  await browser.close()
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1

/**
 * Installs an example in a temporary copy, and runs its checks. A failure before the checks counts as one.
 * @param {string} name
 */
async function runExample(name) {
  console.log(`\n${name}`)
  const folder = join(temporary, name)
  const mock = await testing.startMockLMStudio({ reply })
  try {
    cpSync(join(root, 'playground/examples', name), folder, { recursive: true, filter: isSource })
    cpSync(join(temporary, filename), join(folder, 'lmstudio-provider.tgz'))
    await read('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'], { cwd: folder })
    await /** @type {Run} */ (examples[name])(folder, mock)
  } catch (error) {
    report('is installed, built and started', error)
  } finally {
    await mock.close()
  }
}

/** @param {string} path */
function isSource(path) {
  return !/[\\/](node_modules|dist|build|\.next|\.svelte-kit)$/.test(path)
}

/**
 * @param {string} folder
 * @param {Mock} mock
 * @param {{ hasPage?: boolean, except?: string }} [options]
 */
async function runServer(folder, mock, { hasPage = false, except } = {}) {
  await read('npm', ['run', 'build'], { cwd: folder, env: { ...env, NEXT_TELEMETRY_DISABLED: '1' } })
  const app = await startApp(folder, () => ['npm', 'run', '--silent', 'start'], { LMSTUDIO_ENDPOINT: mock.url })
  try {
    for (const [title, check] of Object.entries(serverChecks)) {
      if (title !== except) await runCheck(title, mock, () => check(app.url, mock))
    }
    if (hasPage) await checkPage('the page', app.url, mock)
  } finally {
    await app.stop()
  }
}

/**
 * Each component of docs/guide/react-vue-svelte.md, with each of its two sources of a response.
 * @type {Run}
 */
async function runRecipes(folder, mock) {
  for (const [name, text] of filesOf('guide/react-vue-svelte.md')) writeFileSync(join(folder, 'src', name), text)
  await read('npm', ['run', 'build'], { cwd: folder, env: { ...env, VITE_LMSTUDIO_ENDPOINT: mock.url } })
  const site = await serveRecipes(join(folder, 'dist'), mock.url)
  try {
    for (const page of ['react', 'vue', 'svelte']) {
      await checkPage(`${page}, directly`, `${site.url}/${page}.html`, mock)
      await checkPage(`${page}, from a server`, `${site.url}/${page}.html?server`, mock)
    }
  } finally {
    await site.stop()
  }
}

/**
 * Each configuration of docs/guide/dev-proxies.md, while the server has CORS off.
 * @type {Run}
 */
async function runDevProxies(folder, mock) {
  for (const [name, text] of filesOf('guide/dev-proxies.md')) {
    writeFileSync(join(folder, name), text.replaceAll('http://127.0.0.1:1234', mock.url))
  }
  /** @type {Record<string, readonly string[]>} */
  const commands = {
    vite: ['vite', '--host', '127.0.0.1', '--port'],
    webpack: ['webpack', 'serve', '--host', '127.0.0.1', '--port'],
    next: ['next', 'dev', '--hostname', '127.0.0.1', '--port'],
  }
  for (const [name, [program = '', ...args]] of Object.entries(commands)) {
    const app = await startApp(folder, (port) => [join(folder, 'node_modules/.bin', program), ...args, String(port)])
    try {
      await checkPage(name, app.url, mock, { cors: false })
    } finally {
      await app.stop()
    }
  }
}

/**
 * The files of docs/testing.md, each with its tool.
 * @type {Run}
 */
async function runTesting(folder, mock) {
  for (const [name, text] of filesOf('testing.md')) writeFileSync(join(folder, name), text)
  // The same test as TypeScript.
  cpSync(join(folder, 'summarize.jest.js'), join(folder, 'summarize.jest.ts'))
  const modules = { NODE_OPTIONS: '--experimental-vm-modules' }
  const page = { CHROMIUM_PATH: await findChromium(), PORT: String(await freePort()) }
  /** @type {[string, string[], Record<string, string>][]} */
  const commands = [
    ['Vitest and MSW', ['vitest', 'run'], {}],
    ['Jest with modules', ['jest'], modules],
    ['Jest with Babel', ['jest', '--config', 'jest.babel.config.cjs'], {}],
    ['Jest with TypeScript', ['jest', '--config', 'jest.typescript.config.cjs'], {}],
    ['Playwright', ['playwright', 'test', '--config', 'playwright.own-browser.config.js'], page],
  ]
  for (const [title, [program = '', ...args], environment] of commands) {
    const command = join(folder, 'node_modules/.bin', program)
    await runCheck(title, mock, async () => {
      await read(command, args, { cwd: folder, env: { ...env, ...environment } })
    })
  }
}

/**
 * @param {string} name
 * @param {string} url
 * @param {Mock} mock
 * @param {{ cors?: boolean }} [options]
 */
async function checkPage(name, url, mock, { cors = true } = {}) {
  for (const [title, check] of Object.entries(pageChecks)) {
    const page = await browser.newPage()
    await runCheck(`${name}: ${title}`, mock, async () => {
      mock.configure({ cors })
      // A form that a framework does not handle yet would reload the page.
      await page.goto(url, { waitUntil: 'networkidle' })
      await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
      await check(page, mock)
    })
    await page.close()
  }
}

/**
 * @param {string} title
 * @param {Mock} mock
 * @param {() => Promise<void>} check
 */
async function runCheck(title, mock, check) {
  mock.reset()
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const expired = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The check did not end.')), CHECK_TIMEOUT_MS)
  })
  await Promise.race([check(), expired]).then(
    () => report(title),
    (error) => report(title, error),
  )
  clearTimeout(timer)
}

/**
 * @param {string} title
 * @param {unknown} [error]
 */
function report(title, error) {
  counts[error === undefined ? 'passed' : 'failed'] += 1
  console.log(error === undefined ? `  ok      ${title}` : `  FAILED  ${title}\n${indent(error)}`)
}

/** @param {unknown} error */
function indent(error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return text.replace(/^/gm, '          ')
}
