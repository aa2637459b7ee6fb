import type { Exchange } from '../exchange.js'
import { catchAll, routeError } from '../replies/errors.js'
import { v0ModelInfo, v1ModelInfo } from '../replies/model-info.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { decodeSegment } from '../decode-segment.js'

/** `GET /v1/models`: every downloaded model with JIT on, the loaded instances with JIT off. */
export function listOpenAIModels(exchange: Exchange): WireResponse {
  const { models, instances } = exchange.state
  const ids = exchange.settings.jit ? Array.from(models.keys()) : instances.map((instance) => instance.id)
  if (exchange.settings.server === 'openai') {
    const created = Math.floor(exchange.settings.now() / 1000)
    const data = ids.map((id) => ({ id, object: 'model', created, owned_by: 'acme' }))
    return jsonResponse({ object: 'list', data })
  }
  const data = ids.map((id) => ({ id, object: 'model', owned_by: 'organization_owner' }))
  return jsonResponse({ data, object: 'list' })
}

/** `GET /api/v0/models` */
export function listV0Models(exchange: Exchange): WireResponse {
  const data = Array.from(exchange.state.models.values(), (model) => v0ModelInfo(exchange, model))
  return jsonResponse({ object: 'list', data })
}

/** `GET /api/v0/models/{id}`: the slashes of the id may be plain or encoded as `%2F`. */
export function getV0Model(exchange: Exchange): WireResponse {
  const id = decodeSegment(exchange.path.slice('/api/v0/models/'.length))
  const model = exchange.state.models.get(id)
  if (model !== undefined) return jsonResponse(v0ModelInfo(exchange, model))
  return jsonResponse(routeError(exchange.path, `Model "${id}" not found.`, 'model', 'model_not_found'), 404)
}

/** `GET /api/v1/models` */
export function listV1Models(exchange: Exchange): WireResponse {
  return jsonResponse({ models: Array.from(exchange.state.models.values(), (model) => v1ModelInfo(exchange, model)) })
}

/** Responds to unknown paths and methods, with status 200 as LM Studio does (docs/http-api.md 8.1). */
export const unexpectedEndpoint = (exchange: Exchange): WireResponse =>
  jsonResponse(catchAll(exchange.method, exchange.path))
