import { parseJSON } from '../utils/json.js'

type Container = unknown[] | Record<string, unknown>

/** What the next character may be. */
type State = 'start' | 'search' | 'value' | 'key' | 'colon' | 'comma' | 'string' | 'literal' | 'done'

const WHITESPACE = /\s/
const LITERAL = /[-+.\w]/
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff

/** Options of {@link PartialJSONParser}. */
export interface PartialJSONOptions {
  /**
   * Skips everything before the first bracket, such as prose or the beginning of a Markdown fence, unless the text starts
   * with a string.
   *
   * @default false
   */
  readonly skipProse?: boolean
}

/**
 * Parses JSON that arrives in chunks. At any time, `value` is what the chunks so far contain: incomplete strings
 * included, numbers and keywords only when they are complete.
 *
 * @remarks
 * Parsing is linear in the length of the text, however small the chunks: each character is read once, and `value` grows
 * in place. Parsing stops at the first character that is not JSON; use `JSON.parse` to find out whether a text is valid.
 */
export class PartialJSONParser {
  /** The value so far, `undefined` before it has begun. An array or object is the same one all the time. */
  value: unknown
  readonly #skipProse: boolean
  /** The containers that are not closed yet, outermost first. */
  readonly #open: Container[] = []
  /** The current key of each open container; unused for arrays. */
  readonly #keys: string[] = []
  #state: State = 'start'
  /** Whether the previous character opened a container, which may close at once. */
  #isContainerStart = false
  #isKey = false
  #text = ''
  /** A literal or an escape sequence that is incomplete. */
  #token = ''
  /** The first half of a surrogate pair whose second half has not arrived. */
  #highSurrogate = ''

  constructor({ skipProse = false }: PartialJSONOptions = {}) {
    this.#skipProse = skipProse
  }

  /** Whether further chunks have no effect, because the value is complete or the text is not JSON. */
  get isDone(): boolean {
    return this.#state === 'done'
  }

  push(chunk: string): void {
    let at = 0
    while (at < chunk.length && this.#state !== 'done') {
      if (this.#state === 'string') at = this.#readString(chunk, at)
      else if (this.#state === 'literal' && LITERAL.test(chunk[at]!)) this.#token += chunk[at++]!
      else if (this.#state === 'literal') this.#endLiteral()
      else this.#readCharacter(chunk[at++]!)
    }
    // Once per chunk instead of once per character, which keeps long strings linear.
    if (this.#state === 'string' && !this.#isKey) this.#replaceString(this.#text)
  }

  /** Ends the text. Only now is a number without a container known to be complete. */
  end(): void {
    if (this.#state === 'literal') this.#endLiteral()
    this.#state = 'done'
  }

  #readCharacter(character: string): void {
    const state = this.#state
    if (state === 'search') {
      if (character === '{' || character === '[') this.#openContainer(character)
    } else if (WHITESPACE.test(character)) return
    else if (state === 'start') this.#start(character)
    else if ((character === '}' || character === ']') && (state === 'comma' || this.#isContainerStart)) {
      this.#closeContainer(character)
    } else if (state === 'value') this.#startValue(character)
    else if (state === 'key' && character === '"') this.#startString(true)
    else if (state === 'colon' && character === ':') this.#state = 'value'
    else if (state === 'comma' && character === ',') this.#state = Array.isArray(this.#open.at(-1)) ? 'value' : 'key'
    else this.#state = 'done'
  }

  #start(character: string): void {
    if (this.#skipProse && !/[{["]/.test(character)) this.#state = 'search'
    else this.#startValue(character)
  }

  #startValue(character: string): void {
    if (character === '{' || character === '[') return this.#openContainer(character)
    if (character === '"') return this.#startString(false)
    this.#isContainerStart = false
    this.#state = 'literal'
    this.#token = character
  }

  #openContainer(bracket: string): void {
    const container: Container = bracket === '[' ? [] : {}
    this.#appendValue(container)
    this.#open.push(container)
    this.#keys.push('')
    this.#isContainerStart = true
    this.#state = bracket === '[' ? 'value' : 'key'
  }

  #startString(isKey: boolean): void {
    this.#isContainerStart = false
    this.#isKey = isKey
    this.#text = ''
    this.#state = 'string'
    if (!isKey) this.#appendValue('')
  }

  /** Reads a string as far as the chunk goes; returns the index after it. */
  #readString(chunk: string, from: number): number {
    if (this.#token !== '') return this.#readEscape(chunk, from)
    let at = from
    for (; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      // A quote, a backslash, or a control character.
      if (code === 34 || code === 92 || code < 32) break
    }
    this.#addText(chunk.slice(from, at))
    if (at === chunk.length) return at
    if (chunk[at] === '"') this.#endString()
    else if (chunk[at] === '\\') this.#token = '\\'
    else this.#failInString()
    return at + 1
  }

  #readEscape(chunk: string, at: number): number {
    this.#token += chunk[at]!
    if (this.#token.length < (this.#token[1] === 'u' ? 6 : 2)) return at + 1
    const text = parseJSON(`"${this.#token}"`) as string | undefined
    this.#token = ''
    if (text === undefined) this.#failInString()
    else this.#addText(text)
    return at + 1
  }

  /** Stops inside a string that is not JSON; the text before the error stays in `value`. */
  #failInString(): void {
    if (!this.#isKey) this.#replaceString(this.#text)
    this.#state = 'done'
  }

  #addText(text: string): void {
    if (text === '') return
    const pending = this.#highSurrogate + text
    const endsInHighSurrogate = isHighSurrogate(pending.charCodeAt(pending.length - 1))
    this.#highSurrogate = endsInHighSurrogate ? pending.slice(-1) : ''
    this.#text += endsInHighSurrogate ? pending.slice(0, -1) : pending
  }

  #endString(): void {
    const text = this.#text + this.#highSurrogate
    this.#highSurrogate = ''
    if (this.#isKey) {
      this.#keys[this.#keys.length - 1] = text
      this.#state = 'colon'
    } else {
      this.#replaceString(text)
      this.#endValue()
    }
  }

  #endLiteral(): void {
    const value = parseJSON(this.#token)
    this.#token = ''
    if (value === undefined) {
      this.#state = 'done'
      return
    }
    this.#appendValue(value)
    this.#endValue()
  }

  #closeContainer(bracket: string): void {
    if (Array.isArray(this.#open.at(-1)) !== (bracket === ']')) {
      this.#state = 'done'
      return
    }
    this.#isContainerStart = false
    this.#open.pop()
    this.#keys.pop()
    this.#endValue()
  }

  #endValue(): void {
    this.#state = this.#open.length === 0 ? 'done' : 'comma'
  }

  /** Adds a value to the current container. */
  #appendValue(value: unknown): void {
    this.#write(value, 0)
  }

  /** Replaces the last value of the current container, a string that has grown. */
  #replaceString(value: string): void {
    this.#write(value, 1)
  }

  #write(value: unknown, fromEnd: 0 | 1): void {
    const container = this.#open.at(-1)
    if (container === undefined) this.value = value
    else if (Array.isArray(container)) container[container.length - fromEnd] = value
    else {
      const key = this.#keys.at(-1)!
      // Plain assignment to `__proto__` would set the prototype.
      if (key !== '__proto__') container[key] = value
      else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
    }
  }
}
