import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const target = fileURLToPath(new URL('../.build/', import.meta.url))

/**
 * Builds the library with its own `npm run build` and copies what would be published to `bench/.build`, so that a later
 * build of `dist` does not change what is being measured.
 *
 * @returns {{ folder: string, revision: string }} the package folder, and the commit it was built from
 */
export function buildLibrary() {
  if (!existsSync(`${root}node_modules`)) {
    console.log('Installing the dependencies of the library.')
    spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit' })
  }
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`The library did not build:\n${build.stdout}${build.stderr}`)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  // With its package.json, the folder can import itself by name: bundlers see `exports` and `sideEffects` as published.
  for (const name of ['package.json', 'dist']) cpSync(`${root}${name}`, `${target}${name}`, { recursive: true })
  return { folder: target, revision: revision() }
}

/**
 * Finds the file behind an entry of the library, as `exports` in its package.json names it.
 *
 * @param {string} folder the folder that {@link buildLibrary} returned
 * @param {string} [subpath] such as `./core`; the main entry if omitted
 */
export function entryFile(folder, subpath = '.') {
  const { exports } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const entry = exports[subpath]
  if (entry === undefined) throw new Error(`package.json has no exports["${subpath}"].`)
  return fileURLToPath(new URL(entry.default, new URL(`file://${folder}`)))
}

function revision() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  const commit = git('rev-parse', '--short', 'HEAD')
  if (commit.status !== 0) return 'an unknown commit'
  const isChanged = git('status', '--porcelain', '--', 'src', 'vite.config.ts', 'package.json').stdout.trim() !== ''
  return `${commit.stdout.trim()}${isChanged ? ' with uncommitted changes' : ''}`
}
