import type { CallOptions, Log } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import type { Attempt } from '../http/attempt.js'
import type { JSONAnswer, RequestSpec, Client } from '../http/types.js'
import type { EventSource } from '../streaming/event-stream.js'
import { ignore } from '../utils/abort.js'
import { type Answered, warnOfSubstitution } from './model-substitution.js'
import { explainMissingModel } from '../models/missing-model.js'
import type { ResponseStream } from './types.js'
import { createResponseStream, replay } from './response-stream.js'

/** What of a request is needed to read its answer. */
export interface RequestContext {
  readonly model: string
}

/** How one route generates: requests `Q`, of which `A` is kept, answers `R`, and their events `E`. */
export interface GenerationRoute<Q, A extends RequestContext, E extends { readonly type: string }, R extends Answered> {
  readonly route: string
  /** Checks a request, and takes all of it that is needed: its owner may change it. Only images may be waited for. */
  prepare(request: Q, stream: boolean): { readonly asked: A; readonly body: string | Promise<string> }
  /** A whole answer, and the events it consists of for whoever asked for a stream. */
  read(answer: JSONAnswer, asked: A): { readonly response: R; readonly events: E[] }
  /** Runs before the request is sent. */
  readonly preflight?: Preflight<A>
  readonly Source: new (exchange: Attempt, asked: A, log: Log | undefined) => EventSource<E, R>
}

/** What must be known before a request is sent; rejects to refuse the request. */
export type Preflight<Context> = (client: Client, context: Context, options: CallOptions | undefined) => Promise<void>

const toSpec = (route: string, body: string): RequestSpec => ({ method: 'POST', route, body, kind: 'generation' })

/** Sends a request and resolves to the complete response. */
export async function runGeneration<
  Q,
  A extends RequestContext,
  E extends { readonly type: string },
  R extends Answered,
>(
  { route, prepare, read, preflight }: GenerationRoute<Q, A, E, R>,
  client: Client,
  request: Q,
  options: CallOptions | undefined,
): Promise<R> {
  checkCallOptions(options)
  const { asked, body } = prepare(request, false)
  try {
    const spec = toSpec(route, await body)
    await preflight?.(client, asked, options)
    const { response } = read(await client.requestJSON(spec, options), asked)
    warnOfSubstitution(client.config.log, asked.model, response)
    return response
  } catch (error) {
    return explainMissingModel(client, error, asked.model, options)
  }
}

/** Sends a request when the stream is first read. An invalid request rejects the first read. */
export function streamGeneration<Q, A extends RequestContext, E extends { readonly type: string }, R extends Answered>(
  { route, prepare, read, preflight, Source }: GenerationRoute<Q, A, E, R>,
  client: Client,
  request: Q,
  options: CallOptions | undefined,
): ResponseStream<E, R> {
  const prepared = attempt(() => {
    checkCallOptions(options)
    const { asked, body } = prepare(request, true)
    if (body instanceof Promise) body.catch(ignore)
    return { asked, body }
  })
  const begin = async (signal: AbortSignal): Promise<EventSource<E, R>> => {
    const { asked, body } = prepared()
    const limits = { ...options, signal }
    try {
      const spec = toSpec(route, await body)
      await preflight?.(client, asked, limits)
      const answer = await client.openStream(spec, limits)
      const { log } = client.config
      if (answer.kind === 'events') return new Source(answer.exchange, asked, log)
      const { events, response } = read(answer.answer, asked)
      warnOfSubstitution(log, asked.model, response)
      return replay(events, response)
    } catch (error) {
      return explainMissingModel(client, error, asked.model, limits)
    }
  }
  return createResponseStream(begin, options?.signal)
}

/** Runs `make` now; returns a function that returns its value or rethrows its error. */
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
