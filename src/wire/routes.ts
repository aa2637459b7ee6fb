/** Every route in use, by what it is for. */
export const ROUTES = {
  greeting: '/lmstudio-greeting',
  chatCompletions: '/v1/chat/completions',
  embeddings: '/v1/embeddings',
  modelsV1: '/api/v1/models',
  modelsV0: '/api/v0/models',
  modelsOpenAI: '/v1/models',
} as const
