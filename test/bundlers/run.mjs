import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { launchChromium } from '../../scripts/lib/launch-chromium.mjs'
import { read } from '../../scripts/lib/run.mjs'
import { binaryIn, buildPage, bundlers, contentsOf } from './build.mjs'
import { tryTypeScript } from './typescript.mjs'

const own = fileURLToPath(new URL('.', import.meta.url))
const root = join(own, '../..')
const work = join(own, '.work')

/**
 * Runs the named bundlers, `jsr` and `typescript`, or all.
 * @param {readonly string[]} chosen
 */
export async function runBundlers(chosen) {
  const counts = { passed: 0, failed: 0 }
  /** @type {(name: string, problem: string | undefined) => void} */
  const report = (name, problem) => {
    counts[problem === undefined ? 'passed' : 'failed'] += 1
    console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name}${problem === undefined ? '' : `: ${problem}`}`)
  }
  const isChosen = (/** @type {string} */ name) => chosen.length === 0 || chosen.includes(name)
  await installPacked()
  if (isChosen('jsr')) await tryJSR(report)
  if (isChosen('typescript')) await tryTypeScript(work, report)
  const names = Object.keys(bundlers).filter(isChosen)
  if (names.length > 0) await tryBundlers(names, report)
  return counts
}

/**
 * Publishes to JSR without sending anything. Deno checks the types, and that all exports have explicit ones.
 * @param {(name: string, problem: string | undefined) => void} report
 */
async function tryJSR(report) {
  const args = ['publish', '--config', 'jsr.json', '--dry-run', '--allow-dirty', '--no-provenance']
  const dry = read(binaryIn('@deno', 'deno'), args, { cwd: root, env: { ...env, DENO_NO_UPDATE_CHECK: '1' } })
  report('JSR', await dry.then(() => undefined, String))
}

/** Installs the packed package in the work folder, above the folders of all pages. */
async function installPacked() {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  writeFileSync(join(work, 'package.json'), '{ "private": true, "type": "module" }\n')
  await read('npm', ['pack', '--pack-destination', work], { cwd: root })
  const packed = readdirSync(work).find((name) => name.endsWith('.tgz')) ?? ''
  await read('npm', ['install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', `./${packed}`], {
    cwd: work,
  })
}

/**
 * @param {readonly string[]} names
 * @param {(name: string, problem: string | undefined) => void} report
 */
async function tryBundlers(names, report) {
  const { startMockLMStudio } = await import(new URL('../../dist/testing-node.js', import.meta.url).href)
  const mock = await startMockLMStudio()
  const site = await serve(join(work, 'out'))
  const browser = await launchChromium()
  try {
    for (const name of names) {
      const problem = await problemOf(name, browser, site.url, mock.url).catch((error) => String(error))
      report(name, problem)
    }
  } finally {
    await browser.close()
    site.close()
    await mock.close()
  }
}

/**
 * Builds the page with the package and one without, and opens the page. Returns what is wrong.
 * @param {string} name
 * @param {import('@playwright/test').Browser} browser
 * @param {string} site
 * @param {string} endpoint
 */
async function problemOf(name, browser, site, endpoint) {
  const empty = await buildPage(name, 'empty', work)
  const app = await buildPage(name, 'app', work)
  if (app.warnings !== empty.warnings) return `warnings: ${app.warnings}`
  const others = contentsOf(empty.out)
  const added = [...contentsOf(app.out)].filter((found) => !others.has(found))
  if (added.join() !== 'lmstudio-provider') return `the page contains ${added.join(', ') || 'nothing of the package'}`
  return open(browser, `${site}/${name}/app/index.html?endpoint=${endpoint}`)
}

/**
 * @param {import('@playwright/test').Browser} browser
 * @param {string} url
 */
async function open(browser, url) {
  const page = await browser.newPage()
  /** @type {string[]} */
  const complaints = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  try {
    await page.goto(url)
    await page.getByText('Good evening.').waitFor({ timeout: 30_000 })
  } catch (error) {
    complaints.push(String(error))
  } finally {
    await page.close()
  }
  return complaints.length === 0 ? undefined : complaints.join('\n')
}

/** @param {string} folder */
async function serve(folder) {
  /** @type {Record<string, string>} */
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
  const server = createServer((request, response) => {
    // Next.js refers to its files from the root of the site.
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const path = pathname.startsWith('/_next/') ? `/next/app${pathname}` : pathname
    try {
      const body = readFileSync(join(folder, path))
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
