const OPEN = '<think>'
const CLOSE = '</think>'
// A model that repeats line breaks must not be held back for ever; no reasoning begins after more white space than this.
const MAX_LEADING_SPACE = 256

/** Content, separated into text and reasoning. */
export interface SplitContent {
  readonly text: string
  readonly reasoning: string
}

/**
 * Separates inline `<think>` reasoning from the text, however the tags are cut.
 *
 * @remarks
 * Only blocks before the text count: a `<think>` in the middle of it is the model writing about the tag. White space around
 * the blocks belongs to neither.
 */
export class ThinkTagSplitter {
  /** Whether everything from here on is text, so that deltas need not pass through. */
  isDone = false
  #isReasoning = false
  #held = ''
  /** Whether a block has ended: the white space after it does not belong to the text. */
  #hadBlock = false

  push(delta: string): SplitContent {
    let input = this.#held + delta
    let reasoning = ''
    this.#held = ''
    while (!this.isDone) {
      const isBefore = !this.#isReasoning
      const candidate = isBefore ? input.trimStart() : input
      const tag = isBefore ? OPEN : CLOSE
      if (isBefore && !this.#hadBlock && input.length - candidate.length > MAX_LEADING_SPACE) {
        this.isDone = true
        break
      }
      const at = isBefore ? (candidate.startsWith(tag) ? 0 : -1) : candidate.indexOf(tag)
      if (at >= 0) {
        reasoning += candidate.slice(0, at)
        input = candidate.slice(at + tag.length)
        this.#isReasoning = isBefore
        this.#hadBlock = true
        continue
      }
      if (isBefore) {
        if (tag.startsWith(candidate)) {
          this.#held = this.#hadBlock ? candidate : input
          return { text: '', reasoning }
        }
        this.isDone = true
        if (this.#hadBlock) input = candidate
        break
      }
      // Hold back what may be the beginning of the closing tag.
      const kept = overlap(candidate, tag)
      this.#held = candidate.slice(candidate.length - kept)
      return { text: '', reasoning: reasoning + candidate.slice(0, candidate.length - kept) }
    }
    return { text: input, reasoning }
  }

  /** Returns what was held back; nothing is split after this. */
  end(): SplitContent {
    const held = this.#held
    const wasReasoning = this.#isReasoning && !this.isDone
    this.#held = ''
    this.isDone = true
    if (wasReasoning) return { text: '', reasoning: held }
    return { text: this.#hadBlock ? held.trimStart() : held, reasoning: '' }
  }
}

/** Returns the length of the longest end of `text` that begins `tag`. */
export function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
