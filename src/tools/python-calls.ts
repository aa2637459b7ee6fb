/** A call in the syntax of Python. */
export interface PythonCall {
  readonly name: string
  readonly positional: readonly unknown[]
  readonly named: Readonly<Record<string, unknown>>
}

/**
 * Reads calls with literal arguments, such as `get_weather(city="Oban", days=[1, 2])`: one or more, in a list, or inside
 * `print()`. Returns `undefined` for anything else.
 */
export function parsePythonCalls(code: string): PythonCall[] | undefined {
  try {
    return new PythonReader(code).readAll()
  } catch {
    return undefined
  }
}

const NAME = /[A-Za-z_][\w.]*/y
const SPACE = /\s*/y
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const STRING = /(?:'''([^]*?)'''|"""([^]*?)"""|'((?:[^'\\\n]|\\[^])*)'|"((?:[^"\\\n]|\\[^])*)")/y
const WORDS = /* @__PURE__ */ new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
  ['true', true],
  ['false', false],
  ['null', null],
])
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

/** Throws at the first character that is not expected. */
class PythonReader {
  readonly #code: string
  #at = 0

  constructor(code: string) {
    this.#code = code
  }

  readAll(): PythonCall[] {
    const calls: PythonCall[] = []
    const isList = this.#skip('[')
    do calls.push(this.#readCall())
    while (this.#skip(',') || this.#skip(';') || !(this.#peek() === '' || this.#peek() === ']'))
    if (isList) this.#expect(']')
    if (this.#peek() !== '') throw new SyntaxError('unexpected text')
    return calls
  }

  #readCall(): PythonCall {
    const name = this.#match(NAME)
    this.#expect('(')
    if (name === 'print') {
      const call = this.#readCall()
      this.#expect(')')
      return call
    }
    const positional: unknown[] = []
    const named: [string, unknown][] = []
    while (!this.#skip(')')) {
      const key = this.#readKey()
      if (key === undefined) positional.push(this.#readValue())
      else named.push([key, this.#readValue()])
      if (this.#peek() !== ')') this.#expect(',')
    }
    return { name, positional, named: Object.fromEntries(named) }
  }

  /** The name of a named argument, with its `=`. */
  #readKey(): string | undefined {
    const start = this.#at
    const key = this.#tryMatch(NAME)
    if (key !== undefined && this.#skip('=')) return key
    this.#at = start
    return undefined
  }

  #readValue(): unknown {
    const next = this.#peek()
    if (next === '[' || next === '(') return this.#readItems(next === '[' ? ']' : ')')
    if (next === '{') return this.#readDict()
    if (next === '"' || next === "'") return this.#readString()
    const number = this.#tryMatch(NUMBER)
    if (number !== undefined) return Number(number.replaceAll('_', ''))
    const word = this.#match(NAME)
    if (!WORDS.has(word)) throw new SyntaxError('not a literal')
    return WORDS.get(word)
  }

  #readItems(end: string): unknown[] {
    const items: unknown[] = []
    this.#at++
    while (!this.#skip(end)) {
      items.push(this.#readValue())
      if (this.#peek() !== end) this.#expect(',')
    }
    return items
  }

  #readDict(): Record<string, unknown> {
    const members: [string, unknown][] = []
    this.#at++
    while (!this.#skip('}')) {
      const key = String(this.#readValue())
      this.#expect(':')
      members.push([key, this.#readValue()])
      if (this.#peek() !== '}') this.#expect(',')
    }
    return Object.fromEntries(members)
  }

  #readString(): string {
    const quoted = this.#match(STRING)
    const width = /^(?:'''|""")/.test(quoted) ? 3 : 1
    const inner = quoted.slice(width, -width)
    return inner.replaceAll(
      /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([^]))/g,
      (_, u?: string, x?: string, one?: string) =>
        one === undefined ? String.fromCharCode(Number.parseInt(u ?? x!, 16)) : (ESCAPES[one] ?? one),
    )
  }

  #peek(): string {
    this.#tryMatch(SPACE)
    return this.#code[this.#at] ?? ''
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw new SyntaxError(`expected ${character}`)
  }

  #tryMatch(pattern: RegExp): string | undefined {
    if (pattern !== SPACE) this.#tryMatch(SPACE)
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#code)?.[0]
    if (match !== undefined) this.#at += match.length
    return match
  }

  #match(pattern: RegExp): string {
    const match = this.#tryMatch(pattern)
    if (match === undefined) throw new SyntaxError('unexpected character')
    return match
  }
}
