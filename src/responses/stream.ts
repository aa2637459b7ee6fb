import { StreamSource, isDoneSentinel } from '../generation/sse-source.js'
import { errorFromResponse } from '../http/response-error.js'
import type { PartialCompletion } from '../types.js'
import { type JSONObject, isObject, parseJSON } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import type { Place } from './output-items.js'
import { ResponseAccumulator, isKnownItem } from './response-accumulator.js'
import { type WireResponseEvent, endOf, responseEventSchema } from './response.js'
import type { RespondEvent, RespondResponse } from './types.js'

// Repeat what other events say.
const SILENT = ['response.content_part.added', 'response.content_part.done']

/** Events of a streamed `POST /v1/responses`. */
export class ResponseSource extends StreamSource<RespondEvent, RespondResponse> {
  readonly #builder = new ResponseAccumulator(this.asked.model, this.exchange.sentAt, true)

  protected take(data: string): void {
    // Not LM Studio's ending here, yet some servers send it.
    if (isDoneSentinel(data)) return
    const value = parseJSON(data)
    this.throwError(data, value)
    if (!isObject(value)) return this.throwNotJSON()
    const names = [value.type, this.decoder.event].filter((name) => typeof name === 'string')
    const name = names.find((said) => said.startsWith('response.')) ?? names[0]!
    if (SILENT.includes(name)) return
    const before = this.queue.length
    const isContent = this.#event(name, value)
    if (this.queue.length === before) return
    if (isContent) this.exchange.feed()
    // The consumer has something to do that ends no silence.
    else this.exchange.pause()
  }

  /** Reads one event; tells whether it carries something of the answer. */
  #event(name: string, value: JSONObject): boolean {
    const { queue, exchange } = this
    const builder = this.#builder
    const read = (): WireResponseEvent => {
      const event = parseResponse(responseEventSchema, value, 'An event of the stream', exchange.context)
      if (event.response) builder.envelope(event.response)
      this.#start()
      return event
    }
    const before = queue.length
    const place = (event: WireResponseEvent): Place => ({ id: event.item_id, index: event.output_index })
    const part = (event: WireResponseEvent): number => event.content_index ?? 0
    switch (name) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        read()
        return false
      case 'response.output_text.delta':
      case 'response.reasoning_text.delta':
      case 'response.output_text.done':
      case 'response.reasoning_text.done': {
        const event = read()
        const kind = name.startsWith('response.output') ? 'text' : 'reasoning'
        if (name.endsWith('.delta')) builder.delta(kind, place(event), part(event), event.delta ?? '', queue)
        else builder.text(kind, place(event), part(event), event.text ?? '', queue)
        break
      }
      case 'response.function_call_arguments.delta': {
        const event = read()
        builder.argumentsDelta(place(event), event.delta ?? '', queue)
        break
      }
      case 'response.function_call_arguments.done': {
        const event = read()
        builder.arguments(place(event), event.arguments, queue)
        break
      }
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const { item, output_index: index } = read()
        if (!item) break
        builder.item(item, index, queue, name.endsWith('.added'))
        if (!isKnownItem(item)) queue.push({ type: 'unknown', name, data: value })
        break
      }
      case 'response.completed':
      case 'response.incomplete':
        builder.end(read().response ?? {}, name.slice('response.'.length), queue)
        this.sawDone = true
        break
      case 'response.failed':
        throw this.#failure(value)
      default:
        queue.push({ type: 'unknown', name, data: value })
        return 'delta' in value || 'item' in value
    }
    return queue.length > before
  }

  #start(): void {
    if (this.started) return
    this.started = true
    const { id, model } = this.#builder
    this.queue.push({ type: 'response-start', id, model })
  }

  /** The error of a response that failed. */
  #failure(event: JSONObject): Error {
    const { context, status } = this.exchange
    const error = isObject(event.response) ? event.response.error : undefined
    return errorFromResponse({ status, body: { error: error ?? 'The response failed.' } }, context)
  }

  protected finish(): RespondResponse {
    if (!this.sawDone) throw this.unfinished('its last event')
    const { response, events } = endOf(this.#builder, this.exchange.context)
    this.queue.push(...events)
    return response
  }

  protected get isWhole(): boolean {
    return this.sawDone
  }

  protected partial(): PartialCompletion {
    return this.#builder.partial()
  }
}
