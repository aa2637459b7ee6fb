import DOMPurify, { type Config } from 'dompurify'

const TAGS =
  'p br hr h3 h4 h5 h6 blockquote ul ol li pre code em strong del a img span div table thead tbody tr th td'.split(' ')

const RULES: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ['href', 'title', 'src', 'alt', 'class', 'start', 'align', 'role', 'aria-label'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  // Without this, the pattern applies to them too.
  ADD_URI_SAFE_ATTR: ['start', 'align'],
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
}

/** Parses HTML into safe nodes: no scripts, no event handlers, only http, https and mailto links. */
export function sanitize(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, RULES)
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
  }
  // Whitespace between items and rows would count as children.
  for (const parent of fragment.querySelectorAll('ol, ul, thead, tbody, table, tr'))
    for (const text of [...parent.childNodes].filter((child) => child instanceof Text)) text.remove()
  return fragment
}
