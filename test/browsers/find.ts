import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fromRoot } from '../../e2e/setup/paths.js'

/** Finds the first of the given programs in `PATH`. */
export function findFile(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

const own = createRequire(fromRoot('test/browsers/package.json'))

/** Loads a package that is installed in this folder only. */
export const loadOwn = <T>(name: string): T => own(name) as T
