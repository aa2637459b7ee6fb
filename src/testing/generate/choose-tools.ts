const wordsOf = (text: string): string[] =>
  text
    .replace(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]{3,}/gu) ?? []

/** Words that occur in the names and descriptions of most tools, and so do not distinguish them. */
const stopWords: readonly string[] = [
  'get',
  'set',
  'the',
  'and',
  'for',
  'with',
  'from',
  'tool',
  'call',
  'list',
  'find',
  'return',
  'returns',
  'this',
  'that',
  'what',
  'your',
  'its',
  'are',
]

const sameStem = (left: string, right: string): boolean =>
  left === right || (Math.min(left.length, right.length) >= 4 && (left.startsWith(right) || right.startsWith(left)))

function sharesWord(words: readonly string[], messageWords: readonly string[]): boolean {
  return words.some((word) => !stopWords.includes(word) && messageWords.some((other) => sameStem(word, other)))
}

/**
 * Returns the tools that a model would call for a message: every tool whose name shares a word with it; else the first
 * whose description does; else, when a call is required, the first tool.
 */
export function chooseTools<T extends { readonly name: string; readonly description: string }>(
  tools: readonly T[],
  message: string,
  isRequired: boolean,
): T[] {
  const words = wordsOf(message)
  const byName = tools.filter((tool) => message.includes(tool.name) || sharesWord(wordsOf(tool.name), words))
  if (byName.length > 0) return byName
  const byDescription = tools.filter((tool) => sharesWord(wordsOf(tool.description), words)).slice(0, 1)
  if (byDescription.length > 0) return byDescription
  return isRequired ? tools.slice(0, 1) : []
}
