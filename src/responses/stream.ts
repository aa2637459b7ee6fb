import type { RequestContext } from '../generation/run-generation.js'
import type { Attempt } from '../http/attempt.js'
import { reportsFailure } from '../http/failure-body.js'
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
import {
  failureOf,
  isKnownItem,
  type PartReference,
  ResponseAccumulator,
  type TextKind,
  unfinishedError,
} from './response-accumulator.js'
import { channelOf, eventSchema, isFailed, isUnfinished, type WireEvent } from './response.js'
import type { RespondEvent, RespondResponse } from './types.js'

/** The texts that events with `.delta` and `.done` carry. */
const TEXTS: Readonly<Record<string, TextKind>> = {
  'response.output_text': 'text',
  'response.refusal': 'text',
  'response.reasoning_text': 'reasoning',
  'response.reasoning_summary_text': 'summary',
}

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
    // Some servers send the complete response as their only event, without a name.
    if (name === '' && Array.isArray(value.output)) return this.#endWhole(value, events)
    if (name === '' && reportsFailure(value)) {
      throw errorFromResponse({ status: this.#attempt.status, body: value }, this.#attempt.context)
    }
    this.#parse(name, value, frame.data.length, events)
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

  #parse(name: string, value: JSONObject, length: number, events: RespondEvent[]): void {
    const stem = name.replace(/\.(delta|done)$/, '')
    const kind = TEXTS[stem]
    if (kind !== undefined && stem !== name) {
      return this.#parseText({ stem, kind, isDelta: name.endsWith('.delta') }, value, events)
    }
    const accumulator = this.#accumulator
    switch (name) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        this.#read(value, events)
        return
      case 'response.content_part.done': {
        const event = this.#read(value, events)
        const { type, text } = event.part ?? {}
        const channel = type === undefined ? undefined : channelOf(type, undefined)
        if (channel !== undefined) accumulator.addPart(partOf(channel, event), text ?? '', events, true)
        return
      }
      case 'response.function_call_arguments.delta':
        return accumulator.addArgumentsDelta(referenceOf(this.#read(value, events)), value.delta, events)
      case 'response.function_call_arguments.done': {
        const event = this.#read(value, events)
        return accumulator.addArguments(referenceOf(event), { ...event, type: 'function_call' }, events)
      }
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const { item, output_index: index } = this.#read(value, events)
        if (item === undefined) return
        const stage = name.endsWith('.added') ? 'added' : 'done'
        accumulator.addItem({ item, index, stage, raw: value.item, length }, events)
        if (!isKnownItem(item)) events.push({ type: 'unknown', name, data: value })
        return
      }
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
      case 'response.canceled':
        return this.#end(name.slice('response.'.length), value, events)
      case 'response.content_part.added':
      case 'response.reasoning_summary_part.added':
      case 'response.reasoning_summary_part.done':
        return
      default:
        events.push({ type: 'unknown', name, data: value })
    }
  }

  #parseText(
    { stem, kind, isDelta }: { readonly stem: string; readonly kind: TextKind; readonly isDelta: boolean },
    value: JSONObject,
    events: RespondEvent[],
  ): void {
    const event = this.#read(value, events)
    const part = partOf(kind, event)
    if (stem === 'response.refusal') this.#accumulator.addRefusal()
    if (isDelta) this.#accumulator.addDelta(part, value.delta, events)
    else this.#accumulator.addPart(part, event.text ?? event.refusal ?? '', events)
  }

  #end(name: string, value: JSONObject, events: RespondEvent[]): void {
    const { response = {} } = this.#read(value, events)
    this.#accumulator.end({ response, raw: value.response, status: name }, events)
    const status = isFailed({ status: name }) ? name : response.status
    if (isFailed({ ...response, status })) throw failureOf({ ...response, status }, this.#attempt)
    this.isDone = true
  }

  #endWhole(value: JSONObject, events: RespondEvent[]): void {
    this.#end('completed', { response: value }, events)
    if (isUnfinished(value)) throw unfinishedError(this.partial(), this.#attempt.context.endpoint)
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
}

const referenceOf = (event: WireEvent): ItemReference => ({ id: event.item_id, index: event.output_index })

const partOf = (kind: TextKind, event: WireEvent): PartReference => ({
  ...referenceOf(event),
  kind,
  part: (kind === 'summary' ? event.summary_index : event.content_index) ?? 0,
})
