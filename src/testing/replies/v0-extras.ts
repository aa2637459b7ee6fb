import type { Exchange } from '../exchange.js'
import { type Generation, timing } from '../generation.js'

/**
 * Returns what `/api/v0` adds to an OpenAI-shaped response: `stats`, `model_info` and `runtime`. Empty on other routes.
 */
export function v0Extras(exchange: Exchange, generation: Generation): object {
  if (!exchange.path.startsWith('/api/v0/')) return {}
  const { model, instance } = generation.target
  const { speed, first, total } = timing(exchange, generation)
  return {
    stats: {
      tokens_per_second: speed,
      time_to_first_token: first,
      generation_time: total,
      stop_reason: generation.stopReason,
    },
    model_info: {
      arch: model.architecture,
      quant: model.quantization,
      format: model.format,
      context_length: instance.contextLength,
    },
    runtime: { name: 'llama.cpp-linux-x64-mock', version: '2.4.0', supported_formats: [model.format] },
  }
}
