import type { BodySteps } from './steps.js'

/** A response before its body is turned into bytes. */
export type WireResponse =
  | {
      readonly kind: 'whole'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** Serialized as JSON; a string is sent unchanged. No route sends a JSON document that is just a string. */
      readonly body: unknown
    }
  | {
      readonly kind: 'steps'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly steps: BodySteps
    }

export const jsonResponse = (body: unknown, status = 200): WireResponse => ({
  kind: 'whole',
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
})

export const textResponse = (body: string, status: number, contentType: string): WireResponse => ({
  kind: 'whole',
  status,
  headers: { 'content-type': contentType },
  body,
})

export const eventStream = (steps: BodySteps): WireResponse => ({
  kind: 'steps',
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  steps,
})

/** Thrown by a route in order to send an error response. */
export class ErrorResponse extends Error {
  readonly response: WireResponse

  constructor(response: WireResponse) {
    super('error response')
    this.response = response
  }
}

class ConnectionReset extends TypeError {
  override name = 'TypeError'
}

/** Creates the error that Node's `fetch` rejects with when the connection is destroyed. */
export const connectionReset = (message = 'fetch failed'): TypeError =>
  new ConnectionReset(message, { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) })

/** Returns whether the mock destroyed the connection, not the client. */
export const isConnectionReset = (reason: unknown): boolean => reason instanceof ConnectionReset
