import { asString, isObject } from './json-values.js'
import { openAIError } from './replies/errors.js'
import { type WireResponse, jsonResponse } from './replies/wire-response.js'

const paths: readonly string[] = [
  '/v1/models',
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
]

/** Returns whether a plain OpenAI-compatible server has a path. */
export const isOpenAIPath = (path: string): boolean => paths.includes(path)

/** Returns the response of a plain OpenAI-compatible server to a path or method that it does not know. */
export const notFound = (method: string, path: string): WireResponse =>
  jsonResponse(openAIError(`Invalid URL (${method} ${path})`), 404)

/** Turns an error that LM Studio sends as a string into an object. */
export function withErrorObject(response: WireResponse): WireResponse {
  if (response.kind !== 'whole' || !isObject(response.body)) return response
  const message = asString(response.body.error)
  return message === '' ? response : { ...response, body: openAIError(message) }
}
