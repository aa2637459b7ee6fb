const tokenPattern = /\s*[\p{L}\p{N}\p{M}]+|\s*[^\s\p{L}\p{N}\p{M}]+|\s+/gu

/** Longest token, in code points: text without spaces, such as JSON, must still be sent in more than one delta. */
const MAX_TOKEN_LENGTH = 12

/**
 * Cuts text into the tokens of the mock: a word with the space before it, or a run of punctuation. Joined, the tokens
 * are the original text.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = []
  for (const [match] of text.matchAll(tokenPattern)) {
    if (match.length <= MAX_TOKEN_LENGTH) {
      tokens.push(match)
      continue
    }
    const points = Array.from(match)
    for (let start = 0; start < points.length; start += MAX_TOKEN_LENGTH) {
      tokens.push(points.slice(start, start + MAX_TOKEN_LENGTH).join(''))
    }
  }
  return tokens
}

/** Estimates the tokens of a prompt by the usual rule of thumb: four characters each. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / 4)
