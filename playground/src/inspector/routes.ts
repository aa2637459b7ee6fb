/** What requests are for, in the order of the filter. */
export const KINDS = {
  chat: 'Chat completion',
  text: 'Text completion',
  responses: 'Responses',
  native: 'Native chat',
  embeddings: 'Embeddings',
  models: 'Models',
  loading: 'Load and unload',
  download: 'Download',
  other: 'Other',
} as const

export type Kind = keyof typeof KINDS

const ROUTES: readonly (readonly [route: RegExp, kind: Kind])[] = [
  [/\/v1\/chat\/completions$/, 'chat'],
  [/\/api\/v0\/chat\/completions$/, 'chat'],
  [/\/(?:v1|api\/v0)\/completions$/, 'text'],
  [/\/v1\/responses$/, 'responses'],
  [/\/(?:v1|api\/v0)\/embeddings$/, 'embeddings'],
  [/\/api\/v1\/models\/(?:load|unload)$/, 'loading'],
  [/\/api\/v1\/models\/download(?:\/status\/[^/]+)?$/, 'download'],
  [/\/api\/v1\/chat$/, 'native'],
  [/\/(?:api\/v1|api\/v0|v1)\/models$/, 'models'],
  [/\/lmstudio-greeting$/, 'other'],
]

export interface Place {
  readonly kind: Kind
  /** What stands before the route: the endpoint. */
  readonly endpoint: string
  /** The path below the endpoint, query included; the whole one where the route is not known. */
  readonly route: string
}

/** Where a request went. */
export function placeOf(url: string): Place {
  const { origin, pathname, search } = new URL(url)
  for (const [pattern, kind] of ROUTES) {
    const found = pattern.exec(pathname)
    if (found !== null) {
      return { kind, endpoint: origin + pathname.slice(0, found.index), route: found[0] + search }
    }
  }
  return { kind: 'other', endpoint: origin, route: pathname + search }
}
