// Wire reference 1.8.
const VERSIONS: readonly (readonly [start: string, version: string])[] = [
  ['/api/v1/', '0.4.0'],
  ['/v1/messages', '0.4.1'],
  ['/v1/responses', '0.3.29'],
  ['/api/v0/', '0.3.6'],
]

/** The LM Studio that first had a route; `undefined` for a route that every version has. */
export const versionOf = (route: string): string | undefined => VERSIONS.find(([start]) => route.startsWith(start))?.[1]
