import { asArray, asCount, asObject, asString, isObject } from '../json-values.js'
import { modelCrashed } from '../replies/errors.js'
import { type BodyStep, type BodySteps, encode } from '../replies/steps.js'
import { connectionReset } from '../replies/wire-response.js'
import { afterEvents, isEndMarker } from './after-events.js'
import { type FaultGroup, anyCall, streams, wholeGenerations } from './behavior.js'
import { errorFrames } from './error-frames.js'
import { HUGE_BYTES, filler } from './filler.js'
import type { MockErrorFrameForm, MockFaultName } from './types.js'

function hasFinishReason(step: BodyStep): boolean {
  if (step.kind !== 'frame' || !isObject(step.data)) return false
  if (step.event === 'message_delta') return true
  const choice = asObject(asArray(step.data.choices)[0])
  return choice.finish_reason !== undefined && choice.finish_reason !== null
}

async function* filterSteps(steps: BodySteps, keep: (step: BodyStep) => boolean): AsyncGenerator<BodyStep> {
  for await (const step of steps) if (keep(step)) yield step
}

/** Removes the line ends after the last frame. */
async function* withoutFinalNewline(steps: BodySteps): AsyncGenerator<BodyStep> {
  let last: BodyStep | undefined
  for await (const step of steps) {
    if (last !== undefined) yield last
    last = step
  }
  if (last?.kind === 'frame') yield { ...last, open: true }
}

/** Returns a frame that ends two bytes into a four-byte character. */
function halfCharacter(): BodyStep {
  const start = encode('data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"')
  const bytes = new Uint8Array(start.length + 2)
  bytes.set(start)
  bytes.set(encode('🌊').subarray(0, 2), start.length)
  return { kind: 'bytes', bytes }
}

function* hugeLine(bytes: number): Generator<BodyStep> {
  yield { kind: 'bytes', bytes: encode('data: {"padding":"') }
  yield* filler(bytes)
}

/** Faults that change how a body proceeds. */
export const streamFaults = {
  reset: {
    applies: anyCall,
    respond: (_exchange, parameters) => {
      if (parameters.afterEvents === undefined) throw connectionReset()
      return undefined
    },
    steps: (steps, { afterEvents: count }, { isDocument }) =>
      afterEvents(steps, { count, isDocument }, () => [{ kind: 'reset' }]),
  },
  stall: {
    applies: streams,
    steps: (steps, { afterEvents: count, ms, keepAliveMs }, { isDocument }) => {
      const keepAlive = typeof keepAliveMs === 'number' ? { keepAliveMs } : {}
      const wait: BodyStep = typeof ms === 'number' ? { kind: 'sleep', ms } : { kind: 'hold', ...keepAlive }
      return afterEvents(steps, { count, isDocument, resumes: true }, () => [wait])
    },
  },
  cut: {
    applies: streams,
    steps: (steps, { afterEvents: count }, { isDocument }) => afterEvents(steps, { count, isDocument }, () => []),
  },
  'cut-mid-character': {
    applies: streams,
    steps: (steps, { afterEvents: count }, { isDocument }) =>
      afterEvents(steps, { count, isDocument }, () => [halfCharacter()]),
  },
  'error-frame': {
    applies: streams,
    steps: (steps, { afterEvents: count, form, message }, { exchange, isDocument }) => {
      const known = (asString(form) || 'object-and-message') as MockErrorFrameForm
      const text = asString(message) || modelCrashed
      return afterEvents(steps, { count, isDocument }, () => errorFrames(known, text, exchange))
    },
  },
  'huge-line': {
    applies: streams,
    steps: (steps, { afterEvents: count, bytes }, { isDocument }) =>
      afterEvents(steps, { count, isDocument }, () => hugeLine(asCount(bytes) ?? HUGE_BYTES)),
  },
  'no-done': { applies: streams, steps: (steps) => filterSteps(steps, (step) => !isEndMarker(step)) },
  'no-finish-reason': { applies: streams, steps: (steps) => filterSteps(steps, (step) => !hasFinishReason(step)) },
  'no-final-newline': { applies: streams, steps: (steps) => withoutFinalNewline(steps) },
  'null-error': { applies: streams, json: (document) => ({ ...document, error: null }) },
  'json-instead-of-stream': { applies: streams, body: (body) => ({ ...body, stream: false }) },
  'stream-instead-of-json': { applies: wholeGenerations, body: (body) => ({ ...body, stream: true }) },
  'stream-labeled-json': { applies: streams, headers: { 'content-type': 'application/json; charset=utf-8' } },
} satisfies FaultGroup<MockFaultName>
