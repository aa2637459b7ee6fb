import type { Exchange } from './exchange.js'
import { type Behaviour, type Steps, any, streams } from './fault-behaviour.js'
import type { MockErrorFrameForm, MockFaultName } from './fault-types.js'
import { dropBeforeHeaders } from './faults-answer.js'
import { asArray, asCount, asObject, asString, isObject } from './json-values.js'
import { type Step, dataFrame, done, encode, namedFrame } from './steps.js'
import { crashed, stringError } from './wire-errors.js'

const finalEvents = new Set(['chat.end', 'response.completed', 'message_stop'])

export const isFinal = (step: Step): boolean =>
  step.kind === 'frame' && (step.data === '[DONE]' || finalEvents.has(step.event ?? ''))

const hasFinishReason = (step: Step): boolean => {
  if (step.kind !== 'frame' || !isObject(step.data)) return false
  if (step.event === 'message_delta') return true
  const choice = asObject(asArray(step.data.choices)[0])
  return choice.finish_reason !== undefined && choice.finish_reason !== null
}

/** Lets `count` events pass, then goes on with `then`; with `resumes`, the rest of the events follow. */
export async function* afterEvents(
  steps: Steps,
  count: unknown,
  then: () => Iterable<Step>,
  isWhole: boolean,
  resumes = false,
): AsyncGenerator<Step> {
  // A document goes out in two halves, and its middle is where a stream's fault strikes it.
  const limit = isWhole ? 1 : (asCount(count) ?? 2)
  let seen = 0
  let isPast = false
  if (limit === 0) {
    isPast = true
    yield* then()
    if (!resumes) return
  }
  for await (const step of steps) {
    yield step
    if (step.kind === 'frame' || step.kind === 'bytes') seen += 1
    if (isPast || seen < limit) continue
    isPast = true
    yield* then()
    if (!resumes) return
  }
  // A stream shorter than the count still goes wrong, at its end.
  if (!isPast) yield* then()
}

async function* filter(steps: Steps, keep: (step: Step) => boolean): AsyncGenerator<Step> {
  for await (const step of steps) if (keep(step)) yield step
}

async function* openLast(steps: Steps): AsyncGenerator<Step> {
  let last: Step | undefined
  for await (const step of steps) {
    if (last !== undefined) yield last
    last = step
  }
  if (last?.kind === 'frame') yield { ...last, open: true }
}

/** A frame whose text ends two bytes into a four-byte character. */
function halfCharacter(): Step {
  const start = encode('data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"')
  const bytes = new Uint8Array(start.length + 2)
  bytes.set(start)
  bytes.set(encode('🌊').subarray(0, 2), start.length)
  return { kind: 'bytes', bytes }
}

/** The frames of an error inside a stream, in one of the forms that have been seen. */
export function errorFrames(form: MockErrorFrameForm, message: string, exchange: Exchange): Step[] {
  const both = dataFrame({ error: { message }, message })
  switch (form) {
    case 'event-error':
      return exchange.path === '/api/v1/chat'
        ? [namedFrame('error', { type: 'error', error: { type: 'internal_error', message } })]
        : [namedFrame('error', { error: { message } })]
    case 'string':
      return [dataFrame(stringError(message))]
    case 'string-then-done':
      return [dataFrame(stringError(message)), done]
    case 'object-then-done':
      return [both, done]
    case 'bare-text':
      return [namedFrame('error', message)]
    default:
      return [both]
  }
}

function* hugeLine(bytes: number): Generator<Step> {
  yield { kind: 'bytes', bytes: encode('data: {"padding":"') }
  const block = new Uint8Array(65_536).fill(120)
  for (let left = bytes; left > 0; left -= block.length) {
    yield { kind: 'bytes', bytes: left < block.length ? block.subarray(0, left) : block }
  }
}

type StreamFaults =
  | 'reset'
  | 'stall'
  | 'cut'
  | 'cut-mid-character'
  | 'error-frame'
  | 'huge-line'
  | 'no-done'
  | 'no-finish-reason'
  | 'no-final-newline'
  | 'null-error'
  | 'json-instead-of-stream'

/** Faults in the course of a body. */
export const streamFaults: Readonly<Record<Extract<MockFaultName, StreamFaults>, Behaviour>> = {
  reset: {
    applies: any,
    answer: (_exchange, parameters) => (parameters.afterEvents === undefined ? dropBeforeHeaders() : undefined),
    steps: (steps, parameters, _exchange, isWhole) =>
      afterEvents(steps, parameters.afterEvents, () => [{ kind: 'reset' }], isWhole),
  },
  stall: {
    applies: streams,
    steps: (steps, { afterEvents: count, ms, keepAliveMs }, _exchange, isWhole) => {
      const every = typeof keepAliveMs === 'number' ? { keepAliveMs } : {}
      const wait: Step = typeof ms === 'number' ? { kind: 'sleep', ms } : { kind: 'hold', ...every }
      return afterEvents(steps, count, () => [wait], isWhole, true)
    },
  },
  cut: {
    applies: streams,
    steps: (steps, parameters, _exchange, isWhole) => afterEvents(steps, parameters.afterEvents, () => [], isWhole),
  },
  'cut-mid-character': {
    applies: streams,
    steps: (steps, parameters, _exchange, isWhole) =>
      afterEvents(steps, parameters.afterEvents, () => [halfCharacter()], isWhole),
  },
  'error-frame': {
    applies: streams,
    steps: (steps, { afterEvents: count, form, message }, exchange, isWhole) => {
      const known = (asString(form) || 'object-and-message') as MockErrorFrameForm
      return afterEvents(steps, count, () => errorFrames(known, asString(message) || crashed, exchange), isWhole)
    },
  },
  'huge-line': {
    applies: streams,
    steps: (steps, { afterEvents: count, bytes }, _exchange, isWhole) =>
      afterEvents(steps, count, () => hugeLine(asCount(bytes) ?? 64 * 1024 * 1024), isWhole),
  },
  'no-done': { applies: streams, steps: (steps) => filter(steps, (step) => !isFinal(step)) },
  'no-finish-reason': { applies: streams, steps: (steps) => filter(steps, (step) => !hasFinishReason(step)) },
  'no-final-newline': { applies: streams, steps: openLast },
  'null-error': { applies: streams, json: (document) => ({ ...document, error: null }) },
  'json-instead-of-stream': { applies: streams, body: (body) => ({ ...body, stream: false }) },
}
