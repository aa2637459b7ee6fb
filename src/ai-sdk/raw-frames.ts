import type { GenerationRoute } from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Activity, Frame, StreamParser } from '../streaming/sse-reader.js'
import type { CompletionResponse } from '../types.js'
import type { CompletionContext } from '../completions/response.js'
import type { CompletionRequest } from '../completions/types.js'
import type { RawEvent } from './stream-parts.js'

type Route<Event extends { readonly type: string }> = GenerationRoute<
  CompletionRequest,
  CompletionContext,
  Event,
  CompletionResponse
>

/** Returns the route with every frame as an event, before the events that are made of it. */
export function withRawFrames(route: Route<CompletionEvent>): Route<CompletionEvent | RawEvent> {
  return {
    ...route,
    parseResponse(json, context, options) {
      const { response, events } = route.parseResponse(json, context, options)
      return { response, events: [{ type: 'raw', value: json.body }, ...events] }
    },
    createParser: (attempt, context, options) => new RawFrameParser(route.createParser(attempt, context, options)),
  }
}

class RawFrameParser implements StreamParser<CompletionEvent | RawEvent, CompletionResponse> {
  readonly #parser: StreamParser<CompletionEvent, CompletionResponse>

  constructor(parser: StreamParser<CompletionEvent, CompletionResponse>) {
    this.#parser = parser
  }

  get hasStarted(): boolean {
    return this.#parser.hasStarted
  }

  get isComplete(): boolean {
    return this.#parser.isComplete
  }

  get isDone(): boolean {
    return this.#parser.isDone
  }

  parseFrame(frame: Frame, events: (CompletionEvent | RawEvent)[]): void {
    const parsed: CompletionEvent[] = []
    this.#parser.parseFrame(frame, parsed)
    events.push({ type: 'raw', value: frame.value }, ...parsed)
  }

  parseDoneSentinel(): void {
    this.#parser.parseDoneSentinel?.()
  }

  activityOf(event: CompletionEvent | RawEvent): Activity {
    return event.type === 'raw' ? 'none' : this.#parser.activityOf(event)
  }

  finish(events: (CompletionEvent | RawEvent)[], interrupted: (what: string) => Error): CompletionResponse {
    const parsed: CompletionEvent[] = []
    const response = this.#parser.finish(parsed, interrupted)
    events.push(...parsed)
    return response
  }

  partial(): unknown {
    return this.#parser.partial()
  }
}
