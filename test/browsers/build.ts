import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'vite'
import { buildContract } from '../../e2e/setup/build.js'
import { fromRoot } from '../../e2e/setup/paths.js'

const OUT = 'test/browsers/dist'

/** The folders that the site of these checks serves. */
export const FOLDERS = [
  ['/package/', `${OUT}/package`],
  ['/contract/', `${OUT}/contract`],
  ['/pages/', 'e2e/pages'],
  ['/', `${OUT}/playground`],
] as const

/** Builds what the browsers load into a folder of its own, so that no other build replaces it during a test. */
export async function prepare(): Promise<void> {
  rmSync(fromRoot(OUT), { recursive: true, force: true })
  const into = (name: string): string => fromRoot(`${OUT}/${name}`)
  await build({
    configFile: fromRoot('vite.config.ts'),
    root: fromRoot('.'),
    logLevel: 'warn',
    build: { outDir: into('package'), sourcemap: false },
  })
  await buildContract(into('contract'))
  await build({
    configFile: fromRoot('playground/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: into('playground') },
  })
  const page = into('playground/index.html')
  // The first script of the page; the page's policy allows scripts of its own origin.
  writeFileSync(page, readFileSync(page, 'utf8').replace('<script', '<script src="./watch.js"></script><script'))
  copyFileSync(fromRoot('test/browsers/watch.js'), into('playground/watch.js'))
}
