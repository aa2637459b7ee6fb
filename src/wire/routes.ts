/** Every route in use, by what it is for. */
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
