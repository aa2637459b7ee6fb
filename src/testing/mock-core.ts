import { checkAuth, tokenOf } from './auth.js'
import { CallRecord, createCallLog } from './call-log.js'
import { decide } from './decide.js'
import type { Exchange } from './exchange.js'
import { createFaultQueue } from './fault-queue.js'
import { asObject, isObject } from './json-values.js'
import { linkSignals } from './link-signals.js'
import { createFetch } from './mock-fetch.js'
import { respond } from './respond.js'
import { applyOptions } from './settings.js'
import { createState } from './state.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'
import { createWaits } from './waits.js'
import { connectionReset } from './wire-reply.js'

/** A mock and the two handles that a server needs beside it. */
export interface MockCore {
  readonly mock: MockLMStudio
  /** Answers a request for a client whose leaving the signal tells. */
  readonly serve: (request: Request, signal: AbortSignal) => Promise<Response>
  /** Drops every live exchange and ends every wait. */
  readonly drop: () => void
}

interface ParsedBody {
  readonly body: unknown
  readonly isInvalidJson: boolean
  /** What the call log shows. */
  readonly recorded: unknown
}

function parseBody(text: string): ParsedBody {
  if (text === '') return { body: undefined, isInvalidJson: false, recorded: undefined }
  try {
    const body: unknown = JSON.parse(text)
    return { body, isInvalidJson: false, recorded: body }
  } catch {
    return { body: undefined, isInvalidJson: true, recorded: text }
  }
}

export function createMockCore(options: MockLMStudioOptions): MockCore {
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

  /** A signal for a call that is answered from here on, until it is finished. */
  function follow(call: CallRecord, client: AbortSignal): AbortSignal {
    const drop = new AbortController()
    const { signal, unlink } = linkSignals([client, drop.signal])
    live.set(call, drop)
    void call.finished.finally(() => {
      live.delete(call)
      unlink()
    })
    return signal
  }

  /** Everything a route needs, its fault taken from the queue. */
  function open(request: Request, call: CallRecord, parsed: ParsedBody, signal: AbortSignal): Exchange {
    const { pathname } = new URL(request.url)
    const path = pathname.length > 1 ? pathname.replace(/\/$/u, '') : pathname
    const { method } = request
    const { body, isInvalidJson } = parsed
    const base = { method, path, headers: call.headers, body, isInvalidJson, call, signal, settings, state, waits }
    const exchange: Exchange = { ...base, fault: undefined }
    // Who is not let in does not use up a fault, nor does a preflight.
    if (method === 'OPTIONS' || checkAuth(exchange) !== undefined) return exchange
    const fault = faults.take({ method, path, body: asObject(body) })
    return { ...exchange, fault, body: fault !== undefined && isObject(body) ? fault.body(body) : body }
  }

  async function serve(request: Request, client: AbortSignal): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const call = new CallRecord(request.method, pathname + search, Object.fromEntries(request.headers))
    const signal = follow(call, client)
    log.add(call)
    try {
      const parsed = parseBody(await request.text())
      call.body = parsed.recorded
      log.announce(call)
      signal.throwIfAborted()
      const exchange = open(request, call, parsed, signal)
      const reply = await decide(exchange)
      signal.throwIfAborted()
      return respond(exchange, reply)
    } catch (error) {
      call.finish(client.aborted ? 'aborted' : 'dropped')
      client.throwIfAborted()
      throw error
    }
  }

  const drop = (): void => {
    const reason = connectionReset()
    for (const one of live.values()) one.abort(reason)
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
      drop()
      settings = applyOptions(options)
      state = createState(settings)
      faults.clear()
      injectInitial()
      log.clear()
    },
  }
  return { mock, serve, drop }
}
