import { CompletionAccumulator, type ContentSink, toolCallEvents } from '../generation/completion-accumulator.js'
import type { RequestContext, WholeResponse } from '../generation/run-generation.js'
import type { JSONResponse } from '../http/types.js'
import type { PartialCompletion } from '../types.js'
import { parseResponse } from '../validation/validate.js'
import { type ItemReference, type ItemState, KNOWN_ITEMS, OutputItems } from './output-items.js'
import { responseSchema, toRespondUsage, type WireItem, type WireResponse } from './response.js'
import type { RespondEvent, RespondOutputItem, RespondResponse } from './types.js'

/** The kind of content in a part. */
export type PartKind = 'text' | 'reasoning'

const PART_KINDS: Readonly<Record<string, PartKind>> = { output_text: 'text', reasoning_text: 'reasoning' }

const FUNCTION_CALL = 'function_call'

/** The type of item that holds a part. */
const ITEM_TYPES: Readonly<Record<PartKind, string>> = { text: 'message', reasoning: 'reasoning' }

export const isKnownItem = ({ type }: WireItem): boolean => KNOWN_ITEMS.includes(type ?? '')

/** Returns what stays the same about an item from its first event to the end of the stream. */
const identityOf = ({ type, id, call_id: callId }: WireItem): { type: string; id: string } => ({
  type: type ?? '',
  id: id || callId || '',
})

/**
 * Builds a response from items and deltas. The same text may arrive as deltas, as a complete part, in its item and in the
 * response, or in some of these only: what has been emitted is not emitted again.
 */
export class ResponseAccumulator {
  readonly #completion: CompletionAccumulator
  readonly #outputItems = new OutputItems()
  #items = new Map<ItemState, WireItem>()
  #callCount = 0

  constructor(model: string, sentAt: number, isStream: boolean) {
    this.#completion = new CompletionAccumulator(model, sentAt, isStream)
  }

  get id(): string {
    return this.#completion.id
  }

  get model(): string {
    return this.#completion.model
  }

  addMetadata({ id, model, usage }: WireResponse): void {
    if (id) this.#completion.id = id
    if (model) this.#completion.model = model
    if (usage) this.#completion.usage = toRespondUsage(usage)
  }

  /** Adds a delta of a part. */
  addDelta(
    part: { readonly kind: PartKind; readonly index: number },
    reference: ItemReference,
    delta: string,
    events: ContentSink,
  ): void {
    if (delta === '') return
    this.#emitText(
      part.kind,
      { item: this.#outputItems.find(ITEM_TYPES[part.kind], reference), part: part.index },
      delta,
      events,
    )
  }

  /** Adds the text of a part as far as it has arrived. */
  addText(
    part: { readonly kind: PartKind; readonly index: number },
    reference: ItemReference,
    whole: string,
    events: ContentSink,
  ): void {
    if (whole === '') return
    this.#emitRest(
      part.kind,
      { item: this.#outputItems.find(ITEM_TYPES[part.kind], reference), part: part.index },
      whole,
      events,
    )
  }

  /** Adds a delta of the arguments of a call. */
  addArgumentsDelta(reference: ItemReference, delta: string, events: ContentSink): void {
    if (delta !== '') this.#emitArguments(this.#outputItems.find(FUNCTION_CALL, reference), delta, events)
  }

  /** Adds the arguments of a call as far as they have arrived. */
  addArguments(reference: ItemReference, received: WireItem['arguments'], events: ContentSink): void {
    if (received) this.#emitRestOfArguments(this.#outputItems.find(FUNCTION_CALL, reference), received, events)
  }

  /** Adds an item as far as it has arrived; `isNew` where this is its beginning. */
  addItem(
    item: WireItem,
    place: { readonly index: number | null | undefined; readonly isNew: boolean },
    events: ContentSink,
  ): void {
    const { type, id } = identityOf(item)
    this.#add(item, this.#outputItems.find(type, { id, index: place.index }, place.isNew), events)
  }

  /** Adds the complete response, which may be all that arrived; `status` is the name of the event that ends the stream. */
  end(response: WireResponse, status: string | undefined, events: ContentSink): void {
    const { output, incomplete_details: incomplete } = response
    this.addMetadata(response)
    this.#completion.raw = response
    this.#completion.rawFinishReason = incomplete?.reason || response.status || status
    if (!output || output.length === 0) return
    this.#items = new Map()
    this.#outputItems.assign(output.map(identityOf)).forEach((state, index) => this.#add(output[index]!, state, events))
  }

  partial(): PartialCompletion {
    return this.#completion.partial()
  }

  /**
   * Returns the complete response and adds the last events to `events`.
   *
   * @throws {@link InvalidResponseError} there is no response
   */
  finish(endpoint: string, events: RespondEvent[]): RespondResponse {
    // Items of the server's own tools are a response too.
    const isEmpty = this.#completion.isEmpty && [...this.#items.values()].every(isKnownItem)
    const completion = this.#completion.finish(endpoint, isEmpty)
    const output = [...this.#items].flatMap(([state, item]): RespondOutputItem[] => {
      const { type } = item
      const id = item.id ?? ''
      if (type === FUNCTION_CALL) {
        // A call without a name is dropped.
        const toolCall = state.callIndex === undefined ? undefined : completion.toolCalls[state.callIndex]
        return toolCall === undefined ? [] : [{ type: 'tool-call', id, toolCall }]
      }
      if (type !== 'message' && type !== 'reasoning') return [{ type: 'unknown', name: type ?? '', data: item }]
      const parts = (item.content ?? []).filter((part) => PART_KINDS[part.type ?? ''] !== undefined)
      return [{ type, id, text: parts.map((part) => part.text).join('') }]
    })
    const response = { ...completion, output }
    events.push(...toolCallEvents(response), { type: 'response-end', response })
    return response
  }

  #add(item: WireItem, state: ItemState, events: ContentSink): void {
    this.#items.set(state, item)
    if (item.type === FUNCTION_CALL) {
      if (item.name && state.callIndex === undefined) {
        state.callIndex = this.#callCount++
        const start = { index: state.number, id: item.call_id || item.id, function: { name: item.name } }
        this.#completion.addToolCallDeltas([start], events)
      }
      if (item.arguments) this.#emitRestOfArguments(state, item.arguments, events)
    }
    item.content?.forEach(({ type, text }, part) => {
      const kind = PART_KINDS[type ?? '']
      if (kind !== undefined) this.#emitRest(kind, { item: state, part }, text ?? '', events)
    })
  }

  #emitText(kind: PartKind, { item, part }: PartState, delta: string, events: ContentSink): void {
    if (delta === '') return
    item.emitted.set(part, (item.emitted.get(part) ?? 0) + delta.length)
    if (kind === 'text') this.#completion.addText(delta, events)
    else this.#completion.addReasoning(delta, events)
  }

  #emitRest(kind: PartKind, state: PartState, whole: string, events: ContentSink): void {
    this.#emitText(kind, state, whole.slice(state.item.emitted.get(state.part) ?? 0), events)
  }

  #emitArguments(item: ItemState, delta: string, events: ContentSink): void {
    if (delta === '') return
    item.emitted.set(0, (item.emitted.get(0) ?? 0) + delta.length)
    this.#completion.addToolCallDeltas([{ index: item.number, function: { arguments: delta } }], events)
  }

  #emitRestOfArguments(item: ItemState, received: NonNullable<WireItem['arguments']>, events: ContentSink): void {
    const whole = typeof received === 'string' ? received : JSON.stringify(received)
    this.#emitArguments(item, whole.slice(item.emitted.get(0) ?? 0), events)
  }
}

interface PartState {
  readonly item: ItemState
  readonly part: number
}

/** Reads a complete response, and the events that a stream of it would have had. */
export function parseRespond(
  { body, sentAt, context }: JSONResponse,
  { model }: RequestContext,
): WholeResponse<RespondEvent, RespondResponse> {
  const accumulator = new ResponseAccumulator(model, sentAt, false)
  const events: RespondEvent[] = []
  accumulator.end(parseResponse(responseSchema(), body, 'The response', context), undefined, events)
  events.unshift({ type: 'response-start', id: accumulator.id, model: accumulator.model })
  const response = accumulator.finish(context.endpoint, events)
  return { response, events }
}
