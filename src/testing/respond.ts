import { corsHeaders } from './cors.js'
import { weakETag } from './etag.js'
import type { Exchange } from './exchange.js'
import type { Steps } from './fault-behaviour.js'
import { isObject } from './json-values.js'
import { pump } from './pump.js'
import { type Step, encode } from './steps.js'
import type { WireReply } from './wire-reply.js'

const withoutBody = new Set([204, 304])

async function* changeDocuments(
  steps: Steps,
  change: (document: Readonly<Record<string, unknown>>) => unknown,
): AsyncGenerator<Step> {
  for await (const step of steps) {
    yield step.kind === 'frame' && isObject(step.data) ? { ...step, data: change(step.data) } : step
  }
}

/** The document in two halves, so that a fault can strike between them. */
function halves(bytes: Uint8Array): Step[] {
  const middle = bytes.length >> 1
  return [bytes.subarray(0, middle), bytes.subarray(middle)].map((half) => ({ kind: 'bytes', bytes: half }))
}

/** Turns a reply into a `Response` whose body is written as it is read. */
export function respond(exchange: Exchange, reply: WireReply): Response {
  const { call, fault, settings, waits } = exchange
  const headers = new Headers({ 'x-powered-by': 'Express', ...corsHeaders(settings), ...reply.headers })
  call.status = reply.status
  let steps: Steps
  let eager = false
  if (reply.kind === 'steps') {
    steps = fault === undefined ? reply.steps : changeDocuments(reply.steps, (document) => fault.json(document))
    if (fault?.changesSteps === true) steps = fault.steps(steps, exchange, false)
  } else {
    const body = isObject(reply.body) && fault !== undefined ? fault.json(reply.body) : reply.body
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    if (withoutBody.has(reply.status)) {
      call.finish('completed')
      return new Response(null, { status: reply.status, headers })
    }
    const bytes = encode(text)
    if (fault?.changesSteps === true) {
      steps = fault.steps(halves(bytes), exchange, true)
    } else {
      headers.set('content-length', String(bytes.length))
      headers.set('etag', weakETag(text, bytes.length))
      steps = bytes.length === 0 ? [] : [{ kind: 'bytes', bytes }]
      eager = true
    }
  }
  const body = pump({ steps, framing: settings.framing, waits, call, signal: exchange.signal, eager })
  return new Response(body, { status: reply.status, headers })
}
