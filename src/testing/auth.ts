import type { Exchange } from './exchange.js'
import type { Settings } from './settings.js'
import { nativeError } from './wire-errors.js'
import { type WireReply, json } from './wire-reply.js'

const wellFormed = /^sk-lm-[A-Za-z0-9]{8}:[A-Za-z0-9]{20}$/u

/** Well-formed and of no use anywhere else. */
const builtInToken = `sk-lm-${'Mock0001'}:${'0123456789abcdefghij'}`

export const tokenOf = (settings: Settings): string | undefined => {
  if (settings.auth === false) return undefined
  return settings.auth === true ? builtInToken : settings.auth
}

const refusal = (message: string): WireReply => json(nativeError(message, 'invalid_api_key'), 401)

/** The server's own masking: the first ten characters and stars. */
const mask = (token: string): string => `${token.slice(0, 10)}****`

/** A 401 when the request may not pass, else nothing. The greeting is open, and 0.3 has no tokens. */
export function checkAuth(exchange: Exchange): WireReply | undefined {
  const { settings, headers, path } = exchange
  const expected = tokenOf(settings)
  if (expected === undefined || settings.version === '0.3' || path === '/lmstudio-greeting') return undefined
  const bearer = /^Bearer\s+(.+)$/iu.exec(headers.authorization ?? '')?.[1]
  const given = bearer ?? (path === '/v1/messages' ? headers['x-api-key'] : undefined)
  if (given === undefined) {
    return refusal('An LM Studio API token is required to make requests to this server, but none was provided.')
  }
  if (given === expected) return undefined
  if (!wellFormed.test(given)) return refusal(`Malformed LM Studio API token provided: ${mask(given)}`)
  return refusal(`Invalid LM Studio API token provided: ${mask(given)}`)
}
