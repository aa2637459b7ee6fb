// @ts-check
// Finds or installs a Chromium for the browser tests. Run directly, it prints the path: node scripts/find-chromium.mjs
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { argv, env, platform } from 'node:process'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { aptInstall } from './apt-install.mjs'
import { read, run } from './lib/run.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const elsewhere = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Returns the path of a Chromium that starts. Tries `CHROMIUM_PATH`, installed browsers, Playwright's copy, Playwright's
 * download and Debian's package, in this order.
 * @returns {Promise<string>}
 */
export async function findChromium() {
  if (env.CHROMIUM_PATH) {
    if (await starts(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH
    throw new Error(`CHROMIUM_PATH does not start: ${env.CHROMIUM_PATH}`)
  }
  const found = await firstThatStarts()
  if (found) return found

  console.error('No Chromium found. Trying Playwright’s download.')
  if (await downloadChromium()) {
    const downloaded = await firstThatStarts()
    if (downloaded) return downloaded
  }
  if (platform === 'linux') {
    console.error('The download failed. Trying apt-get.')
    await aptInstall('chromium')
    const installed = await firstThatStarts()
    if (installed) return installed
  }
  throw new Error('The browser tests need Chromium. Install it or set CHROMIUM_PATH to its executable.')
}

async function firstThatStarts() {
  const inPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  for (const path of new Set([...inPath, ...elsewhere, chromium.executablePath()])) {
    if (isExecutable(path) && (await starts(path))) return path
  }
  return undefined
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @param {string} path */
function starts(path) {
  return read(path, ['--version']).then(
    (text) => /chrom/i.test(text),
    () => false,
  )
}

/** Resolves to whether the download succeeded. Its output goes to standard error: standard output is for the path. */
async function downloadChromium() {
  try {
    return (await run('npx', ['playwright', 'install', 'chromium'], { stdio: ['ignore', 2, 2] })) === 0
  } catch {
    // npx is not installed.
    return false
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) console.log(await findChromium())
