// @ts-check
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

/**
 * Installs the dependencies of a folder with its own package.json, once per lock file. These dependencies are too large
 * for the `npm ci` of the root.
 * @param {string} folder
 */
export async function install(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  const stamp = join(folder, 'node_modules', '.installed-lock')
  if (readStamp(stamp) === lock) return
  console.log(`Installing ${folder}`)
  // Install scripts would only copy or download binaries that the packages for this platform already contain.
  const code = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
  if (code !== 0) throw new Error(`npm ci failed in ${folder}`)
  writeFileSync(stamp, lock)
}

/** @param {string} stamp */
function readStamp(stamp) {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return undefined
  }
}
