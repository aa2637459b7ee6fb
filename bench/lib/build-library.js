import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const target = fileURLToPath(new URL('../.build/', import.meta.url))

/**
 * Builds the library into a folder of its own, so that nobody who builds `dist` meanwhile changes what is measured.
 * Where the library's own dependencies are not installed, `dist` is taken as it is; without that, they are installed.
 *
 * @returns {{ folder: string, how: string }}
 */
export function buildLibrary() {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  // The package's own name must resolve from there too.
  cpSync(`${root}package.json`, `${target}package.json`)
  const folder = `${target}dist/`
  const vite = `${root}node_modules/vite/bin/vite.js`
  if (!existsSync(vite) && !existsSync(`${root}dist/index.js`)) {
    console.log('The library’s own dependencies are not there: installing them.')
    spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit' })
  }
  if (existsSync(vite)) {
    const args = [vite, 'build', '--logLevel', 'warn', '--outDir', folder]
    const built = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    if (built.status === 0) return { folder, how: `built for this run from \`src\`${revision()}` }
    throw new Error(`The library did not build:\n${built.stdout}${built.stderr}`)
  }
  if (!existsSync(`${root}dist/index.js`)) {
    throw new Error('Neither the library’s dependencies nor `dist` is there: run `npm ci` in the folder above.')
  }
  cpSync(`${root}dist`, folder, { recursive: true })
  return { folder, how: 'taken from `dist` as it was' }
}

/** Which state of the repository that is, where git can say. */
function revision() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  const commit = git('rev-parse', '--short', 'HEAD')
  if (commit.status !== 0) return ''
  const isChanged = git('status', '--porcelain', '--', 'src').stdout.trim() !== ''
  return ` at ${commit.stdout.trim()}${isChanged ? ', with changes' : ''}`
}
