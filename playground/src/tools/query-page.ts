/** What was found in a page. */
export interface Found {
  /** All that match, also those that are not listed. */
  readonly count: number
  readonly elements: readonly { readonly tag: string; readonly name?: string; readonly text: string }[]
}

const MAX_TEXT = 120

/**
 * The elements that a selector finds, by what a person can read of them; never what somebody typed into a field.
 *
 * @throws {@link Error} the selector is none
 */
export function queryPage(root: ParentNode, selector: string, limit: number): Found {
  let all: readonly Element[]
  try {
    all = [...root.querySelectorAll(selector)]
  } catch {
    throw new Error(`${selector} is no CSS selector.`)
  }
  const elements = all.slice(0, limit).map((element) => {
    const name = element.getAttribute('aria-label')
    const isTyped = element.matches('input, textarea')
    const text = isTyped ? '' : (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
    return { tag: element.tagName.toLowerCase(), ...(name === null ? {} : { name }), text: shorten(text) }
  })
  return { count: all.length, elements }
}

const shorten = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
