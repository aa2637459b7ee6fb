/** A request header for this page only. The recorder removes it before the request is sent. */
export const LABEL_HEADER = 'x-playground-label'

interface Labeled {
  readonly label: string | undefined
  readonly init: RequestInit | undefined
}

/** Splits the label off the headers of a request. */
export function takeLabel(init: RequestInit | undefined): Labeled {
  const headers = new Headers(init?.headers)
  const label = headers.get(LABEL_HEADER) ?? undefined
  if (label === undefined) return { label, init }
  headers.delete(LABEL_HEADER)
  return { label, init: { ...init, headers } }
}
