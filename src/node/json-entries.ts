import type { Fail, FileEntry } from './file-entry.js'

const STRING = /"(?:[^"\\\n]|\\.)*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /(?:true|false|null)\b/y
const SPACE = /[ \t\r\n]*/y

// No setting is nested. The limit keeps a hostile file from exhausting the stack.
const MAX_DEPTH = 20

/**
 * Reads the keys at the top level of a JSON object, with their lines.
 *
 * @remarks
 * `JSON.parse` reports no lines and silently uses the last of two equal keys. Its error messages differ between engines and
 * quote the text.
 */
export function readJSONEntries(text: string, fail: Fail): FileEntry[] {
  const entries = new Map<string, FileEntry>()
  let position = 0

  /** Skips white space, then reads what matches the pattern. */
  function read(pattern: RegExp): string | undefined {
    SPACE.lastIndex = position
    SPACE.test(text)
    position = pattern.lastIndex = SPACE.lastIndex
    const match = pattern.exec(text)?.[0]
    if (match !== undefined) position += match.length
    return match
  }

  function locate(offset: number): [line: number, column: number] {
    const lines = text.slice(0, offset).split('\n')
    return [lines.length, lines.at(-1)!.length + 1]
  }

  const reject = (problem: string, offset = position): never => fail(problem, ...locate(offset))

  /** Parses a string, number or word. A string can contain a control character or an escape that is not valid in JSON. */
  function parse(scalar: string): unknown {
    try {
      return JSON.parse(scalar) as unknown
    } catch {
      return reject('a string contains a character or an escape that JSON does not allow', position - scalar.length)
    }
  }

  function readValue(depth: number): unknown {
    const scalar = read(STRING) ?? read(NUMBER) ?? read(WORD)
    if (scalar !== undefined) return parse(scalar)
    if (depth > MAX_DEPTH) return reject('too many levels')
    if (read(/\{/y) !== undefined) {
      readMembers(depth)
      return {}
    }
    if (read(/\[/y) === undefined) return reject('a value is missing or malformed')
    if (read(/\]/y) === undefined) {
      do readValue(depth + 1)
      while (read(/,/y) !== undefined)
      if (read(/\]/y) === undefined) reject('a comma or ] is missing')
    }
    return []
  }

  function readMembers(depth: number): void {
    if (read(/\}/y) !== undefined) return
    do {
      const name = read(STRING) ?? reject('a key in double quotes is missing or malformed')
      const start = position - name.length
      const key = parse(name) as string
      if (read(/:/y) === undefined) reject('a colon is missing')
      const value = readValue(depth + 1)
      if (depth > 0) continue
      if (entries.has(key)) reject('a key occurs twice', start)
      entries.set(key, { key, value, line: locate(start)[0] })
    } while (read(/,/y) !== undefined)
    if (read(/\}/y) === undefined) reject('a comma or } is missing')
  }

  if (read(/\{/y) === undefined) reject('the file must be an object, from { to }')
  readMembers(0)
  if (read(/$/y) === undefined) reject('unexpected text after the object')
  return [...entries.values()]
}
