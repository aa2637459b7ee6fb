import { type Step, encode } from './steps.js'
import type { MockFraming } from './types.js'
import type { Waits } from './waits.js'
import { connectionReset } from './wire-reply.js'

/** One piece for the wire. */
export interface Piece {
  readonly bytes: Uint8Array
  /** How many events are out whole once it is written. */
  readonly events: number
}

function encodeFrame(step: Extract<Step, { kind: 'frame' }>, framing: MockFraming): Uint8Array {
  const eol = framing.lineEnding ?? '\n'
  const data = typeof step.data === 'string' ? step.data : JSON.stringify(step.data)
  const comment = framing.comments === true ? `: comment${eol}` : ''
  const event = step.event === undefined ? '' : `event: ${step.event}${eol}`
  return encode(`${comment}${event}data: ${data}${step.open === true ? '' : eol + eol}`)
}

/** Gathers bytes and gives them out in pieces of a fixed size, or as they came. */
function createCutter(size: number | undefined): {
  push(bytes: Uint8Array, isEvent: boolean): Generator<Piece>
  flush(): Generator<Piece>
} {
  let pending: Uint8Array = new Uint8Array(0)
  let taken = 0
  let given = 0
  const endings: number[] = []

  function piece(bytes: Uint8Array): Piece {
    given += bytes.length
    let events = 0
    while (events < endings.length && (endings[events] ?? 0) <= given) events += 1
    endings.splice(0, events)
    return { bytes, events }
  }

  return {
    *push(bytes, isEvent) {
      if (size === undefined) {
        yield { bytes, events: isEvent ? 1 : 0 }
        return
      }
      taken += bytes.length
      if (isEvent) endings.push(taken)
      const joined = new Uint8Array(pending.length + bytes.length)
      joined.set(pending)
      joined.set(bytes, pending.length)
      let start = 0
      for (; joined.length - start >= size; start += size) yield piece(joined.subarray(start, start + size))
      pending = joined.subarray(start)
    },
    *flush() {
      if (pending.length > 0) yield piece(pending)
      pending = new Uint8Array(0)
    },
  }
}

/** Waits to be released, with a keep-alive comment every `everyMs`. */
async function* holdWithComments(
  everyMs: number,
  eol: string,
  waits: Waits,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const awake = new AbortController()
  const hold = waits.hold(signal).finally(() => awake.abort())
  // Nobody may be at the `await` below when it rejects: a reader may rest at a comment, or be gone.
  hold.catch(() => undefined)
  while (!awake.signal.aborted) {
    await waits.sleep(everyMs, awake.signal).catch(() => undefined)
    if (!awake.signal.aborted) yield { bytes: encode(`: keep-alive${eol}${eol}`), events: 0 }
  }
  await hold
}

/** The bytes of some steps, as they are to be written. Rejects with the signal's reason, or where the steps say `reset`. */
export async function* writeSteps(
  steps: Iterable<Step> | AsyncIterable<Step>,
  framing: MockFraming,
  waits: Waits,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const cutter = createCutter(framing.chunkBytes)
  for await (const step of steps) {
    if (step.kind === 'frame') {
      yield* cutter.push(encodeFrame(step, framing), true)
      continue
    }
    if (step.kind === 'bytes') {
      yield* cutter.push(step.bytes, false)
      continue
    }
    yield* cutter.flush()
    if (step.kind === 'sleep') await waits.sleep(step.ms, signal)
    else if (step.kind === 'reset') throw connectionReset('terminated')
    else if (step.keepAliveMs === undefined) await waits.hold(signal)
    else yield* holdWithComments(step.keepAliveMs, framing.lineEnding ?? '\n', waits, signal)
  }
  yield* cutter.flush()
}
