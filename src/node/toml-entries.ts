import { TomlError, parse } from 'smol-toml'
import type { Fail, FileEntry } from './file-entry.js'

// What a statement is made of, as far as it takes to see where the next one begins.
const TOKEN =
  /"""(?:\\[^]|[^\\])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]|[^"'#[\]{}\n]+/g
// How a statement begins: `key`, `[key]` or `[[key]]`, the key bare or quoted.
const HEAD = /[ \t]*(\[{0,2})[ \t]*(?:([\w-]+)|"([^"\n]*)"|'([^'\n]*)')/y

/** The keys at the top of a TOML document with their lines. */
export function readTOMLEntries(text: string, fail: Fail): FileEntry[] {
  let values: Record<string, unknown>
  try {
    values = parse(text, { maxDepth: 20 })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // Only the first line: the others quote the file.
    const what = error.message.split('\n', 1)[0]!.replace('Invalid TOML document: ', '')
    return fail(what, error.line, error.column)
  }
  const lines = findLines(text)
  return Object.entries(values).map(([key, value]) => ({ key, value, line: lines.get(key) }))
}

/** Where each key at the top first stands in a document that is known to be right: the parser does not say. */
function findLines(text: string): Map<string, number> {
  const found = new Map<string, number>()
  let line = 1
  let depth = 0
  let isStart = true
  let isInTable = false
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (isStart && token !== '\n') {
      isStart = false
      HEAD.lastIndex = index
      const [, brackets = '', bare, quoted, literal] = HEAD.exec(text) ?? []
      const key = bare ?? quoted ?? literal
      const isHeader = brackets !== ''
      // Below a header no key stands at the top.
      if (key !== undefined && (isHeader || !isInTable) && !found.has(key)) found.set(key, line)
      isInTable ||= isHeader
    }
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    if (token === '\n' && depth === 0) isStart = true
    line += token.split('\n').length - 1
  }
  return found
}
