import { endpoint, token } from '../state/connection.js'
import { getMock, MOCK_ENDPOINT } from '../state/mock.js'
import { exchanges, record, type Exchange } from '../state/recorder.js'
import { hasToken, PLACEHOLDER } from './recorded.js'
import { routeOf } from './routes.js'

/** Requests that were sent from the Inspector and can be stopped there. */
const controllers = new Map<number, AbortController>()

/** Why a request cannot be sent again as recorded; `undefined` if it can. */
export function resendProblem(exchange: Exchange, body = exchange.requestBody): string | undefined {
  if (exchange.isBodyTruncated) return 'The body exceeded the recording limit, so it cannot be sent again.'
  if (body?.includes(PLACEHOLDER) === true) return 'The body contains a secret that is not recorded. Replace the dots.'
  return hasToken(exchange) && !isConnectedTo(exchange)
    ? 'The token of this server is no longer known. Connect to the server first.'
    : undefined
}

const isConnectedTo = ({ url }: Exchange): boolean =>
  routeOf(url).endpoint === endpoint.peek().trim().replace(/\/+$/, '')

/**
 * Sends a recorded request again, byte for byte or with another body, and returns the number of the new one. `fetch` is
 * called directly, because the library would not send a body that it considers wrong.
 */
export async function resend(exchange: Exchange, body = exchange.requestBody): Promise<number | undefined> {
  const { url, method, requestHeaders, addressSpace } = exchange
  const isMockInPage = url.startsWith(MOCK_ENDPOINT)
  const fetch = isMockInPage ? (await getMock()).fetch : undefined
  const headers = new Headers(
    requestHeaders.filter(([, value]) => !value.includes(PLACEHOLDER)).map(([...pair]) => pair),
  )
  if (hasToken(exchange)) headers.set('authorization', `Bearer ${token.peek()}`)
  const controller = new AbortController()
  const init: RequestInit = {
    method,
    headers,
    signal: controller.signal,
    ...(body === undefined ? {} : { body }),
    ...(addressSpace === undefined ? {} : { targetAddressSpace: addressSpace }),
  }
  const sent = record(fetch, { isMock: exchange.isMock })(url, init)
  const id = exchanges.peek().at(-1)?.id
  if (id !== undefined) controllers.set(id, controller)
  // Read to the end, so that it is recorded. Its failure is part of the record.
  sent
    .then((response) => response.text())
    .catch(() => {})
    .finally(() => id !== undefined && controllers.delete(id))
  return id
}

/** Whether a request was sent from the Inspector and is still active. */
export const canStop = ({ id }: Exchange): boolean => controllers.has(id)

export function stopResent({ id }: Exchange): void {
  controllers.get(id)?.abort(new DOMException('Stopped.', 'AbortError'))
}
