// @ts-check
// Installs a Debian package, as root or through sudo: node scripts/apt-install.mjs nginx-light
import { argv, getuid } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { read, run } from './lib/run.mjs'

/** How long to wait while another process, an unattended upgrade for instance, holds a lock of apt or dpkg. */
const LOCK_TIMEOUT_MS = 300_000
const RETRY_DELAY_MS = 5_000

const asRoot = getuid?.() === 0 ? [] : ['sudo', '-n']

/**
 * Installs a Debian package and resolves to whether that succeeded. All output goes to standard error.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export async function aptInstall(name) {
  try {
    await update()
    const args = ['-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_MS / 1000}`, 'install', '-y', '-qq']
    const [command, ...rest] = aptGet(...args, '--no-install-recommends', name)
    return (await run(command, rest, { stdio: ['ignore', 2, 2] })) === 0
  } catch (error) {
    console.error(String(error))
    return false
  }
}

/**
 * Updates the package lists. Fails silently: the lists on disk may do. `DPkg::Lock::Timeout` has no effect on
 * `apt-get update`, which exits at once while another apt holds its lock, so this retries.
 */
async function update() {
  const [command, ...args] = aptGet('update', '-qq')
  for (const deadline = Date.now() + LOCK_TIMEOUT_MS; ; await sleep(RETRY_DELAY_MS)) {
    try {
      await read(command, args)
      return
    } catch (error) {
      const isLocked = String(error).includes('Could not get lock')
      if (!isLocked) console.error(String(error))
      if (!isLocked || Date.now() > deadline) return
    }
  }
}

/**
 * @param {readonly string[]} args
 * @returns {[string, ...string[]]}
 */
function aptGet(...args) {
  // sudo does not pass the environment on. LC_ALL: the message about the lock is matched in English.
  const words = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', 'apt-get', ...args]
  return /** @type {[string, ...string[]]} */ (words)
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const [name] = argv.slice(2)
  if (name === undefined) throw new Error('Usage: node scripts/apt-install.mjs <package>')
  process.exitCode = (await aptInstall(name)) ? 0 : 1
}
