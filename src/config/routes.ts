/** Every route of the server that this package uses. */
export * as ROUTES from './route-paths.js'

// docs/http-api.md 1.8.
const VERSIONS: readonly (readonly [prefix: string, version: string])[] = [
  ['/api/v1/', '0.4.0'],
  ['/v1/messages', '0.4.1'],
  ['/v1/responses', '0.3.29'],
  ['/api/v0/', '0.3.6'],
]

/** Returns the LM Studio version that added a route; `undefined` for a route that every version has. */
export const versionOf = (route: string): string | undefined =>
  VERSIONS.find(([prefix]) => route.startsWith(prefix))?.[1]
