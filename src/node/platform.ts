import { homedir } from 'node:os'
import { resolve } from 'node:path'

/**
 * Returns what the platform reports, or `undefined` if it throws: the working directory can be deleted, a container's user
 * can lack a home folder, and a sandbox can forbid access.
 */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Returns the user's home folder, if there is one. */
export function homeFolder(home: string | undefined): string | undefined {
  // Deno requires one permission more for `homedir` than for the variable.
  const folder = home ?? attempt(homedir) ?? attempt(() => process.env['HOME'])
  return folder === undefined || folder === '' ? undefined : resolve(folder)
}
