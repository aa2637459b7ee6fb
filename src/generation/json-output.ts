import { parseJSON } from './json.js'

/**
 * Finds the JSON in a text. Tries the whole text, the content of a Markdown fence, everything from the first bracket to
 * the last one, and the longest part between matching brackets.
 */
export function findJSON(text: string): unknown {
  const value = parseJSON(text)
  if (value !== undefined) return value
  const fenceStart = text.indexOf('\n', text.indexOf('```'))
  const fenced = text.slice(fenceStart, text.indexOf('\n```', fenceStart))
  const bracketStart = Math.max(0, text.search(/[[{]/))
  const bracketEnd = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1
  return parseJSON(fenced) ?? parseJSON(text.slice(bracketStart, bracketEnd)) ?? findLongestJSON(text)
}

function findLongestJSON(text: string): unknown {
  let longest = 0
  let found: unknown
  let start = 0
  let depth = 0
  // Strings are matched as a whole, so that brackets inside them do not count.
  for (const { 0: token, index } of text.matchAll(/[[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"?/gs)) {
    if (token === '{' || token === '[') {
      if (depth++ === 0) start = index
    } else if (token[0] !== '"' && depth > 0 && --depth === 0 && index - start >= longest) {
      const value = parseJSON(text.slice(start, index + 1))
      if (value === undefined) continue
      longest = index - start + 1
      found = value
    }
  }
  return found
}
