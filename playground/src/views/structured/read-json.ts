/** A place in a text, both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export type Path = readonly (string | number)[]

export interface ReadJSON {
  /** `undefined` where it is no JSON. */
  readonly value: unknown
  /** The first place where it is no JSON, and why. */
  readonly error?: Place & { readonly message: string }
  /** Keys that stand twice in one object: the last one counts. */
  readonly repeated: readonly (Place & { readonly key: string })[]
  /** The line on which the value at a path begins. */
  lineOf(path: Path): number
}

const BLANK = /[ \t\r\n]*/y
// oxlint-disable-next-line no-control-regex -- JSON forbids these in texts
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const PIECE = /"|[^\s,:{}[\]"]+|./uy

class Unreadable extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Reads JSON and remembers where everything stands: what `JSON.parse` says of a place differs between browsers, and some
 * do not say it at all. Takes exactly what `JSON.parse` takes.
 */
export function readJSON(text: string): ReadJSON {
  let at = 0
  const starts = new Map<string, number>()
  const repeated: (Place & { readonly key: string })[] = []

  const place = (offset: number): Place => {
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
    take(BLANK)
    return text[at]
  }
  const fail = (expected: string): never => {
    next()
    const offset = at
    const found = take(PIECE)
    const instead = found === undefined ? 'the text ends' : found === '"' ? 'a text that is not whole' : `\`${found}\``
    throw new Unreadable(`${expected} is expected here, not ${instead}.`, offset)
  }
  /** Takes one of two characters; says whether it was the first. */
  const either = (first: string, second: string, expected: string): boolean => {
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
    const found = take(TEXT) ?? take(NUMBER) ?? take(WORD)
    return found === undefined ? fail('A value') : (JSON.parse(found) as unknown)
  }

  function readObject(path: Path): unknown {
    const members = new Map<string, unknown>()
    at += 1
    if (next() === '}') at += 1
    else {
      do {
        next()
        const offset = at
        const quoted = take(TEXT) ?? fail('A key in double quotes')
        const key = JSON.parse(quoted) as string
        if (members.has(key)) repeated.push({ key, ...place(offset) })
        either(':', ':', 'A colon')
        members.set(key, readValue([...path, key]))
        starts.set(JSON.stringify([...path, key]), offset)
      } while (either(',', '}', 'A comma or the closing brace'))
    }
    return Object.fromEntries(members)
  }

  function readList(path: Path): unknown[] {
    const items: unknown[] = []
    at += 1
    if (next() === ']') at += 1
    else
      do items.push(readValue([...path, items.length]))
      while (either(',', ']', 'A comma or the closing bracket'))
    return items
  }

  const lineOf = (path: Path): number => place(starts.get(JSON.stringify(path)) ?? 0).line
  try {
    const value = readValue([])
    if (next() !== undefined) fail('Nothing more')
    return { value, repeated, lineOf }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { value: undefined, error: { message: error.message, ...place(error.offset) }, repeated, lineOf }
  }
}
