import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import type { LoadConfigOptions } from '../../src/node/load-config.js'

/** A project, a home folder and an environment for one test. */
export interface Places extends LoadConfigOptions {
  readonly cwd: string
  readonly home: string
  readonly env: Record<string, string>
  /** Writes a file below the project and returns its path. */
  project(name: string, content: string | Uint8Array): string
  /** Writes a file into the user's config folder and returns its path. */
  user(name: string, content: string | Uint8Array): string
}

export function makePlaces(env: Record<string, string> = {}): Places {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'lmstudio-config-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const write =
    (folder: string) =>
    (name: string, content: string | Uint8Array): string => {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    }
  const [cwd, home] = [join(root, 'project'), join(root, 'home')]
  mkdirSync(cwd)
  mkdirSync(home)
  // Not enumerable: `loadConfig` would reject them as unknown options.
  const helpers = { project: write(cwd), user: write(join(home, '.config/lmstudio-provider')) }
  return Object.defineProperties(
    { cwd, home, env },
    { project: { value: helpers.project }, user: { value: helpers.user } },
  ) as Places
}

/** Returns the {@link ConfigurationError} that a function throws. */
export function refusal(run: () => unknown): ConfigurationError {
  try {
    run()
  } catch (error) {
    if (ConfigurationError.isInstance(error)) return error
    throw error
  }
  throw new Error('The function did not throw.')
}

/** Returns everything that printing, logging or serializing an error can show. */
export function everything(error: Error): string {
  return [
    String(error),
    error.stack,
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    String(error.cause),
  ].join('\n')
}
