const wordsOf = (text: string): string[] =>
  text
    .replace(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]{3,}/gu) ?? []

/** Words of names and descriptions that fit every message. */
const empty = new Set(
  'get set the and for with from tool call list find return returns this that what your its are'.split(' '),
)

const sameStem = (left: string, right: string): boolean =>
  left === right || (Math.min(left.length, right.length) >= 4 && (left.startsWith(right) || right.startsWith(left)))

function fit(words: readonly string[], message: readonly string[]): boolean {
  return words.some((word) => !empty.has(word) && message.some((said) => sameStem(word, said)))
}

interface Described {
  readonly name: string
  readonly description: string
}

/**
 * The tools a model would call for a message: every one whose name shares a word with it, else the first whose
 * description does, else, when a call is required, the first.
 */
export function chooseTools<T extends Described>(tools: readonly T[], message: string, isRequired: boolean): T[] {
  const said = wordsOf(message)
  const byName = tools.filter((tool) => message.includes(tool.name) || fit(wordsOf(tool.name), said))
  if (byName.length > 0) return byName
  const byDescription = tools.filter((tool) => fit(wordsOf(tool.description), said)).slice(0, 1)
  if (byDescription.length > 0) return byDescription
  return isRequired ? tools.slice(0, 1) : []
}
