import { lstatSync, readFileSync, statSync } from 'node:fs'
import { ConfigurationError } from '../errors/errors.js'

/** Maximum size of a file that is read, in bytes: a hundred times the size of a config file with every setting. */
const MAX_FILE_BYTES = 65_536

/** Tests whether a path exists. A broken link exists; reading it reports what is wrong. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // A sandbox, or the permissions of Node or Deno, can forbid access to a folder.
    return false
  }
}

/**
 * Reads a small UTF-8 file.
 *
 * @throws {@link ConfigurationError} the file cannot be read, is too large or is not UTF-8
 */
export function readTextFile(path: string): string {
  const bytes = readBytes(path)
  try {
    // The decoder removes a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badFile(path, 'is not UTF-8 text', {
      hint: 'Save the file as UTF-8. Windows PowerShell writes UTF-16 by default.',
    })
  }
}

function readBytes(path: string): Uint8Array {
  try {
    const stats = statSync(path)
    // Reading a pipe would wait until another program writes to it.
    if (!stats.isFile()) throw badFile(path, `is ${stats.isDirectory() ? 'a directory' : 'not a file'}`)
    if (stats.size > MAX_FILE_BYTES) {
      throw badFile(path, `is ${stats.size} bytes long; the maximum is ${MAX_FILE_BYTES}`)
    }
    return readFileSync(path)
  } catch (error) {
    if (ConfigurationError.isInstance(error)) throw error
    const { code = 'unknown' } = error as { code?: string }
    throw badFile(path, `cannot be read (${code})`, { cause: error })
  }
}

/** Creates the error for a file that cannot be used. */
export function badFile(
  path: string,
  problem: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): ConfigurationError {
  return new ConfigurationError(`${path} ${problem}.`, { ...options, source: path, code: 'bad-file' })
}
