import type { Exchange } from '../exchange.js'
import { isOpenAIPath, notFound } from '../openai-server.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { anthropicMessages } from './anthropic-messages.js'
import { chatCompletions } from './chat-completions.js'
import { completions } from './completions.js'
import { decisions, systemOne } from './decisions.js'
import { downloadModel, downloadStatus } from './downloads.js'
import { embeddings } from './embeddings.js'
import { loadModel, unloadModel } from './loading.js'
import { getV0Model, listOpenAIModels, listV0Models, listV1Models, unexpectedEndpoint } from './models.js'
import { nativeChat } from './native-chat.js'
import { responses } from './responses.js'

type Route = (exchange: Exchange) => WireResponse | Promise<WireResponse>

const routes: Readonly<Record<string, Route>> = {
  'GET /lmstudio-greeting': () => jsonResponse({ lmstudio: true }),
  'GET /v1/models': listOpenAIModels,
  'GET /api/v0/models': listV0Models,
  'GET /api/v1/models': listV1Models,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/completions': completions,
  'POST /v1/embeddings': embeddings,
  'POST /v1/responses': responses,
  'POST /v1/decisions': decisions,
  'POST /v1/systemone': systemOne,
  'POST /v1/messages': anthropicMessages,
  'POST /api/v0/chat/completions': chatCompletions,
  'POST /api/v0/completions': completions,
  'POST /api/v0/embeddings': embeddings,
  'POST /api/v1/chat': nativeChat,
  'POST /api/v1/models/load': loadModel,
  'POST /api/v1/models/unload': unloadModel,
  'POST /api/v1/models/download': downloadModel,
}

/** Returns whether a path was added in 0.4; 0.3 treats it like any path that it does not know. */
const isSince04 = (path: string): boolean =>
  path.startsWith('/api/v1/') || ['/v1/messages', '/v1/decisions', '/v1/systemone'].includes(path)

/** Returns the function that handles a request; for unknown paths and methods, the 200 catch-all of LM Studio. */
export function findRoute({ method, path, settings }: Exchange): Route {
  const route = routes[`${method} ${path}`]
  if (settings.server === 'openai') {
    return route !== undefined && isOpenAIPath(path) ? route : () => notFound(method, path)
  }
  if (settings.version === '0.3' && isSince04(path)) return unexpectedEndpoint
  if (route !== undefined) return route
  if (method === 'GET' && path.startsWith('/api/v0/models/')) return getV0Model
  if (method === 'GET' && path.startsWith('/api/v1/models/download/status/')) return downloadStatus
  // With CORS off there is no OPTIONS handler, but the validator of this route runs for any method (docs/http-api.md
  // 10.1).
  if (method === 'OPTIONS' && path === '/v1/chat/completions') return chatCompletions
  return unexpectedEndpoint
}
