import { decodeSegment } from './decode-segment.js'
import type { Exchange } from './exchange.js'
import type { DiskModel } from './state.js'
import { catchAll, routeError } from './wire-errors.js'
import { type WireReply, json } from './wire-reply.js'

const instancesOf = (exchange: Exchange, model: DiskModel): Exchange['state']['instances'] =>
  exchange.state.instances.filter((instance) => instance.model === model.id)

/** `GET /v1/models`: what is on the disk with JIT on, what is loaded with JIT off. */
export function listOpenAIModels(exchange: Exchange): WireReply {
  const { models, instances } = exchange.state
  const ids = exchange.settings.jit ? Array.from(models.keys()) : instances.map((instance) => instance.id)
  const data = ids.map((id) => ({ id, object: 'model', owned_by: 'organization_owner' }))
  return json({ data, object: 'list' })
}

function describeV0(exchange: Exchange, model: DiskModel): object {
  const loaded = instancesOf(exchange, model)[0]
  return {
    id: model.id,
    object: 'model',
    // The plural is v0's own; v1 says `embedding`.
    type: model.type === 'embedding' ? 'embeddings' : model.type,
    publisher: model.publisher,
    arch: model.architecture,
    compatibility_type: model.format,
    quantization: model.quantization,
    state: loaded === undefined ? (exchange.state.loading.has(model.id) ? 'loading' : 'not-loaded') : 'loaded',
    max_context_length: model.maxContextLength,
    ...(loaded === undefined ? {} : { loaded_context_length: loaded.contextLength }),
    ...(model.toolUse ? { capabilities: ['tool_use'] } : {}),
  }
}

/** `GET /api/v0/models` */
export function listV0Models(exchange: Exchange): WireReply {
  const data = Array.from(exchange.state.models.values(), (model) => describeV0(exchange, model))
  return json({ object: 'list', data })
}

/** `GET /api/v0/models/{id}`: the id may hold slashes, written plainly or as `%2F`. */
export function getV0Model(exchange: Exchange): WireReply {
  const id = decodeSegment(exchange.path.slice('/api/v0/models/'.length))
  const model = exchange.state.models.get(id)
  if (model !== undefined) return json(describeV0(exchange, model))
  return json(routeError(exchange.path, `Model "${id}" not found.`, 'model', 'model_not_found'), 404)
}

const bits = (quantization: string): number | null => {
  const digits = /\d+/u.exec(quantization)?.[0]
  return digits === undefined ? null : Number(digits)
}

function describeV1(exchange: Exchange, model: DiskModel): object {
  const isEmbedding = model.type === 'embedding'
  const variant = `${model.id}@${model.quantization.toLowerCase()}`
  return {
    type: isEmbedding ? 'embedding' : 'llm',
    publisher: model.publisher,
    key: model.id,
    display_name: model.displayName,
    ...(isEmbedding ? {} : { architecture: model.architecture }),
    quantization: { name: model.quantization, bits_per_weight: bits(model.quantization) },
    size_bytes: model.sizeBytes,
    params_string: model.parameters,
    loaded_instances: instancesOf(exchange, model).map(({ id, config }) => ({ id, config })),
    max_context_length: model.maxContextLength,
    format: model.format,
    ...(isEmbedding
      ? {}
      : {
          capabilities: {
            vision: model.type === 'vlm',
            trained_for_tool_use: model.toolUse,
            ...(model.reasoning === false
              ? {}
              : {
                  reasoning: { allowed_options: model.reasoning.options, default: model.reasoning.default },
                }),
          },
          description: null,
        }),
    ...(isEmbedding ? {} : { variants: [variant], selected_variant: variant }),
  }
}

/** `GET /api/v1/models` */
export function listV1Models(exchange: Exchange): WireReply {
  return json({ models: Array.from(exchange.state.models.values(), (model) => describeV1(exchange, model)) })
}

/** The answer to what the server does not know: status 200 all the same. */
export const unexpected = (exchange: Exchange): WireReply => json(catchAll(exchange.method, exchange.path))
