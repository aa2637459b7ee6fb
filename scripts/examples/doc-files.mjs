// @ts-check
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

/**
 * Returns the files that a page of docs/ shows: code blocks whose first line is a comment with the name of the file.
 * @param {string} page
 * @returns {Map<string, string>}
 */
export function filesOf(page) {
  const text = readFileSync(`${docs}${page}`, 'utf8')
  const blocks = text.matchAll(/^```\w+\n((?:\/\/|<!--) ([\w.-]+\.\w+)(?: -->)?\n[^]*?)^```$/gm)
  return new Map(Array.from(blocks, ([, code = '', name = '']) => [name, code]))
}
