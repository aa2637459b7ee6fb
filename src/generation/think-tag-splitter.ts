const OPEN = '<think>'
const CLOSE = '</think>'
// No model thinks after more white space than this; a model that repeats line ends must not be held back for ever.
const MAX_BLANK = 256

/** A piece of content, told apart. */
export interface SplitContent {
  readonly text: string
  readonly reasoning: string
}

/**
 * Tells inline `<think>` reasoning from the answer, however the tags are cut.
 *
 * @remarks
 * Only blocks that stand before the answer count: a `<think>` in the middle of it is the model talking about the tag.
 * White space around the blocks belongs to neither.
 */
export class ThinkTagSplitter {
  #mode: 'before' | 'thinking' | 'answer' = 'before'
  #held = ''
  /** Whether a block has been: the white space after it is not the answer's. */
  #hadBlock = false

  /** Whether everything from here on is answer, so that pieces need not pass through. */
  get isDone(): boolean {
    return this.#mode === 'answer'
  }

  push(piece: string): SplitContent {
    let input = this.#held + piece
    let reasoning = ''
    this.#held = ''
    while (this.#mode !== 'answer') {
      const isBefore = this.#mode === 'before'
      const candidate = isBefore ? input.trimStart() : input
      const tag = isBefore ? OPEN : CLOSE
      if (isBefore && !this.#hadBlock && input.length - candidate.length > MAX_BLANK) {
        this.#mode = 'answer'
        break
      }
      const at = isBefore ? (candidate.startsWith(tag) ? 0 : -1) : candidate.indexOf(tag)
      if (at >= 0) {
        reasoning += candidate.slice(0, at)
        input = candidate.slice(at + tag.length)
        this.#mode = isBefore ? 'thinking' : 'before'
        this.#hadBlock = true
        continue
      }
      if (isBefore) {
        if (tag.startsWith(candidate)) {
          this.#held = this.#hadBlock ? candidate : input
          return { text: '', reasoning }
        }
        this.#mode = 'answer'
        if (this.#hadBlock) input = candidate
        break
      }
      // Hold back what may be the beginning of the closing tag.
      const keep = overlap(candidate, tag)
      this.#held = candidate.slice(candidate.length - keep)
      return { text: '', reasoning: reasoning + candidate.slice(0, candidate.length - keep) }
    }
    return { text: input, reasoning }
  }

  /** What was held back, when no more is to be split. */
  end(): SplitContent {
    const held = this.#held
    const wasThinking = this.#mode === 'thinking'
    this.#held = ''
    this.#mode = 'answer'
    if (wasThinking) return { text: '', reasoning: held }
    return { text: this.#hadBlock ? held.trimStart() : held, reasoning: '' }
  }
}

/** Length of the longest end of `text` that is a beginning of `tag`. */
export function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
