import { TomlError, parse } from 'smol-toml'
import type { Fail, FileEntry } from './file-entry.js'

// Tokens of a statement, as far as they are needed to find its end.
const TOKEN =
  /"""(?:\\[^]|[^\\])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]|[^"'#[\]{}\n]+/g
// Start of a statement: `key`, `[key]` or `[[key]]`, where the key is bare or quoted.
const HEAD = /[ \t]*(\[{0,2})[ \t]*(?:([\w-]+)|"([^"\n]*)"|'([^'\n]*)')/y

// No setting is nested. The limit keeps a hostile file from exhausting the stack.
const MAX_DEPTH = 20

/** Reads the keys at the top level of a TOML document, with their lines. */
export function readTOMLEntries(text: string, fail: Fail): FileEntry[] {
  let values: Record<string, unknown>
  try {
    values = parse(text, { maxDepth: MAX_DEPTH })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The first line of the message says what is wrong. The others quote the file.
    const problem = error.message.split('\n', 1)[0]!.replace('Invalid TOML document: ', '')
    return fail(problem, error.line, error.column)
  }
  const lines = findLines(text)
  return Object.entries(values).map(([key, value]) => ({ key, value, line: lines.get(key) }))
}

/** Finds the line of each top-level key in a valid document. The parser does not report lines. */
function findLines(text: string): Map<string, number> {
  const lines = new Map<string, number>()
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
      // Keys after a table header are not at the top level.
      if (key !== undefined && (isHeader || !isInTable) && !lines.has(key)) lines.set(key, line)
      isInTable ||= isHeader
    }
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    if (token === '\n' && depth === 0) isStart = true
    line += token.split('\n').length - 1
  }
  return lines
}
