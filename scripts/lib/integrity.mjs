// @ts-check
import { createHash } from 'node:crypto'

/** The files that pages load from a CDN, and whose hashes the build writes to dist/integrity.json. */
export const singleFiles = ['lmstudio-provider.iife.js', 'lmstudio-provider.min.js']

/**
 * Returns the value of the `integrity` attribute for a file.
 * @param {Uint8Array} bytes
 */
export function integrityOf(bytes) {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`
}
