import { checkAuth, tokenOf } from './auth.js'
import { CallRecord, createCallLog } from './call-log.js'
import { preflight } from './cors.js'
import type { Exchange } from './exchange.js'
import { createFaultQueue } from './fault-queue.js'
import { asObject, isObject } from './json-values.js'
import { createFetch } from './mock-fetch.js'
import { respond } from './respond.js'
import { findRoute } from './router.js'
import { applyOptions } from './settings.js'
import { createState } from './state.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'
import { createWaits } from './waits.js'
import { routeError } from './wire-errors.js'
import { connectionReset, json, Refusal, type WireReply } from './wire-reply.js'

function parseBody(text: string): { body: unknown; isInvalidJson: boolean; recorded: unknown } {
  if (text === '') return { body: undefined, isInvalidJson: false, recorded: undefined }
  try {
    const body: unknown = JSON.parse(text)
    return { body, isInvalidJson: false, recorded: body }
  } catch {
    return { body: undefined, isInvalidJson: true, recorded: text }
  }
}

async function answer(exchange: Exchange): Promise<WireReply> {
  const { fault } = exchange
  await fault?.before(exchange)
  const faulty = fault?.answer(exchange)
  if (faulty !== undefined) return faulty
  if (exchange.isInvalidJson) return json(routeError(exchange.path, 'Invalid JSON in request body.'), 400)
  return findRoute(exchange)(exchange)
}

async function decide(exchange: Exchange): Promise<WireReply> {
  if (exchange.method === 'OPTIONS' && exchange.settings.cors) return preflight
  const refused = exchange.method === 'OPTIONS' ? undefined : checkAuth(exchange)
  if (refused !== undefined) return refused
  try {
    return await answer(exchange)
  } catch (error) {
    if (error instanceof Refusal) return error.reply
    throw error
  }
}

/**
 * A pretended LM Studio as a function from `Request` to `Response`: for anyone's tests, without a server and without
 * LM Studio. Routes, error bodies, streams and their quirks follow what LM Studio 0.4 sends; answers are made up, the
 * same ones for the same requests.
 *
 * @example
 * ```ts
 * const mock = createMockLMStudio()
 * const response = await mock.fetch('http://127.0.0.1:1234/v1/models')
 * mock.inject('status-503')
 * ```
 */
export function createMockLMStudio(options: MockLMStudioOptions = {}): MockLMStudio {
  let settings = applyOptions(options)
  let state = createState(settings)
  const live = new Map<CallRecord, AbortController>()
  const faults = createFaultQueue()
  const log = createCallLog()
  const waits = createWaits()
  const injectInitial = (): void => {
    for (const fault of options.faults ?? []) faults.inject(fault)
  }
  injectInitial()

  async function open(request: Request, call: CallRecord): Promise<Exchange> {
    const drop = new AbortController()
    live.set(call, drop)
    void call.finished.then(() => live.delete(call))
    const dropped = drop.signal
    const parsed = parseBody(await request.text())
    call.body = parsed.recorded
    const url = new URL(request.url)
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/u, '') : url.pathname
    const base = { method: request.method, path, headers: call.headers, call, dropped, settings, state, waits }
    const signal = AbortSignal.any([request.signal, dropped])
    const exchange: Exchange = { ...base, ...parsed, signal, fault: undefined }
    // Who is not let in does not use up a fault, nor does a preflight.
    if (request.method === 'OPTIONS' || checkAuth(exchange) !== undefined) return exchange
    const fault = faults.take({ method: request.method, path, body: asObject(parsed.body) })
    const body = fault !== undefined && isObject(parsed.body) ? fault.body(parsed.body) : parsed.body
    return { ...exchange, body, fault }
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const call = new CallRecord(request.method, pathname + search, Object.fromEntries(request.headers))
    log.add(call)
    try {
      const exchange = await open(request, call)
      const reply = await decide(exchange)
      exchange.signal.throwIfAborted()
      return respond(exchange, reply)
    } catch (error) {
      if (request.signal.aborted) {
        call.finish('aborted')
        throw request.signal.reason
      }
      call.finish('dropped')
      throw error
    }
  }

  return {
    fetch: createFetch(handle),
    handle,
    calls: log.calls,
    get apiToken() {
      return tokenOf(settings)
    },
    get loadedInstances() {
      return state.instances.map(({ config: _config, ...instance }) => instance)
    },
    inject: faults.inject,
    release: waits.release,
    whenHeld: waits.whenHeld,
    whenCalled: log.whenCalled,
    configure(changes) {
      settings = applyOptions(changes, settings)
      if (changes.models !== undefined) state = createState(settings)
    },
    reset() {
      const reason = connectionReset()
      for (const drop of live.values()) drop.abort(reason)
      waits.clear(reason)
      settings = applyOptions(options)
      state = createState(settings)
      faults.clear()
      injectInitial()
      log.clear()
    },
  }
}
