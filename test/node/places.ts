import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import type { LoadConfigOptions } from '../../src/node/load-config.js'

/** A machine of its own: a project, a home, no environment. */
export interface Places extends LoadConfigOptions {
  readonly cwd: string
  readonly home: string
  readonly env: Record<string, string>
  /** Writes a file below the project and gives its path. */
  project(name: string, content: string | Uint8Array): string
  /** Writes a file into the user's config folder and gives its path. */
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
  // Ours alone: only what can be seen is an option.
  const helpers = { project: write(cwd), user: write(join(home, '.config/lmstudio-provider')) }
  return Object.defineProperties(
    { cwd, home, env },
    { project: { value: helpers.project }, user: { value: helpers.user } },
  ) as Places
}

/** The {@link ConfigurationError} that a function throws. */
export function refusal(run: () => unknown): ConfigurationError {
  try {
    run()
  } catch (error) {
    if (ConfigurationError.isInstance(error)) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}

/** Everything an error says to whoever prints, logs or serialises it. */
export function everything(error: Error): string {
  return [
    String(error),
    error.stack,
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    String(error.cause),
  ].join('\n')
}
