/** East Asian characters have about one token each. */
const WIDE = /[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF]/g
/** Characters of other scripts per token, as in English text. */
const CHARACTERS_PER_TOKEN = 4

/** Estimates the number of tokens of a text. Each model has a tokenizer of its own, which no server offers to pages. */
export function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0
  return Math.ceil(wide + (text.length - wide) / CHARACTERS_PER_TOKEN)
}
