import type { Exchange } from '../exchange.js'
import { embedText } from '../generate/embed-text.js'
import { asObject, asString, asStringList } from '../json-values.js'
import { throwStringError } from '../replies/errors.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { type FieldType, describeType, findWrongType, hasType } from '../requests/field-types.js'
import { resolveModel } from '../resolve-model.js'

const fieldTypes: Readonly<Record<string, FieldType>> = { model: 'string', encoding_format: 'string', ttl: 'integer' }

/**
 * `POST /v1/embeddings` and `/api/v0/embeddings`. As with LM Studio, `encoding_format` and `dimensions` are ignored,
 * the model id in the response has its quantization appended, and the usage is all zeros.
 */
export async function embeddings(exchange: Exchange): Promise<WireResponse> {
  const body = asObject(exchange.body)
  if (!hasType(body.input, 'string-or-strings')) {
    throwStringError("'input' field must be a string or an array of strings")
  }
  // That wrong types are a 400 is assumed.
  const wrong = findWrongType(body, fieldTypes)
  if (wrong !== undefined) throwStringError(`'${wrong}' field must be ${describeType(fieldTypes[wrong])}`)
  if (asString(body.model) === '') throwStringError("'model' field is required")
  const { model, instance } = await resolveModel(exchange, asString(body.model), 'embedding')
  const data = asStringList(body.input).map((text, index) => ({
    object: 'embedding',
    embedding: embedText(text, model.dimensions),
    index,
  }))
  return jsonResponse({
    object: 'list',
    data,
    model: `${instance.id}@${model.quantization.toLowerCase()}`,
    usage: { prompt_tokens: 0, total_tokens: 0 },
  })
}
