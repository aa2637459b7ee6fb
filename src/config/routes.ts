/** Every route of the server that this package uses. */
export const ROUTES = {
  greeting: '/lmstudio-greeting',
  chatCompletions: '/v1/chat/completions',
  completions: '/v1/completions',
  responses: '/v1/responses',
  embeddings: '/v1/embeddings',
  nativeChat: '/api/v1/chat',
  modelsV1: '/api/v1/models',
  modelsV0: '/api/v0/models',
  modelsOpenAI: '/v1/models',
  loadModel: '/api/v1/models/load',
  unloadModel: '/api/v1/models/unload',
  downloadModel: '/api/v1/models/download',
  downloadStatus: '/api/v1/models/download/status',
} as const

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
