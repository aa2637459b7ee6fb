import { checkAuth } from './auth.js'
import { preflight } from './cors.js'
import type { Exchange } from './exchange.js'
import type { ActiveFault } from './faults/queue.js'
import { withErrorObject } from './openai-server.js'
import { routeError } from './replies/errors.js'
import { ErrorResponse, type WireResponse, jsonResponse } from './replies/wire-response.js'
import { findRoute } from './routes/router.js'

async function runRoute(exchange: Exchange): Promise<WireResponse> {
  if (exchange.isInvalidJson) return jsonResponse(routeError(exchange.path, 'Invalid JSON in request body.'), 400)
  try {
    return await findRoute(exchange)(exchange)
  } catch (error) {
    if (error instanceof ErrorResponse) return error.response
    throw error
  }
}

/** Returns the response to a request: authentication and CORS first, then the fault, then the route. */
export async function handleExchange(exchange: Exchange, fault: ActiveFault | undefined): Promise<WireResponse> {
  if (exchange.method === 'OPTIONS') {
    // Browsers send preflights without a token, and with CORS off the server handles OPTIONS by accident.
    if (exchange.settings.cors) return preflight(exchange)
  } else {
    const unauthorized = checkAuth(exchange)
    if (unauthorized !== undefined) return unauthorized
  }
  await fault?.before(exchange)
  const faultResponse = fault?.respond(exchange)
  if (faultResponse !== undefined) return faultResponse
  const response = await runRoute(exchange)
  return exchange.settings.server === 'openai' ? withErrorObject(response) : response
}
