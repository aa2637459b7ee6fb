/** A position in a text; both numbers start at 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export type Path = readonly (string | number)[]

export interface ReadJSON {
  /** `undefined` if the text is not valid JSON. */
  readonly value: unknown
  /** The first syntax error. */
  readonly error?: Position & { readonly message: string }
  /** Duplicate keys of an object. The last value wins. */
  readonly duplicates: readonly (Position & { readonly key: string })[]
  /** Returns the line where the value at a path starts. */
  lineOf(path: Path): number
}

const WHITESPACE = /[ \t\r\n]*/y
// oxlint-disable-next-line no-control-regex -- JSON forbids control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const TOKEN = /"|[^\s,:{}[\]"]+|./uy

class SyntaxProblem extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Parses JSON and records the position of every value. `JSON.parse` reports positions differently in each browser, if at
 * all. Accepts exactly the same texts as `JSON.parse`.
 */
export function readJSON(text: string): ReadJSON {
  let at = 0
  const starts = new Map<string, number>()
  const duplicates: (Position & { readonly key: string })[] = []

  const position = (offset: number): Position => {
    const before = text.slice(0, offset)
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  const next = (): string | undefined => {
    take(WHITESPACE)
    return text[at]
  }
  const fail = (expected: string): never => {
    next()
    const offset = at
    const found = take(TOKEN)
    const actual = found === undefined ? 'the end' : found === '"' ? 'an unterminated string' : `\`${found}\``
    throw new SyntaxProblem(`Expected ${expected}, found ${actual}.`, offset)
  }
  /** Consumes one of two characters. Returns whether it was the first. */
  const takeEither = (first: string, second: string, expected: string): boolean => {
    const found = next()
    if (found !== first && found !== second) fail(expected)
    at += 1
    return found === first
  }

  function readValue(path: Path): unknown {
    const first = next()
    starts.set(JSON.stringify(path), at)
    if (first === '{') return readObject(path)
    if (first === '[') return readList(path)
    const found = take(STRING) ?? take(NUMBER) ?? take(WORD)
    return found === undefined ? fail('a value') : (JSON.parse(found) as unknown)
  }

  function readObject(path: Path): unknown {
    const members = new Map<string, unknown>()
    at += 1
    if (next() === '}') at += 1
    else {
      do {
        next()
        const offset = at
        const quoted = take(STRING) ?? fail('a key in double quotes')
        const key = JSON.parse(quoted) as string
        if (members.has(key)) duplicates.push({ key, ...position(offset) })
        takeEither(':', ':', 'a colon')
        members.set(key, readValue([...path, key]))
        starts.set(JSON.stringify([...path, key]), offset)
      } while (takeEither(',', '}', 'a comma or `}`'))
    }
    return Object.fromEntries(members)
  }

  function readList(path: Path): unknown[] {
    const items: unknown[] = []
    at += 1
    if (next() === ']') at += 1
    else
      do items.push(readValue([...path, items.length]))
      while (takeEither(',', ']', 'a comma or `]`'))
    return items
  }

  const lineOf = (path: Path): number => position(starts.get(JSON.stringify(path)) ?? 0).line
  try {
    const value = readValue([])
    if (next() !== undefined) fail('the end')
    return { value, duplicates, lineOf }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    return { value: undefined, error: { message: error.message, ...position(error.offset) }, duplicates, lineOf }
  }
}
