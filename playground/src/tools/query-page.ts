/** The elements that match a selector. */
export interface QueryResult {
  /** The number of matches, including those that are not listed. */
  readonly count: number
  readonly elements: readonly { readonly tag: string; readonly name?: string; readonly text: string }[]
}

const MAX_TEXT = 120

/**
 * Returns the visible text of the elements that match a selector. Never returns what the user typed into a field.
 *
 * @throws {@link Error} The selector is not valid.
 */
export function queryPage(root: ParentNode, selector: string, limit: number): QueryResult {
  let all: readonly Element[]
  try {
    all = [...root.querySelectorAll(selector)]
  } catch {
    throw new Error(`Invalid CSS selector: ${selector}`)
  }
  const elements = all.slice(0, limit).map((element) => {
    const name = element.getAttribute('aria-label')
    const isInput = element.matches('input, textarea')
    const text = isInput ? '' : (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
    return { tag: element.tagName.toLowerCase(), ...(name === null ? {} : { name }), text: shorten(text) }
  })
  return { count: all.length, elements }
}

const shorten = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
