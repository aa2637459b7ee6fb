const QUOTE = 34
const BACKSLASH = 92
const OPENING: readonly number[] = [91, 123]
const CLOSING: readonly number[] = [93, 125]

/** Finds the end of a JSON object or list that arrives in fragments, without reading any character twice. */
export class JSONEnd {
  /** Whether the object or list is complete. */
  isComplete = false
  #depth = 0
  #isString = false
  #isEscaped = false

  /** Whether the last character is within a string. */
  get isString(): boolean {
    return this.#isString
  }

  push(fragment: string): void {
    for (let index = 0; index < fragment.length && !this.isComplete; index++) {
      const code = fragment.charCodeAt(index)
      if (this.#isEscaped) this.#isEscaped = false
      else if (code === QUOTE) this.#isString = !this.#isString
      else if (this.#isString) this.#isEscaped = code === BACKSLASH
      else if (OPENING.includes(code)) this.#depth++
      else if (CLOSING.includes(code)) this.isComplete = --this.#depth === 0
    }
  }
}
