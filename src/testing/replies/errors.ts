import { ErrorResponse, jsonResponse } from './wire-response.js'

/** Returns whether the route sends its errors as bare strings; the others send objects. */
const usesStringErrors = (path: string): boolean =>
  /^\/(?:v1|api\/v0)\/(?:chat\/completions|completions|embeddings)$/u.test(path)

/** `{"error":"text"}` */
export const stringError = (message: string): unknown => ({ error: message })

/** The error object of `/v1/responses`, and of "no models loaded" on every route. */
export const openAIError = (message: string, param: string | null = null, code: string | null = null): unknown => ({
  error: { message, type: 'invalid_request_error', param, code },
})

/** The error object of `/api/v1/*`, and of a missing or invalid token on every route. */
export const nativeError = (
  message: string,
  code: string | null = null,
  param: string | null = null,
  type = 'invalid_request',
): unknown => ({ error: { message, type, code, param } })

/** The error object of `/v1/messages`. */
export const anthropicError = (message: string, type = 'invalid_request_error'): unknown => ({
  type: 'error',
  error: { type, message },
})

/** Returns an error body in the shape that the route uses. */
export function routeError(
  path: string,
  message: string,
  param: string | null = null,
  code: string | null = null,
): unknown {
  if (usesStringErrors(path)) return stringError(message)
  if (path === '/v1/messages') return anthropicError(message)
  return path.startsWith('/api/v1/') ? nativeError(message, code, param) : openAIError(message, param, code)
}

/** The body of the 200 response to every path and method that the server does not know. */
export const catchAll = (method: string, path: string): unknown =>
  stringError(`Unexpected endpoint or method. (${method} ${path})`)

/** Sends an error response in place of the route's own. */
export function throwError(body: unknown, status = 400): never {
  throw new ErrorResponse(jsonResponse(body, status))
}

/** Sends a 400 with a string. */
export function throwStringError(message: string): never {
  throwError(stringError(message))
}

/** Sends a 400 as LM Studio's validator does: the issues as JSON inside the string (docs/http-api.md 8.2). */
export function throwIssues(path: readonly (string | number)[], message: string, expected: string): never {
  throwStringError(JSON.stringify([{ code: 'invalid_literal', expected, path, message }], null, 2))
}

/** Sends a 400 with the object of `/v1/responses`. */
export function throwOpenAIError(message: string, param: string, code: string | null): never {
  throwError(openAIError(message, param, code))
}

/** Sends an error of the native routes. */
export function throwNativeError(
  message: string,
  code: string | null,
  param: string | null = null,
  status = 400,
): never {
  throwError(nativeError(message, code, param), status)
}

/** Sends a 404 with one of the native error types. */
export function throwNotFound(type: 'model_not_found' | 'job_not_found', message: string, param: string): never {
  throwError(nativeError(message, null, param, type), 404)
}

export const noModelsLoaded =
  "No models loaded. Please load a model in the developer page or use the 'lms load' command."
export const modelUnloaded = 'Model is unloaded.'
export const contextExceeded = 'Context size has been exceeded.'
/** The error of llama.cpp, the engine, for a prompt that exceeds its context. */
export const engineOverflow = {
  code: 400,
  message: 'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it',
  type: 'exceed_context_size_error',
  n_prompt_tokens: 9001,
  n_ctx: 8192,
}
export const modelCrashed = 'The model has crashed without additional information. (Exit code: null)'
export const promptTooLong = (tokens: number, limit: number): string =>
  `Cannot truncate prompt with n_keep (${tokens}) >= n_ctx (${limit})`
export const outOfMemory = (model: string): string =>
  `Failed to load model "${model}". Error: Model loading was stopped due to insufficient system resources. ` +
  'Under the current settings, this model requires approximately 21.4 GB of memory. Adjust the model loading guardrails in settings to continue.'
