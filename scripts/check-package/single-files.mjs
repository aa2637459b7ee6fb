// @ts-check
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createContext, runInContext } from 'node:vm'

/**
 * Checks the files for pages without a bundler: the classic script defines one global with the exports of the main entry,
 * and integrity.json has the hashes of the packed files.
 * @param {string} installed
 */
export async function checkSingleFiles(installed) {
  const page = createContext({})
  const before = Object.getOwnPropertyNames(page)
  runInContext(readFileSync(join(installed, 'dist/lmstudio-provider.iife.js'), 'latin1'), page)
  const added = Object.getOwnPropertyNames(page).filter((name) => !before.includes(name))
  if (added.join() !== 'LMStudioProvider') throw new Error(`The classic script defines the globals ${added.join()}`)

  const expected = await exportsOf(join(installed, 'dist/index.js'))
  for (const [title, found] of /** @type {const} */ ([
    ['lmstudio-provider.iife.js', Object.keys(page.LMStudioProvider).toSorted()],
    ['lmstudio-provider.min.js', await exportsOf(join(installed, 'dist/lmstudio-provider.min.js'))],
  ])) {
    if (found.join() !== expected.join())
      throw new Error(`${title} exports ${found.join()} instead of ${expected.join()}`)
  }

  const hashes = JSON.parse(readFileSync(join(installed, 'dist/integrity.json'), 'utf8'))
  for (const name of ['lmstudio-provider.iife.js', 'lmstudio-provider.min.js']) {
    const hash = createHash('sha384')
      .update(readFileSync(join(installed, 'dist', name)))
      .digest('base64')
    if (hashes[name] !== `sha384-${hash}`) throw new Error(`dist/integrity.json has another hash for ${name}`)
  }
  console.log(`single files: ${expected.length} exports each, hashes match`)
}

/** @param {string} path */
async function exportsOf(path) {
  return Object.keys(await import(pathToFileURL(path).href)).toSorted()
}
