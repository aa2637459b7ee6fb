import { parseJSON } from '../utils/json.js'

type Container = unknown[] | Record<string, unknown>

/** What may come next. */
type State = 'start' | 'seek' | 'value' | 'key' | 'colon' | 'next' | 'string' | 'scalar' | 'over'

const SPACE = /\s/
const SCALAR = /[-+.\w]/
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff

/**
 * Reads JSON that comes in pieces, and has at any time the value as far as it goes: texts in the middle included,
 * numbers and words when they are whole.
 *
 * @remarks
 * Every character is looked at once and the value grows in place, so that a long text costs as much in many pieces as in
 * one. What is no JSON ends the reading; whether all was well is for `JSON.parse` to say.
 */
export class PartialJSON {
  /** What there is so far; `undefined` before anything is. The same array or object all the time. */
  value: unknown
  readonly #isLenient: boolean
  readonly #open: Container[] = []
  /** The member that is read now, for each open object. */
  readonly #keys: string[] = []
  #state: State = 'start'
  /** Right after an opening bracket, where it may close. */
  #isFirst = false
  #isKey = false
  #text = ''
  /** A scalar, or an escape sequence, that is not whole yet. */
  #token = ''
  /** Half of a character outside the basic plane. */
  #half = ''

  /** @param isLenient - whether to look for the first bracket in whatever comes before, e.g. a Markdown fence */
  constructor(isLenient = false) {
    this.#isLenient = isLenient
  }

  /** Whether nothing more can come of it: the value is whole, or what came is no JSON. */
  get isOver(): boolean {
    return this.#state === 'over'
  }

  push(piece: string): void {
    let at = 0
    while (at < piece.length && this.#state !== 'over') {
      if (this.#state === 'string') at = this.#readString(piece, at)
      else if (this.#state === 'scalar' && SCALAR.test(piece[at]!)) this.#token += piece[at++]!
      else if (this.#state === 'scalar') this.#endScalar()
      else this.#readMark(piece[at++]!)
    }
    // Once per piece, so that a text costs as little as its pieces.
    if (this.#state === 'string' && !this.#isKey) this.#put(this.#text)
  }

  /** Says that nothing more comes: only then a number that stands alone is whole. */
  end(): void {
    if (this.#state === 'scalar') this.#endScalar()
    this.#state = 'over'
  }

  #readMark(mark: string): void {
    const state = this.#state
    if (state === 'seek') {
      if (mark === '{' || mark === '[') this.#openContainer(mark)
    } else if (SPACE.test(mark)) return
    else if (state === 'start') this.#begin(mark)
    else if ((mark === '}' || mark === ']') && (state === 'next' || this.#isFirst)) this.#close(mark)
    else if (state === 'value') this.#readValue(mark)
    else if (state === 'key' && mark === '"') this.#openString(true)
    else if (state === 'colon' && mark === ':') this.#state = 'value'
    else if (state === 'next' && mark === ',') this.#state = Array.isArray(this.#open.at(-1)) ? 'value' : 'key'
    else this.#state = 'over'
  }

  #begin(mark: string): void {
    if (this.#isLenient && !/[{["]/.test(mark)) this.#state = 'seek'
    else this.#readValue(mark)
  }

  #readValue(mark: string): void {
    if (mark === '{' || mark === '[') return this.#openContainer(mark)
    if (mark === '"') return this.#openString(false)
    this.#isFirst = false
    this.#state = 'scalar'
    this.#token = mark
  }

  #openContainer(mark: string): void {
    const container: Container = mark === '[' ? [] : {}
    this.#put(container, true)
    this.#open.push(container)
    this.#keys.push('')
    this.#isFirst = true
    this.#state = mark === '[' ? 'value' : 'key'
  }

  #openString(isKey: boolean): void {
    this.#isFirst = false
    this.#isKey = isKey
    this.#text = ''
    this.#state = 'string'
    if (!isKey) this.#put('', true)
  }

  /** Reads as much of a text as there is, and gives the place after it. */
  #readString(piece: string, from: number): number {
    if (this.#token !== '') return this.#readEscape(piece, from)
    let at = from
    for (; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (code === 34 || code === 92 || code < 32) break
    }
    this.#append(piece.slice(from, at))
    if (at === piece.length) return at
    if (piece[at] === '"') this.#endString()
    else if (piece[at] === '\\') this.#token = '\\'
    else this.#breakOff()
    return at + 1
  }

  #readEscape(piece: string, at: number): number {
    this.#token += piece[at]!
    if (this.#token.length < (this.#token[1] === 'u' ? 6 : 2)) return at + 1
    const text = parseJSON(`"${this.#token}"`) as string | undefined
    this.#token = ''
    if (text === undefined) this.#breakOff()
    else this.#append(text)
    return at + 1
  }

  /** Ends in the middle of a text that can be none. */
  #breakOff(): void {
    if (!this.#isKey) this.#put(this.#text)
    this.#state = 'over'
  }

  #append(text: string): void {
    if (text === '') return
    const whole = this.#half + text
    const isHalf = isHighSurrogate(whole.charCodeAt(whole.length - 1))
    this.#half = isHalf ? whole.slice(-1) : ''
    this.#text += isHalf ? whole.slice(0, -1) : whole
  }

  #endString(): void {
    const text = this.#text + this.#half
    this.#half = ''
    if (this.#isKey) {
      this.#keys[this.#keys.length - 1] = text
      this.#state = 'colon'
    } else {
      this.#put(text)
      this.#endValue()
    }
  }

  #endScalar(): void {
    const value = parseJSON(this.#token)
    this.#token = ''
    if (value === undefined) {
      this.#state = 'over'
      return
    }
    this.#put(value, true)
    this.#endValue()
  }

  #close(mark: string): void {
    if (Array.isArray(this.#open.at(-1)) !== (mark === ']')) {
      this.#state = 'over'
      return
    }
    this.#isFirst = false
    this.#open.pop()
    this.#keys.pop()
    this.#endValue()
  }

  #endValue(): void {
    this.#state = this.#open.length === 0 ? 'over' : 'next'
  }

  /** Puts a value where the reading is; one that is not new takes the place of the one before. */
  #put(value: unknown, isNew = false): void {
    const container = this.#open.at(-1)
    if (container === undefined) this.value = value
    else if (Array.isArray(container)) container[container.length - (isNew ? 0 : 1)] = value
    else {
      const key = this.#keys.at(-1)!
      // Assigned, it would set the prototype.
      if (key !== '__proto__') container[key] = value
      else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
    }
  }
}
