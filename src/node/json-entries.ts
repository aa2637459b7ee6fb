import type { Fail, FileEntry } from './file-entry.js'

const STRING = /"(?:[^"\\\n]|\\.)*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /(?:true|false|null)\b/y
const SPACE = /[ \t\r\n]*/y

// A setting is never nested; the limit keeps a hostile file from exhausting the stack.
const MAX_DEPTH = 20

/**
 * The keys of a JSON object with their lines.
 *
 * @remarks
 * `JSON.parse` tells no line, takes the last of two equal keys without a word, and its errors differ between engines
 * and quote the text.
 */
export function readJSONEntries(text: string, fail: Fail): FileEntry[] {
  const entries = new Map<string, FileEntry>()
  let at = 0

  function take(pattern: RegExp): string | undefined {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = pattern.lastIndex = SPACE.lastIndex
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  function position(offset: number): [line: number, column: number] {
    const lines = text.slice(0, offset).split('\n')
    return [lines.length, lines.at(-1)!.length + 1]
  }

  const refuse = (what: string, offset = at): never => fail(what, ...position(offset))

  /** What a scalar says; a text can hold a control character or an escape that JSON does not know. */
  function parse(scalar: string): unknown {
    try {
      return JSON.parse(scalar) as unknown
    } catch {
      return refuse('a text with a character or an escape that JSON does not allow', at - scalar.length)
    }
  }

  function readValue(depth: number): unknown {
    const scalar = take(STRING) ?? take(NUMBER) ?? take(WORD)
    if (scalar !== undefined) return parse(scalar)
    if (depth > MAX_DEPTH) return refuse('too many levels')
    if (take(/\{/y) !== undefined) {
      readMembers(depth)
      return {}
    }
    if (take(/\[/y) === undefined) return refuse('a value is missing or broken')
    if (take(/\]/y) === undefined) {
      do readValue(depth + 1)
      while (take(/,/y) !== undefined)
      if (take(/\]/y) === undefined) refuse('a comma or ] is missing')
    }
    return []
  }

  function readMembers(depth: number): void {
    if (take(/\}/y) !== undefined) return
    do {
      const name = take(STRING) ?? refuse('a key in double quotes is missing or broken')
      const start = at - name.length
      const key = parse(name) as string
      if (take(/:/y) === undefined) refuse('a colon is missing')
      const value = readValue(depth + 1)
      if (depth > 0) continue
      if (entries.has(key)) refuse('a key stands there for the second time', start)
      entries.set(key, { key, value, line: position(start)[0] })
    } while (take(/,/y) !== undefined)
    if (take(/\}/y) === undefined) refuse('a comma or } is missing')
  }

  if (take(/\{/y) === undefined) refuse('the file must be an object, from { to }')
  readMembers(0)
  if (take(/$/y) === undefined) refuse('nothing may follow the object')
  return [...entries.values()]
}
