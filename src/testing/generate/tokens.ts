const piece = /\s*[\p{L}\p{N}\p{M}]+|\s*[^\s\p{L}\p{N}\p{M}]+|\s+/gu

/** Longest token in code points: JSON and other text without spaces must still arrive in more than one piece. */
const longest = 12

/**
 * Cuts text into what the mock calls tokens: a word with the space before it, or a run of punctuation.
 * Joined together they are the text again.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = []
  for (const [match] of text.matchAll(piece)) {
    if (match.length <= longest) {
      tokens.push(match)
      continue
    }
    const points = Array.from(match)
    for (let start = 0; start < points.length; start += longest) {
      tokens.push(points.slice(start, start + longest).join(''))
    }
  }
  return tokens
}

/** How many tokens a prompt is taken to have: four characters each, the usual rule of thumb. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / 4)
