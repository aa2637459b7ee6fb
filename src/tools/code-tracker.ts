/**
 * Follows a Markdown text and knows whether its end is inside code: in a fenced block, or in a code span on one line.
 *
 * @remarks
 * Reads one character at a time, so the text may be split anywhere.
 */
export class CodeTracker {
  /** The fence that is open, for example ```` ``` ````. */
  #fence = ''
  /** The backticks that began a code span in this line. */
  #span = ''
  /** The fence characters that have just been read. */
  #run = ''
  /** Whether the line has only had spaces and this run. */
  #isLineStart = true
  #indent = 0
  /** A run that closes the fence, if nothing but spaces follows it in the line. */
  #mayClose = false

  push(text: string): void {
    for (const character of text) this.#add(character)
  }

  get isInCode(): boolean {
    if (this.#fence !== '') return !this.#mayClose && !this.#runCloses()
    if (this.#runOpens()) return true
    if (this.#run === '' || this.#run.startsWith('~')) return this.#span !== ''
    return this.#span !== this.#run
  }

  #runOpens(): boolean {
    return this.#isLineStart && this.#run.length >= 3
  }

  #runCloses(): boolean {
    return this.#isLineStart && this.#run.startsWith(this.#fence)
  }

  #add(character: string): void {
    if (!this.#run.startsWith(character)) this.#endRun()
    if (character === '`' || character === '~') {
      this.#run += character
      this.#mayClose = false
    } else if (character === '\n') this.#startLine()
    else if (character === ' ' && this.#isLineStart) this.#isLineStart = ++this.#indent <= 3
    else if (character.trim() !== '') {
      this.#isLineStart = false
      this.#mayClose = false
    }
  }

  #endRun(): void {
    const run = this.#run
    if (run === '') return
    if (this.#fence !== '') this.#mayClose = this.#runCloses()
    else if (this.#runOpens()) this.#fence = run
    else if (run.startsWith('`')) this.#span = this.#span === '' ? run : this.#span === run ? '' : this.#span
    this.#run = ''
    this.#isLineStart = false
  }

  #startLine(): void {
    if (this.#mayClose) this.#fence = ''
    this.#mayClose = false
    this.#span = ''
    this.#isLineStart = true
    this.#indent = 0
  }
}
