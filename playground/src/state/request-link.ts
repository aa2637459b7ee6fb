import { exchanges } from './recorder.js'
import { LABEL_HEADER } from './recorder-label.js'
import { go } from './route.js'

/**
 * Call options that mark the requests of a call, so that `requestOf(label)` finds them. The recorder removes the mark:
 * servers never see it.
 */
export const labeled = (label: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { [LABEL_HEADER]: label },
})

/** Returns the number of the latest recorded request of a call; `undefined` if none is recorded any more. */
export function requestOf(label: string): number | undefined {
  const marked = exchanges.value.filter((exchange) => exchange.label === label)
  // The library may look up the models before or after the request itself.
  return (marked.findLast(({ method }) => method === 'POST') ?? marked.at(-1))?.id
}

/** Opens a recorded request in the Inspector. */
export const openRequest = (id: number): void => go('inspector', String(id))
