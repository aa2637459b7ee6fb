import type { MockFraming } from '../types.js'
import type { Waits } from '../waits.js'
import { type BodyStep, type BodySteps, encode } from './steps.js'
import { connectionReset } from './wire-response.js'

/** A chunk on the wire. */
export interface Chunk {
  readonly bytes: Uint8Array
  /** Number of events that are complete once this chunk is written. */
  readonly events: number
}

function encodeFrame(step: Extract<BodyStep, { kind: 'frame' }>, framing: MockFraming): Uint8Array {
  const eol = framing.lineEnding ?? '\n'
  const data = typeof step.data === 'string' ? step.data : JSON.stringify(step.data)
  const comment = framing.comments === true ? `: comment${eol}` : ''
  const event = step.event === undefined ? '' : `event: ${step.event}${eol}`
  return encode(`${comment}${event}data: ${data}${step.open === true ? '' : eol + eol}`)
}

/** Cuts bytes into chunks of a fixed size; without a size, each push is one chunk. */
function createChunker(size: number | undefined): {
  push(bytes: Uint8Array, isEvent: boolean): Generator<Chunk>
  flush(): Generator<Chunk>
} {
  let pending: Uint8Array = new Uint8Array(0)
  let bytesIn = 0
  let bytesOut = 0
  /** Where events end that are not complete yet, counted from the first byte of the body. */
  const eventEnds: number[] = []

  function chunk(bytes: Uint8Array): Chunk {
    bytesOut += bytes.length
    let events = 0
    while (events < eventEnds.length && (eventEnds[events] ?? 0) <= bytesOut) events += 1
    eventEnds.splice(0, events)
    return { bytes, events }
  }

  return {
    *push(bytes, isEvent) {
      if (size === undefined) {
        yield { bytes, events: isEvent ? 1 : 0 }
        return
      }
      bytesIn += bytes.length
      if (isEvent) eventEnds.push(bytesIn)
      const joined = new Uint8Array(pending.length + bytes.length)
      joined.set(pending)
      joined.set(bytes, pending.length)
      let start = 0
      for (; joined.length - start >= size; start += size) yield chunk(joined.subarray(start, start + size))
      pending = joined.subarray(start)
    },
    *flush() {
      if (pending.length > 0) yield chunk(pending)
      pending = new Uint8Array(0)
    },
  }
}

/** Waits to be released, and yields a keep-alive comment every `everyMs`. */
async function* holdWithComments(
  everyMs: number,
  eol: string,
  waits: Waits,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const released = new AbortController()
  const hold = waits.hold(signal).finally(() => released.abort())
  // The `await` below may not be reached when it rejects: the reader may have paused at a comment or be gone.
  hold.catch(() => undefined)
  while (!released.signal.aborted) {
    await waits.sleep(everyMs, released.signal).catch(() => undefined)
    if (!released.signal.aborted) yield { bytes: encode(`: keep-alive${eol}${eol}`), events: 0 }
  }
  await hold
}

/** Yields the chunks of a body. Rejects with the signal's reason, or with a connection reset at a `reset` step. */
export async function* writeSteps(
  steps: BodySteps,
  framing: MockFraming,
  waits: Waits,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const chunker = createChunker(framing.chunkBytes)
  for await (const step of steps) {
    if (step.kind === 'frame') {
      yield* chunker.push(encodeFrame(step, framing), true)
      continue
    }
    if (step.kind === 'bytes') {
      yield* chunker.push(step.bytes, false)
      continue
    }
    yield* chunker.flush()
    if (step.kind === 'sleep') await waits.sleep(step.ms, signal)
    else if (step.kind === 'reset') throw connectionReset('terminated')
    else if (step.keepAliveMs === undefined) await waits.hold(signal)
    else yield* holdWithComments(step.keepAliveMs, framing.lineEnding ?? '\n', waits, signal)
  }
  yield* chunker.flush()
}
