import type { Exchange } from './exchange.js'
import { embedText } from './generate/embed-text.js'
import { asObject, asString, asStringList } from './json-values.js'
import { resolveModel } from './resolve-model.js'
import { refuse } from './wire-errors.js'
import { type WireReply, json } from './wire-reply.js'

const isInput = (input: unknown): boolean =>
  typeof input === 'string' || (Array.isArray(input) && input.every((one) => typeof one === 'string'))

/**
 * `POST /v1/embeddings` and `/api/v0/embeddings`. `encoding_format` and `dimensions` change nothing, the model comes
 * back with its quantization, and the usage is all zeros, as with LM Studio.
 */
export async function embeddings(exchange: Exchange): Promise<WireReply> {
  const body = asObject(exchange.body)
  if (!isInput(body.input)) refuse("'input' field must be a string or an array of strings")
  const { model, instance } = await resolveModel(exchange, asString(body.model), true)
  const data = asStringList(body.input).map((text, index) => ({
    object: 'embedding',
    embedding: embedText(text, model.dimensions),
    index,
  }))
  return json({
    object: 'list',
    data,
    model: `${instance.id}@${model.quantization.toLowerCase()}`,
    usage: { prompt_tokens: 0, total_tokens: 0 },
  })
}
