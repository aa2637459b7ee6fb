import { ApiError, InvalidResponseError, NetworkError, StreamInterruptedError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import type { Attempt } from '../http/attempt.js'
import { hasError, isErrorText } from '../http/error-body.js'
import { errorFromResponse } from '../http/response-error.js'
import { parseJSON } from '../utils/json.js'
import type { EventBatches } from './event-stream.js'
import { SSEDecoder } from './sse-decoder.js'

// Once a response is complete, trailing figures or the end marker are not worth a longer wait.
const TAIL_MS = 5_000

const MAX_SENTINEL_LENGTH = 16
// As some servers write it: in lower case, or in quotes.
const SENTINEL = /^\s*"?\[DONE\]"?\s*$/i
const JSON_LINES = /^\{.*\}\n(\{|"?\[DONE\])/i

/** One server-sent event. */
export interface Frame {
  /** The `event` field; empty where there is none. */
  readonly name: string
  readonly data: string
  /** The data as JSON; `undefined` where it is not JSON. */
  readonly value: unknown
  /** Whether the body ended within this frame, so that it may be cut. */
  readonly isLast: boolean
}

/** Whether an event ends the silence: `content` is part of the response, `progress` shows that the server is working. */
export type Activity = 'content' | 'progress' | 'none'

/** Parses the stream of one route. */
export interface StreamParser<Event, Response> {
  /** Whether anything of a response has arrived. */
  readonly hasStarted: boolean
  /** Whether only trailing figures or the end marker are missing, so that a broken connection loses nothing. */
  readonly isComplete: boolean
  /** Whether the server has ended the stream; what follows is not read. */
  readonly isDone: boolean
  /** Adds the events of a frame to `events`, or throws the error that the frame reports. */
  parseFrame(frame: Frame, events: Event[]): void
  /** Handles OpenAI's end marker, `data: [DONE]`; absent where a route does not use it. */
  parseDoneSentinel?(): void
  activityOf(event: Event): Activity
  /**
   * Builds the response after the last frame and adds the last events to `events`.
   *
   * @param interrupted - makes the error for a stream that ended without `what`
   */
  finish(events: Event[], interrupted: (what: string) => Error): Response
  /** What has arrived so far, for an error to carry. */
  partial(): unknown
}

/** How a response is delivered. */
export interface ReadOptions<Event, Response> {
  /** Runs when the response is complete, before the consumer gets its last events. */
  readonly onResponse: (response: Response) => void
  /** Parses a whole response, which some servers send as an event stream. */
  readonly parseWhole?: (body: unknown) => { readonly events: readonly Event[]; readonly response: Response }
}

/**
 * Reads the server-sent events of one response from beginning to end: the end marker, the time limits, a connection that
 * breaks, the partial response on errors, and closing the connection or freeing it for reuse.
 *
 * @remarks
 * A batch is parsed while it is consumed: nothing is decoded ahead of the consumer.
 */
export async function* readEventStream<Event, Response>(
  attempt: Attempt,
  parser: StreamParser<Event, Response>,
  { onResponse, parseWhole }: ReadOptions<Event, Response>,
): EventBatches<Event, Response> {
  const decoder = new SSEDecoder()
  let hasEnded = false
  let wasComplete = false
  let activity: Activity = 'none'

  function* parseFrames(): Generator<Event, void> {
    const events: Event[] = []
    try {
      while (!parser.isDone) {
        const data = decoder.next()
        if (data === undefined) return
        if (data.length < MAX_SENTINEL_LENGTH && SENTINEL.test(data)) parser.parseDoneSentinel?.()
        else {
          const value = parseJSON(data)
          // Some servers leave out the blank lines, so that all their events are one.
          if (value === undefined && JSON_LINES.test(data)) parseLines(data, parser, events)
          else parser.parseFrame({ name: decoder.event, data, value, isLast: hasEnded }, events)
        }
        for (let index = 0; index < events.length; index++) {
          const event = events[index]!
          const next = activity === 'content' ? 'none' : parser.activityOf(event)
          if (next !== 'none') activity = next
          yield event
        }
        events.length = 0
      }
    } catch (error) {
      throw withPartial(error, parser)
    }
  }

  function restartTimer(): void {
    const { isComplete } = parser
    if (isComplete && (!wasComplete || activity !== 'none')) attempt.restartIdleTimer(TAIL_MS)
    else if (activity === 'content') attempt.restartIdleTimer()
    else if (activity === 'progress') attempt.restartFirstByteTimer()
    wasComplete = isComplete
    activity = 'none'
  }

  try {
    while (!parser.isDone && !hasEnded) {
      let bytes: Uint8Array | undefined
      try {
        bytes = await attempt.read()
      } catch (error) {
        if (!parser.isComplete || !NetworkError.isInstance(error)) throw error
      }
      if (bytes === undefined) {
        decoder.end()
        hasEnded = true
      } else decoder.push(bytes)
      yield parseFrames()
      restartTimer()
    }
    const events: Event[] = []
    const stray = parser.hasStarted ? undefined : decoder.strayJSON
    const body = stray === undefined ? undefined : parseJSON(stray)
    if (body !== undefined && parseWhole !== undefined && !hasError(body)) {
      const whole = parseWhole(body)
      onResponse(whole.response)
      yield whole.events
      return whole.response
    }
    if (stray !== undefined && body === undefined) {
      parseLines(stray, parser, events)
    }
    const response = parser.finish(events, (what) => interruptedError(attempt, decoder, parser.hasStarted, what))
    onResponse(response)
    yield events
    return response
  } catch (error) {
    throw withPartial(error, parser)
  } finally {
    if (parser.isDone) attempt.drain()
    else attempt.close()
  }
}

/** Parses lines of JSON as frames, as far as the end marker. */
function parseLines<Event>(lines: string, parser: StreamParser<Event, unknown>, events: Event[]): void {
  const all = lines.trimEnd().split('\n')
  for (const [index, data] of all.entries()) {
    if (parser.isDone) return
    const value = parseJSON(data)
    const isLast = index === all.length - 1
    if (SENTINEL.test(data)) parser.parseDoneSentinel?.()
    // JSON that is cut in the middle is lost text.
    else if (value !== undefined || /^\s*\{/.test(data)) parser.parseFrame({ name: '', data, value, isLast }, events)
  }
}

/** Throws the error that a frame reports under whatever name (docs/http-api.md 8.3). */
export function throwReportedError({ name, data, value }: Frame, { status, context }: Attempt): void {
  if (hasError(value) || name === 'error') throw errorFromResponse({ status, body: value ?? data }, context)
}

/**
 * Throws because a frame is not JSON; skips the last frame, which may be cut. An error in plain text keeps its text: some
 * servers write `data: error: …`.
 */
export function throwNotJSON({ data, isLast }: Frame, { status, context }: Attempt): void {
  if (isErrorText(data)) throw errorFromResponse({ status, body: data }, context)
  if (isLast) return
  throw new InvalidResponseError('The stream sent an event that is not JSON.', {
    code: 'not-json',
    endpoint: context.endpoint,
  })
}

function interruptedError({ status, context }: Attempt, decoder: SSEDecoder, hasStarted: boolean, what: string): Error {
  const { strayJSON } = decoder
  const body = strayJSON === undefined ? undefined : parseJSON(strayJSON)
  if (hasError(body)) return errorFromResponse({ status, body }, context)
  const when = hasStarted ? `without ${what}, so the response is incomplete` : 'before a response began'
  return new StreamInterruptedError(`The stream ended ${when}.`, { endpoint: context.endpoint })
}

function withPartial(error: unknown, parser: StreamParser<never, unknown>): unknown {
  if (NetworkError.isInstance(error) || ApiError.isInstance(error)) attachHidden(error, 'partial', parser.partial())
  return error
}
