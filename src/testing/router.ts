import type { Exchange } from './exchange.js'
import { chatCompletions } from './route-chat-completions.js'
import { completions } from './route-completions.js'
import { downloadModel, downloadStatus } from './route-download.js'
import { embeddings } from './route-embeddings.js'
import { loadModel, unloadModel } from './route-lifecycle.js'
import { messages } from './route-messages.js'
import { getV0Model, listOpenAIModels, listV0Models, listV1Models, unexpected } from './route-models.js'
import { nativeChat } from './route-native-chat.js'
import { responses } from './route-responses.js'
import { type WireReply, json } from './wire-reply.js'

type Route = (exchange: Exchange) => WireReply | Promise<WireReply>

const routes: Readonly<Record<string, Route>> = {
  'GET /lmstudio-greeting': () => json({ lmstudio: true }),
  'GET /v1/models': listOpenAIModels,
  'GET /api/v0/models': listV0Models,
  'GET /api/v1/models': listV1Models,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/completions': completions,
  'POST /v1/embeddings': embeddings,
  'POST /v1/responses': responses,
  'POST /v1/messages': messages,
  'POST /api/v0/chat/completions': chatCompletions,
  'POST /api/v0/completions': completions,
  'POST /api/v0/embeddings': embeddings,
  'POST /api/v1/chat': nativeChat,
  'POST /api/v1/models/load': loadModel,
  'POST /api/v1/models/unload': unloadModel,
  'POST /api/v1/models/download': downloadModel,
}

/** Came with 0.4; 0.3 answers them like any path it does not know. */
const isNew = (path: string): boolean => path.startsWith('/api/v1/') || path === '/v1/messages'

/** Which function answers a request. What nothing answers goes to the 200 catch-all. */
export function findRoute({ method, path, settings }: Exchange): Route {
  if (settings.version === '0.3' && isNew(path)) return unexpected
  const route = routes[`${method} ${path}`]
  if (route !== undefined) return route
  if (method === 'GET' && path.startsWith('/api/v0/models/')) return getV0Model
  if (method === 'GET' && path.startsWith('/api/v1/models/download/status/')) return downloadStatus
  // With CORS off there is no OPTIONS handler, and this one route's validator runs for any method.
  if (method === 'OPTIONS' && path === '/v1/chat/completions') return chatCompletions
  return unexpected
}
