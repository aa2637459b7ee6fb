import { Refusal, json } from './wire-reply.js'

/** The routes whose errors are a bare string; the others answer with an object. */
const saysErrorsAsString = (path: string): boolean =>
  /^\/(?:v1|api\/v0)\/(?:chat\/completions|completions|embeddings)$/u.test(path)

/** `{"error":"text"}` */
export const stringError = (message: string): unknown => ({ error: message })

/** The object of `/v1/responses` and of "no models loaded". */
export const openAIError = (message: string, param: string | null = null, code: string | null = null): unknown => ({
  error: { message, type: 'invalid_request_error', param, code },
})

/** The object of `/api/v1/*` and of auth failures. */
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

/** An error body in the shape of the route. */
export function routeError(
  path: string,
  message: string,
  param: string | null = null,
  code: string | null = null,
): unknown {
  if (saysErrorsAsString(path)) return stringError(message)
  if (path === '/v1/messages') return anthropicError(message)
  return path.startsWith('/api/v1/') ? nativeError(message, code, param) : openAIError(message, param, code)
}

/** The answer to every path and method the server does not know. */
export const catchAll = (method: string, path: string): unknown =>
  stringError(`Unexpected endpoint or method. (${method} ${path})`)

/** Refuses with a string body and status 400. */
export const refuse = (message: string): never => {
  throw new Refusal(json(stringError(message), 400))
}

/** Refuses the way LM Studio passes on what its validator found: the issues as JSON inside the string. */
export const refuseIssues = (path: readonly (string | number)[], message: string, expected: string): never => {
  const issues = [{ code: 'invalid_literal', expected, path, message }]
  throw new Refusal(json(stringError(JSON.stringify(issues, null, 2)), 400))
}

export const noModelsLoaded =
  "No models loaded. Please load a model in the developer page or use the 'lms load' command."
export const modelUnloaded = 'Model is unloaded.'
export const contextExceeded = 'Context size has been exceeded.'
export const crashed = 'The model has crashed without additional information. (Exit code: null)'
export const outOfMemory = (model: string): string =>
  `Failed to load model "${model}". Error: Model loading was stopped due to insufficient system resources. ` +
  'Under the current settings, this model requires approximately 21.4 GB of memory. Adjust the model loading guardrails in settings to continue.'
