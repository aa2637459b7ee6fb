import { checkAuth, tokenOf } from './auth.js'
import { type CallRecord, createCallLog, createCallRecord } from './call-log.js'
import type { Exchange } from './exchange.js'
import { type ActiveFault, createFaultQueue } from './faults/queue.js'
import { handleExchange } from './handle-exchange.js'
import { asObject, isObject } from './json-values.js'
import { linkSignals } from './link-signals.js'
import { createFetch } from './mock-fetch.js'
import { connectionReset } from './replies/wire-response.js'
import { applyOptions } from './settings.js'
import { createState, unloadIdle } from './state.js'
import { toResponse } from './to-response.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'
import { createWaits } from './waits.js'

/** A mock, and what a server needs to run it. */
export interface MockCore {
  readonly mock: MockLMStudio
  /** Handles a request; the signal aborts when the client disconnects. */
  readonly serve: (request: Request, signal: AbortSignal) => Promise<Response>
  /** Drops every live exchange and ends every wait. */
  readonly drop: () => void
}

interface ParsedBody {
  readonly body: unknown
  readonly isInvalidJson: boolean
  /** The body as the call log shows it. */
  readonly recorded: unknown
}

/**
 * Parses a request body. Without the media type of JSON it is ignored, as if it were empty.
 *
 * @remarks Assumed: Express's JSON parser skips other media types, and LM Studio uses Express.
 */
function parseBody(text: string, contentType: string | undefined): ParsedBody {
  if (text === '') return { body: undefined, isInvalidJson: false, recorded: undefined }
  const isJson = /^application\/json\s*(?:;|$)/iu.test(contentType ?? '')
  try {
    const body: unknown = JSON.parse(text)
    return { body: isJson ? body : undefined, isInvalidJson: false, recorded: body }
  } catch {
    return { body: undefined, isInvalidJson: isJson, recorded: text }
  }
}

export function createMockCore(options: MockLMStudioOptions): MockCore {
  let settings = applyOptions(options)
  let state = createState(settings)
  const live = new Map<CallRecord, AbortController>()
  const faults = createFaultQueue()
  const log = createCallLog()
  const waits = createWaits()
  const injectInitialFaults = (): void => {
    for (const fault of options.faults ?? []) faults.inject(fault)
  }
  injectInitialFaults()

  /** Returns the signal of a call: it aborts when the client disconnects or the mock is reset. */
  function trackCall(call: CallRecord, client: AbortSignal): AbortSignal {
    const drop = new AbortController()
    const { signal, unlink } = linkSignals([client, drop.signal])
    live.set(call, drop)
    void call.finished.finally(() => {
      live.delete(call)
      unlink()
    })
    return signal
  }

  /** Takes the fault of a call from the queue. Unauthorized requests and preflights use up no fault. */
  function takeFault(exchange: Exchange): ActiveFault | undefined {
    const { method, path, body } = exchange
    if (method === 'OPTIONS' || checkAuth(exchange) !== undefined) return undefined
    return faults.take({ method, path, body: asObject(body) })
  }

  async function respond(
    request: Request,
    call: CallRecord,
    parsed: ParsedBody,
    signal: AbortSignal,
  ): Promise<Response> {
    unloadIdle(state, settings.now())
    const { pathname } = new URL(request.url)
    const path = pathname.length > 1 ? pathname.replace(/\/$/u, '') : pathname
    const { body, isInvalidJson } = parsed
    const { method } = request
    const { headers } = call
    const base = { method, path, headers, body, isInvalidJson, call, signal, settings, state, waits, fault: undefined }
    const fault = takeFault(base)
    const exchange: Exchange = { ...base, fault, body: fault !== undefined && isObject(body) ? fault.body(body) : body }
    const response = await handleExchange(exchange, fault)
    signal.throwIfAborted()
    return toResponse(exchange, response, fault)
  }

  async function serve(request: Request, client: AbortSignal): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const call = createCallRecord(request.method, pathname + search, Object.fromEntries(request.headers))
    const signal = trackCall(call, client)
    log.add(call)
    try {
      const parsed = parseBody(await request.text(), call.headers['content-type'])
      call.body = parsed.recorded
      log.announce(call)
      signal.throwIfAborted()
      return await respond(request, call, parsed, signal)
    } catch (error) {
      call.finish(client.aborted ? 'aborted' : 'dropped')
      client.throwIfAborted()
      throw error
    }
  }

  const drop = (): void => {
    const reason = connectionReset()
    for (const controller of live.values()) controller.abort(reason)
    waits.clear(reason)
  }

  const mock: MockLMStudio = {
    fetch: createFetch(serve),
    handle: (request) => serve(request, request.signal),
    calls: log.calls,
    get apiToken() {
      return tokenOf(settings)
    },
    get loadedInstances() {
      unloadIdle(state, settings.now())
      return state.instances.map(({ config: _config, activity: _activity, ...instance }) => instance)
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
      drop()
      settings = applyOptions(options)
      state = createState(settings)
      faults.clear()
      injectInitialFaults()
      log.clear()
    },
  }
  return { mock, serve, drop }
}
