/** Kinds of requests, in the order of the filter. */
export const KINDS = {
  chat: 'Chat completion',
  text: 'Text completion',
  responses: 'Responses',
  native: 'Native chat',
  embeddings: 'Embeddings',
  decisions: 'Decisions',
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
  [/\/v1\/decisions$/, 'decisions'],
  [/\/api\/v1\/models\/(?:load|unload)$/, 'loading'],
  [/\/api\/v1\/models\/download(?:\/status\/[^/]+)?$/, 'download'],
  [/\/api\/v1\/chat$/, 'native'],
  [/\/(?:api\/v1|api\/v0|v1)\/models$/, 'models'],
  [/\/lmstudio-greeting$/, 'other'],
]

export interface RouteInfo {
  readonly kind: Kind
  /** The part of the URL before the route. */
  readonly endpoint: string
  /** The path below the endpoint, with the query; the whole path for an unknown route. */
  readonly route: string
}

/** Splits the URL of a request into endpoint and route. */
export function routeOf(url: string): RouteInfo {
  const { origin, pathname, search } = new URL(url)
  for (const [pattern, kind] of ROUTES) {
    const found = pattern.exec(pathname)
    if (found !== null) {
      return { kind, endpoint: origin + pathname.slice(0, found.index), route: found[0] + search }
    }
  }
  return { kind: 'other', endpoint: origin, route: pathname + search }
}
