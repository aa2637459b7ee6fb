import { checkCallOptions } from '../config/resolve.js'
import type { Log } from '../config/options.js'
import type { Exchange } from '../transport/exchange.js'
import type { JSONAnswer, RequestSpec, Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import { ignore } from '../utils/abort.js'
import type { EventSource } from '../utils/event-stream.js'
import { answerStream, replay, type AnswerStream } from './answer-stream.js'
import { warnOfSubstitution, type Answered } from './substitution.js'

/** What of a request is needed to read its answer. */
export interface Asked {
  readonly model: string
}

/** How one route generates: requests `Q`, of which `A` is kept, answers `R`, and their events `E`. */
export interface Generation<Q, A extends Asked, E extends { readonly type: string }, R extends Answered> {
  readonly route: string
  /** Checks a request, and takes all of it that is needed: its owner may change it. Only images may be waited for. */
  prepare(request: Q, stream: boolean): { readonly asked: A; readonly body: string | Promise<string> }
  /** A whole answer, and the events it consists of for whoever asked for a stream. */
  read(answer: JSONAnswer, asked: A): { readonly response: R; readonly events: E[] }
  readonly Source: new (exchange: Exchange, asked: A, log: Log | undefined) => EventSource<E, R>
}

/** What is still to be found out of a request before it is sent; rejects to refuse it. */
export type Check<A> = (asked: A, options: CallOptions | undefined) => Promise<void>

/** Runs the opening of a stream, and may replace its error. */
export type Settle = <T>(opening: Promise<T>, signal: AbortSignal) => Promise<T>

const toSpec = (route: string, body: string): RequestSpec => ({ method: 'POST', route, body, kind: 'generation' })

/** The whole answer to a request. */
export async function ask<Q, A extends Asked, E extends { readonly type: string }, R extends Answered>(
  { route, prepare, read }: Generation<Q, A, E, R>,
  transport: Transport,
  request: Q,
  options: CallOptions | undefined,
  check?: Check<A>,
): Promise<R> {
  checkCallOptions(options)
  const { asked, body } = prepare(request, false)
  const spec = toSpec(route, await body)
  await check?.(asked, options)
  const { response } = read(await transport.requestJSON(spec, options), asked)
  warnOfSubstitution(transport.config.log, asked.model, response)
  return response
}

/** The answer to a request as it is made. What is wrong with the request is told by reading the stream. */
export function askStream<Q, A extends Asked, E extends { readonly type: string }, R extends Answered>(
  { route, prepare, read, Source }: Generation<Q, A, E, R>,
  transport: Transport,
  request: Q,
  options: CallOptions | undefined,
  settle: Settle,
  check?: Check<A>,
): AnswerStream<E, R> {
  const prepared = attempt(() => {
    checkCallOptions(options)
    const { asked, body } = prepare(request, true)
    if (body instanceof Promise) body.catch(ignore)
    return { asked, body }
  })
  const begin = async (signal: AbortSignal): Promise<EventSource<E, R>> => {
    const { asked, body } = prepared()
    const spec = toSpec(route, await body)
    const limits = { ...options, signal }
    await check?.(asked, limits)
    const answer = await transport.openStream(spec, limits)
    const { log } = transport.config
    if (answer.kind === 'events') return new Source(answer.exchange, asked, log)
    const { events, response } = read(answer.answer, asked)
    warnOfSubstitution(log, asked.model, response)
    return replay(events, response)
  }
  return answerStream((signal) => settle(begin(signal), signal), options?.signal)
}

/** Does it now, and tells later what came of it. */
function attempt<T>(make: () => T): () => T {
  try {
    const made = make()
    return () => made
  } catch (error) {
    return () => {
      throw error
    }
  }
}
