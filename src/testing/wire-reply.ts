import type { Step } from './steps.js'

/** An answer before it is turned into bytes. */
export type WireReply =
  | {
      readonly kind: 'whole'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** Serialised as JSON; a string is sent as it is. */
      readonly body: unknown
    }
  | {
      readonly kind: 'steps'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly steps: Iterable<Step> | AsyncIterable<Step>
    }

const jsonType = 'application/json; charset=utf-8'

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): WireReply => ({
  kind: 'whole',
  status,
  headers: { 'content-type': jsonType, ...headers },
  // A JSON document that is just a string never occurs on this wire, so strings are free to mean raw text.
  body,
})

export const text = (
  body: string,
  status: number,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): WireReply => ({ kind: 'whole', status, headers: { 'content-type': type, ...headers }, body })

export const eventStream = (steps: Iterable<Step> | AsyncIterable<Step>): WireReply => ({
  kind: 'steps',
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  steps,
})

/** Thrown by a route to answer with an error instead. */
export class Refusal extends Error {
  readonly reply: WireReply

  constructor(reply: WireReply) {
    super('refused')
    this.reply = reply
  }
}

class ConnectionReset extends TypeError {
  override name = 'TypeError'
}

/** Stands for a destroyed connection: what Node's `fetch` rejects with. */
export const connectionReset = (message = 'fetch failed'): TypeError =>
  new ConnectionReset(message, { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) })

/** Whether the mock itself broke the connection, not the client. */
export const isDrop = (reason: unknown): boolean => reason instanceof ConnectionReset
