import type { Exchange } from '../exchange.js'
import type { DiskModel, Instance } from '../state.js'

const instancesOf = (exchange: Exchange, model: DiskModel): readonly Instance[] =>
  exchange.state.instances.filter((instance) => instance.model === model.id)

/** Returns a model as `/api/v0/models` lists it. */
export function v0ModelInfo(exchange: Exchange, model: DiskModel): object {
  const loaded = instancesOf(exchange, model)[0]
  return {
    id: model.id,
    object: 'model',
    // Plural on v0 only; v1 says `embedding`.
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

function bitsPerWeight(quantization: string): number | null {
  const digits = /\d+/u.exec(quantization)?.[0]
  return digits === undefined ? null : Number(digits)
}

function capabilities(model: DiskModel): object {
  const { reasoning } = model
  return {
    vision: model.type === 'vlm',
    trained_for_tool_use: model.toolUse,
    ...(reasoning === false ? {} : { reasoning: { allowed_options: reasoning.options, default: reasoning.default } }),
  }
}

/** Returns a model as `/api/v1/models` lists it. */
export function v1ModelInfo(exchange: Exchange, model: DiskModel): object {
  const isEmbedding = model.type === 'embedding'
  const variant = `${model.id}@${model.quantization.toLowerCase()}`
  return {
    // How LM Studio types a decision model is assumed.
    type: model.type === 'vlm' ? 'llm' : model.type,
    publisher: model.publisher,
    key: model.id,
    display_name: model.displayName,
    ...(isEmbedding ? {} : { architecture: model.architecture }),
    quantization: { name: model.quantization, bits_per_weight: bitsPerWeight(model.quantization) },
    size_bytes: model.sizeBytes,
    params_string: model.parameters,
    loaded_instances: instancesOf(exchange, model).map(({ id, config }) => ({ id, config })),
    max_context_length: model.maxContextLength,
    format: model.format,
    ...(isEmbedding
      ? {}
      : {
          capabilities: capabilities(model),
          description: null,
          variants: [variant],
          selected_variant: variant,
        }),
  }
}
