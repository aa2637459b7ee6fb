import { HARMONY_OPENINGS, HarmonySplitter } from './harmony-splitter.js'

/** The tags around reasoning in the text, as pairs of an opening and a closing tag. */
export type ReasoningTags = readonly (readonly [open: string, close: string])[]

/** The tags of most models, of Gemma 4 and of Magistral. */
export const DEFAULT_TAGS: ReasoningTags = [
  ['<think>', '</think>'],
  ['<|channel>thought', '<channel|>'],
  ['[THINK]', '[/THINK]'],
]
// A model that repeats line breaks must not be held back forever; no reasoning begins after more white space than this.
const MAX_LEADING_SPACE = 256
// Around a tag, these mean that the model writes about it.
const QUOTES = '`"\''

/** Content, separated into text and reasoning. */
export interface SplitContent {
  readonly text: string
  readonly reasoning: string
}

/**
 * Separates inline reasoning from the text, however the tags are cut: between `<think>` or other tags, or in the channels
 * of the harmony format.
 *
 * @remarks
 * Only blocks before the text count: a `<think>` in the middle of it is the model writing about the tag. White space around
 * the blocks belongs to neither.
 */
export class ThinkTagSplitter {
  /** Whether everything from here on is text, so that deltas need not pass through. */
  isDone: boolean
  readonly #tags: ReasoningTags
  /** The tag that ends the block that has begun. */
  #closingTag: string | undefined
  #held = ''
  /** Whether a block has ended: the white space after it does not belong to the text. */
  #hadBlock = false
  #harmony: HarmonySplitter | undefined

  /** @param tags - `false` leaves everything in the text */
  constructor(tags: ReasoningTags | false = DEFAULT_TAGS) {
    this.isDone = tags === false
    this.#tags = tags || []
  }

  push(delta: string): SplitContent {
    if (this.#harmony !== undefined) return this.#harmony.push(delta)
    let input = this.#held + delta
    let reasoning = ''
    this.#held = ''
    while (!this.isDone) {
      const closingTag = this.#closingTag
      if (closingTag !== undefined) {
        const at = input.indexOf(closingTag)
        if (at < 0) {
          // Hold back what may be the beginning of the closing tag.
          const end = input.length - overlap(input, closingTag)
          this.#held = input.slice(end)
          return { text: '', reasoning: reasoning + input.slice(0, end) }
        }
        reasoning += input.slice(0, at)
        input = input.slice(at + closingTag.length)
        this.#closingTag = undefined
        continue
      }
      const candidate = input.trimStart()
      if (!this.#hadBlock && input.length - candidate.length > MAX_LEADING_SPACE) {
        this.isDone = true
        break
      }
      let mayOpen = false
      let openedTags: ReasoningTags[number] | undefined
      for (const tags of this.#tags) {
        if (candidate.startsWith(tags[0])) openedTags = tags
        mayOpen ||= tags[0].startsWith(candidate)
      }
      if (openedTags !== undefined) {
        input = candidate.slice(openedTags[0].length)
        this.#closingTag = openedTags[1]
        this.#hadBlock = true
        continue
      }
      for (const opening of this.#hadBlock ? [] : HARMONY_OPENINGS) {
        if (candidate.startsWith(opening)) {
          this.#harmony = new HarmonySplitter()
          return this.#harmony.push(candidate)
        }
        mayOpen ||= opening.startsWith(candidate)
      }
      if (mayOpen) {
        this.#held = this.#hadBlock ? candidate : input
        return { text: '', reasoning }
      }
      this.isDone = true
      if (this.#hadBlock) input = candidate
    }
    return { text: input, reasoning }
  }

  /** Returns what was held back; nothing is split after this. */
  end(): SplitContent {
    const held = this.#harmony?.end() ?? this.#held
    const wasReasoning = this.#closingTag !== undefined && !this.isDone
    this.#held = ''
    this.#harmony = undefined
    this.isDone = true
    if (wasReasoning) return { text: '', reasoning: held }
    return { text: this.#hadBlock ? held.trimStart() : held, reasoning: '' }
  }
}

/**
 * Splits a complete text at a closing tag without its opening tag, which some chat templates put into the prompt: the
 * text before it is reasoning. Returns `undefined` for a text without one.
 */
export function splitAtLoneClosingTag(text: string, [open, close]: ReasoningTags[number]): SplitContent | undefined {
  const at = text.indexOf(close)
  if (at < 0 || QUOTES.includes(text[at - 1] ?? ' ')) return undefined
  const reasoning = text.slice(0, at)
  return reasoning.includes(open) ? undefined : { reasoning, text: text.slice(at + close.length).trimStart() }
}

/** Returns the length of the longest end of `text` that begins `tag`. */
export function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
