// @ts-check
// Finds a Chromium for the browser tests, or gets one. Alone it prints the path: node scripts/find-chromium.mjs
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { argv, env, getuid, platform } from 'node:process'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
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
 * The path of a Chromium that starts: `CHROMIUM_PATH`, an installed one, Playwright's own, then Playwright's download,
 * then Debian's package.
 * @returns {Promise<string>}
 */
export async function findChromium() {
  if (env.CHROMIUM_PATH) {
    if (await starts(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH
    throw new Error(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, which does not start.`)
  }
  const found = await firstThatStarts()
  if (found) return found

  console.error('No Chromium is installed: trying Playwright’s download.')
  if ((await attempt('npx', ['playwright', 'install', 'chromium'])) === 0) {
    const downloaded = await firstThatStarts()
    if (downloaded) return downloaded
  }
  if (platform === 'linux') {
    console.error('That failed: trying apt-get.')
    const sudo = getuid?.() === 0 ? [] : ['sudo', '-n']
    await apt(sudo, ['update', '-qq'])
    await apt(sudo, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
    const installed = await firstThatStarts()
    if (installed) return installed
  }
  throw new Error('The browser tests need Chromium: install one, or set CHROMIUM_PATH to where it is.')
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

/**
 * @param {readonly string[]} sudo
 * @param {readonly string[]} args
 */
function apt(sudo, args) {
  const [command = '', ...rest] = [...sudo, 'apt-get', ...args]
  return attempt(command, rest, { ...env, DEBIAN_FRONTEND: 'noninteractive' })
}

/**
 * Runs with all output on standard error, so that the path alone is on standard output; a missing command is a failure.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
function attempt(command, args, environment = env) {
  return run(command, args, { stdio: ['ignore', 2, 2], env: environment }).catch(() => 1)
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) console.log(await findChromium())
