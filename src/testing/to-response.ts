import { corsHeaders } from './cors.js'
import type { Exchange } from './exchange.js'
import type { ActiveFault } from './faults/queue.js'
import { type JSONObject, isObject } from './json-values.js'
import { createBodyStream } from './replies/body-stream.js'
import { weakETag } from './replies/etag.js'
import { type BodyStep, type BodySteps, encode } from './replies/steps.js'
import type { WireResponse } from './replies/wire-response.js'

async function* changeDocuments(steps: BodySteps, change: (document: JSONObject) => unknown): AsyncGenerator<BodyStep> {
  for await (const step of steps) {
    yield step.kind === 'frame' && isObject(step.data) ? { ...step, data: change(step.data) } : step
  }
}

/** Cuts a document into two halves, so that a fault can strike between them. */
function halves(bytes: Uint8Array): BodyStep[] {
  const middle = bytes.length >> 1
  return [bytes.subarray(0, middle), bytes.subarray(middle)].map((half) => ({ kind: 'bytes', bytes: half }))
}

/** Turns a response into a `Response` whose body is written as it is read. */
export function toResponse(exchange: Exchange, response: WireResponse, fault: ActiveFault | undefined): Response {
  const { call, settings, waits } = exchange
  const { status } = response
  const headers = new Headers({
    ...(settings.server === 'lmstudio' ? { 'x-powered-by': 'Express' } : {}),
    ...corsHeaders(settings),
    ...response.headers,
    ...fault?.headers,
  })
  call.status = status
  let steps: BodySteps
  let eager = false
  if (response.kind === 'steps') {
    steps = fault === undefined ? response.steps : changeDocuments(response.steps, (document) => fault.json(document))
    if (fault?.changesSteps === true) steps = fault.steps(steps, { exchange, isDocument: false })
  } else {
    // A `Response` of these statuses must not have a body.
    if (status === 204 || status === 304) {
      call.finish('completed')
      return new Response(null, { status, headers })
    }
    const body = isObject(response.body) && fault !== undefined ? fault.json(response.body) : response.body
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const bytes = encode(text)
    if (fault?.changesSteps === true) {
      steps = fault.steps(halves(bytes), { exchange, isDocument: true })
    } else {
      headers.set('content-length', String(bytes.length))
      headers.set('etag', weakETag(text, bytes.length))
      steps = bytes.length === 0 ? [] : [{ kind: 'bytes', bytes }]
      eager = true
    }
  }
  const body = createBodyStream({ steps, framing: settings.framing, waits, call, signal: exchange.signal, eager })
  return new Response(body, { status, headers })
}
