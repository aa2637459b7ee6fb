import type { Exchange } from './exchange.js'
import { nativeError, openAIError } from './replies/errors.js'
import { type WireResponse, jsonResponse } from './replies/wire-response.js'
import type { Settings } from './settings.js'

const wellFormed = /^sk-lm-[A-Za-z0-9]{8}:[A-Za-z0-9]{20}$/u

/** Well-formed, but not a real token. Split so that secret scanners do not report it. */
const builtInToken = `sk-lm-${'Mock0001'}:${'0123456789abcdefghij'}`

/** Returns the token the mock accepts; `undefined` while authentication is off. */
export const tokenOf = (settings: Settings): string | undefined => {
  if (settings.auth === false) return undefined
  return settings.auth === true ? builtInToken : settings.auth
}

const unauthorized = (message: string): WireResponse => jsonResponse(nativeError(message, 'invalid_api_key'), 401)

/** Masks a token as LM Studio does: the first ten characters, then stars. */
const mask = (token: string): string => `${token.slice(0, 10)}****`

/**
 * Returns the 401 response for a request without a valid token, else `undefined`. The greeting needs no token, and
 * LM Studio 0.3 has no tokens.
 */
export function checkAuth(exchange: Exchange): WireResponse | undefined {
  const { settings, headers, path } = exchange
  const expected = tokenOf(settings)
  if (expected === undefined || settings.version === '0.3' || path === '/lmstudio-greeting') return undefined
  const bearer = /^Bearer\s+(.+)$/iu.exec(headers.authorization ?? '')?.[1]
  const token = bearer ?? (path === '/v1/messages' ? headers['x-api-key'] : undefined)
  if (settings.server === 'openai') {
    if (token === expected) return undefined
    return jsonResponse(openAIError('Incorrect API key provided.', null, 'invalid_api_key'), 401)
  }
  if (token === undefined) {
    return unauthorized('An LM Studio API token is required to make requests to this server, but none was provided.')
  }
  if (token === expected) return undefined
  if (!wellFormed.test(token)) return unauthorized(`Malformed LM Studio API token provided: ${mask(token)}`)
  return unauthorized(`Invalid LM Studio API token provided: ${mask(token)}`)
}
