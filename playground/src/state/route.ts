import { signal } from '@preact/signals'

/** The views in navigation order. */
export const VIEWS = [
  { name: 'connect', label: 'Connect' },
  { name: 'models', label: 'Models' },
  { name: 'chat', label: 'Chat' },
  { name: 'tools', label: 'Tools' },
  { name: 'structured', label: 'Structured' },
  { name: 'embeddings', label: 'Embeddings' },
  { name: 'decisions', label: 'Decisions' },
  { name: 'inspector', label: 'Inspector' },
  { name: 'faults', label: 'Fault lab' },
] as const

export type ViewName = (typeof VIEWS)[number]['name']

/** The current location: `#/inspector/12` is the view `inspector` with the rest `12`. */
export interface Route {
  readonly view: ViewName
  /** The part after the view, for use by the view; may be empty. */
  readonly rest: string
}

export function parseRoute(hash: string): Route {
  const [, name, rest = ''] = /^#\/([^/]*)\/?(.*)$/.exec(hash) ?? []
  const view = VIEWS.find((view) => view.name === name)?.name
  return view === undefined ? { view: 'connect', rest: '' } : { view, rest: decode(rest) }
}

export const route = signal<Route>(parseRoute(location.hash))

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash)
})

/** Returns the URL of a view. */
export const linkTo = (view: ViewName, rest = ''): string =>
  `#/${view}${rest === '' ? '' : `/${encodeURIComponent(rest)}`}`

export function go(view: ViewName, rest = ''): void {
  location.hash = linkTo(view, rest)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
