import type { RequestContext } from '../generation/run-generation.js'
import type { Attempt } from '../http/attempt.js'
import { errorFromResponse } from '../http/response-error.js'
import {
  type Activity,
  type Frame,
  type StreamParser,
  throwNotJSON,
  throwReportedError,
} from '../streaming/sse-reader.js'
import type { PartialCompletion } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import type { ItemReference } from './output-items.js'
import { isKnownItem, type PartKind, ResponseAccumulator } from './response-accumulator.js'
import { eventSchema, type WireEvent } from './response.js'
import type { RespondEvent, RespondResponse } from './types.js'

/** Events that repeat what other events say. */
const REPETITIONS: readonly string[] = ['response.content_part.added', 'response.content_part.done']

/** Parses the stream of `POST /v1/responses`. OpenAI's `[DONE]` does not end it, yet some servers send it. */
export class RespondParser implements StreamParser<RespondEvent, RespondResponse> {
  hasStarted = false
  isDone = false
  readonly #attempt: Attempt
  readonly #accumulator: ResponseAccumulator

  constructor(attempt: Attempt, { model }: RequestContext) {
    this.#attempt = attempt
    this.#accumulator = new ResponseAccumulator(model, attempt.sentAt, true)
  }

  /** The event that completes the response also ends the stream. */
  get isComplete(): boolean {
    return this.isDone
  }

  parseFrame(frame: Frame, events: RespondEvent[]): void {
    const { value } = frame
    throwReportedError(frame, this.#attempt)
    if (!isObject(value)) return throwNotJSON(frame, this.#attempt)
    const names = [value.type, frame.name].filter((name) => typeof name === 'string')
    const name = names.find((candidate) => candidate.startsWith('response.')) ?? names[0]!
    if (!REPETITIONS.includes(name)) this.#parse(name, value, events)
  }

  activityOf(event: RespondEvent): Activity {
    if (event.type === 'response-start') return 'none'
    const { data = {} } = event.type === 'unknown' ? event : {}
    return event.type !== 'unknown' || 'delta' in Object(data) || 'item' in Object(data) ? 'content' : 'none'
  }

  finish(events: RespondEvent[], interrupted: (what: string) => Error): RespondResponse {
    if (!this.isDone) throw interrupted('its last event')
    return this.#accumulator.finish(this.#attempt.context.endpoint, events)
  }

  partial(): PartialCompletion {
    return this.#accumulator.partial()
  }

  #parse(name: string, value: JSONObject, events: RespondEvent[]): void {
    const accumulator = this.#accumulator
    switch (name) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        this.#read(value, events)
        return
      case 'response.output_text.delta':
      case 'response.reasoning_text.delta': {
        const event = this.#read(value, events)
        return accumulator.addDelta(partOf(name, event), referenceOf(event), event.delta ?? '', events)
      }
      case 'response.output_text.done':
      case 'response.reasoning_text.done': {
        const event = this.#read(value, events)
        return accumulator.addText(partOf(name, event), referenceOf(event), event.text ?? '', events)
      }
      case 'response.function_call_arguments.delta': {
        const event = this.#read(value, events)
        return accumulator.addArgumentsDelta(referenceOf(event), event.delta ?? '', events)
      }
      case 'response.function_call_arguments.done': {
        const event = this.#read(value, events)
        return accumulator.addArguments(referenceOf(event), event.arguments, events)
      }
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const { item, output_index: index } = this.#read(value, events)
        if (!item) return
        accumulator.addItem(item, { index, isNew: name.endsWith('.added') }, events)
        if (!isKnownItem(item)) events.push({ type: 'unknown', name, data: value })
        return
      }
      case 'response.completed':
      case 'response.incomplete':
        accumulator.end(this.#read(value, events).response ?? {}, name.slice('response.'.length), events)
        this.isDone = true
        return
      case 'response.failed':
        throw this.#failure(value)
      default:
        events.push({ type: 'unknown', name, data: value })
    }
  }

  #read(value: JSONObject, events: RespondEvent[]): WireEvent {
    const event = parseResponse(eventSchema(), value, 'An event of the stream', this.#attempt.context)
    if (event.response) this.#accumulator.addMetadata(event.response)
    if (!this.hasStarted) {
      this.hasStarted = true
      events.push({ type: 'response-start', id: this.#accumulator.id, model: this.#accumulator.model })
    }
    return event
  }

  /** The error of a failed response. */
  #failure(event: JSONObject): Error {
    const { context, status } = this.#attempt
    const error = isObject(event.response) ? event.response.error : undefined
    return errorFromResponse({ status, body: { error: error ?? 'The response failed.' } }, context)
  }
}

const referenceOf = (event: WireEvent): ItemReference => ({ id: event.item_id, index: event.output_index })

const partOf = (name: string, event: WireEvent): { kind: PartKind; index: number } => ({
  kind: name.startsWith('response.output') ? 'text' : 'reasoning',
  index: event.content_index ?? 0,
})
