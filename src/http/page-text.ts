// What identifies a page is at its top.
const MAX_PAGE_LENGTH = 16_384
// The headers that mark a page as the gateway's own.
const PAGE_HEADERS = ['ngrok-error-code', 'cf-mitigated']

/** Whether a body is a web page. */
export const isPage = (text: string): boolean => /^\s*</.test(text)

/** Returns the title of a page, or the text in its place. Express's title is always “Error” and so counts as none. */
export const titleOf = (text: string): string =>
  /<(?:title|h1|message)\b[^>]{0,256}>(?!\s*(?:error)?\s*<)([^<]+)/i
    .exec(text.slice(0, MAX_PAGE_LENGTH))?.[1]
    ?.trim() ?? ''

/** Returns what identifies the page of a gateway: its title, its codes, and whether it asks for a password. */
export function readPage(text: string, headers: Headers): string {
  const start = text.slice(0, MAX_PAGE_LENGTH)
  const codes = start.match(/ERR_NGROK_\d+|ngrok-skip-browser-warning|type=["']?password/gi) ?? []
  const marked = PAGE_HEADERS.flatMap((name) => (headers.has(name) ? [name, headers.get(name)] : []))
  return [titleOf(text), ...codes, ...marked].join(' ')
}
