import { checkAuth } from './auth.js'
import { preflight } from './cors.js'
import type { Exchange } from './exchange.js'
import { findRoute } from './router.js'
import { routeError } from './wire-errors.js'
import { Refusal, type WireReply, json } from './wire-reply.js'

async function answer(exchange: Exchange): Promise<WireReply> {
  const { fault } = exchange
  await fault?.before(exchange)
  const faulty = fault?.answer(exchange)
  if (faulty !== undefined) return faulty
  if (exchange.isInvalidJson) return json(routeError(exchange.path, 'Invalid JSON in request body.'), 400)
  return findRoute(exchange)(exchange)
}

/** The reply to a request: the switches first, then its fault, then its route. */
export async function decide(exchange: Exchange): Promise<WireReply> {
  if (exchange.method === 'OPTIONS') {
    // Neither the preflight a browser sends nor the accident it is with CORS off knows of tokens.
    if (exchange.settings.cors) return preflight
  } else {
    const refused = checkAuth(exchange)
    if (refused !== undefined) return refused
  }
  try {
    return await answer(exchange)
  } catch (error) {
    if (error instanceof Refusal) return error.reply
    throw error
  }
}
