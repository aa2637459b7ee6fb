import { attachHidden, type ProviderError } from '../errors/provider-error.js'
import { InvalidResponseError } from '../errors/errors.js'
import {
  CompletionAccumulator,
  type ContentSink,
  emptyResponseError,
  toolCallEvents,
} from '../generation/completion-accumulator.js'
import { assertAtMost, MAX_ITEMS_LENGTH } from '../generation/response-limits.js'
import type { RequestContext, WholeResponse } from '../generation/run-generation.js'
import { toUsage } from '../generation/usage.js'
import type { Attempt } from '../http/attempt.js'
import { errorFromResponse } from '../http/response-error.js'
import type { JSONResponse } from '../http/types.js'
import type { PartialCompletion, ToolCall } from '../types.js'
import { compact, isObject, parseJSON } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import type { ArrivingText } from './arriving-text.js'
import { type ItemReference, type ItemState, KNOWN_ITEMS, OutputItems } from './output-items.js'
import {
  type Channel,
  envelopeSchema,
  isFailed,
  isUnfinished,
  readItemText,
  responseSchema,
  typeOf,
  type WireItem,
  type WireResponse,
} from './response.js'
import type { RespondEvent, RespondOutputItem, RespondResponse } from './types.js'

/** A text of an item; a summary is reasoning. */
export type TextKind = Channel | 'summary'

/** One part of a text of an item. */
export interface PartReference extends ItemReference {
  readonly kind: TextKind
  readonly part: number
}

/** What the server sent of an item. */
export interface ReceivedItem {
  readonly item: WireItem
  readonly index: number | undefined
  readonly stage: 'added' | 'done'
  /** The item as the server sent it. */
  readonly raw: unknown
  /** Length of the event with the item, in characters. */
  readonly length: number
}

/** The end of a response. */
export interface ReceivedEnd {
  readonly response: WireResponse
  /** The response as the server sent it. */
  readonly raw: unknown
  /** The status in the name of the last event. */
  readonly status?: string
}

const FUNCTION_CALL = 'function_call'

export const isKnownItem = (item: WireItem): boolean => KNOWN_ITEMS.includes(typeOf(item))

/** Returns what stays the same about an item from its first event to the end of the stream. */
const identityOf = (item: WireItem): { type: string; id: string } => ({
  type: typeOf(item),
  id: item.id || item.call_id || '',
})

/**
 * Builds a response from items and deltas. The same text may arrive as deltas, as a complete part, in its item and in the
 * response, or in some of these only: what has been emitted is not emitted again.
 */
export class ResponseAccumulator {
  readonly #completion: CompletionAccumulator
  readonly #items = new OutputItems()
  /** The items as the server sent them last. */
  readonly #received = new Map<ItemState, unknown>()
  /** Length of the items that arrived, in characters. */
  #itemsLength = 0
  /** The items of the complete response, in its order. */
  #listed: readonly ItemState[] = []
  #callCount = 0
  #hasRefusal = false
  /** Whether the server marked an item as incomplete. */
  #hasIncomplete = false

  constructor(model: string, sentAt: number, isStream: boolean) {
    this.#completion = new CompletionAccumulator(model, sentAt, {
      isStream,
      reasoningTags: false,
      acceptsNoText: true,
      checksToolCalls: true,
    })
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
    if (usage) this.#completion.usage = toUsage(usage)
  }

  addRefusal(): void {
    this.#hasRefusal = true
  }

  /** Adds a delta of a part, which the server may send as anything. */
  addDelta(reference: PartReference, delta: unknown, events: ContentSink): void {
    if (delta === '') return
    const { kind } = reference
    const state = this.#itemOf(reference)
    if (!isUsed(state, kind)) return
    const text = textOf(state, kind)
    if (typeof delta === 'string') this.#emit(kind, text.addDelta(delta), events)
    else text.skipDelta(delta)
  }

  /** Adds a complete part; `isRepetition` for an event that only repeats others. */
  addPart(reference: PartReference, part: string, events: ContentSink, isRepetition = false): void {
    const { kind } = reference
    if (part === '') return
    const state = this.#itemOf(reference)
    const text = textOf(state, kind)
    if (!isUsed(state, kind) || (isRepetition && !text.isEmpty)) return
    this.#emit(kind, text.addPart(part, reference.part), events)
  }

  /** Adds a delta of the arguments of a call, which the server may send as anything. */
  addArgumentsDelta(reference: ItemReference, delta: unknown, events: ContentSink): void {
    if (delta === '') return
    const state = this.#items.find(FUNCTION_CALL, reference)
    if (typeof delta === 'string') this.#emitArguments(state, state.arguments.addDelta(delta), events)
    else state.arguments.skipDelta(delta)
  }

  /** Adds what an event about arguments has of a call. */
  addArguments(reference: ItemReference, call: WireItem, events: ContentSink): void {
    this.#addCall(call, this.#items.find(FUNCTION_CALL, reference), events)
  }

  /** Adds an item as far as it has arrived. */
  addItem({ item, index, stage, raw, length }: ReceivedItem, events: ContentSink): void {
    this.#itemsLength += length
    assertAtMost(MAX_ITEMS_LENGTH, this.#itemsLength)
    const { type, id } = identityOf(item)
    const state = this.#items.find(type, { id, index }, stage === 'added')
    // Empty arguments of a call that begins are those that have not arrived.
    const isUnfilled = stage === 'added' && /^\s*(\{\s*\})?\s*$/.test(toText(item.arguments))
    this.#add(isUnfilled ? { ...item, arguments: undefined } : item, state, events)
    this.#received.set(state, raw)
    if (stage === 'done') state.isEnded = true
  }

  /** Adds the complete response, which may be all that arrived. */
  end({ response, raw, status }: ReceivedEnd, events: ContentSink): void {
    const { incomplete_details: incomplete } = response
    const output = itemsOf(response)
    this.addMetadata(response)
    this.#completion.raw = raw
    this.#completion.rawFinishReason = incomplete?.reason || response.status || status
    const rawItems: readonly unknown[] = isObject(raw) ? [raw.output].flat() : []
    const items = output.flatMap((item, index) => (item === undefined ? [] : [{ item, index, ...identityOf(item) }]))
    this.#listed = this.#items.assign(items)
    this.#divide('text', (position) => readItemText(items[position]!.item).text)
    this.#divide('reasoning', (position, state) => reasoningOf(items[position]!.item, state).whole)
    this.#listed.forEach((state, position) => {
      const { item, index } = items[position]!
      this.#add(item, state, events)
      this.#received.set(state, rawItems[index])
    })
  }

  partial(): PartialCompletion {
    return this.#completion.partial()
  }

  /**
   * Returns the complete response and adds the last events to `events`.
   *
   * @throws {@link InvalidResponseError} there is no response, a piece of it could not be read, or a call has no name
   */
  finish(endpoint: string, events: RespondEvent[]): RespondResponse {
    if (
      this.#items.all.some((state) => [state.text, state.reasoning, state.arguments].some(({ isBroken }) => isBroken))
    ) {
      throw new InvalidResponseError('The stream sent a delta that is not a text.', { endpoint })
    }
    this.#addNamelessCalls(events)
    const states = this.#inOrder()
    // Items of the server's own tools are a response too.
    const isEmpty = this.#completion.isEmpty && states.every(({ type }) => KNOWN_ITEMS.includes(type))
    // As for a response that is itself marked as incomplete.
    if (this.#hasIncomplete && /^(completed)?$/.test(this.#completion.rawFinishReason ?? '')) {
      this.#completion.rawFinishReason = 'incomplete'
    }
    const completion = this.#completion.finish(endpoint, isEmpty && !this.#hasRefusal)
    const finishReason = this.#hasRefusal ? 'content-filter' : completion.finishReason
    // Tokens of which nothing arrived are not a response, unless the server explains it.
    if (isEmpty && finishReason !== 'length' && finishReason !== 'content-filter') throw emptyResponseError(endpoint)
    const toolCalls = [...completion.toolCalls]
    for (const { callIndex, arguments: received } of states) {
      if (callIndex !== undefined) toolCalls[callIndex] = withArguments(toolCalls[callIndex]!, received.resultJSON())
    }
    const output = states.flatMap((state) => this.#toOutput(state, toolCalls))
    const response = { ...completion, ...correctedTexts(states), finishReason, toolCalls, output }
    events.push(...toolCallEvents(response), { type: 'response-end', response })
    return response
  }

  #itemOf({ kind, id, index }: PartReference): ItemState {
    return this.#items.find(kind === 'text' ? 'message' : 'reasoning', { id, index })
  }

  /**
   * Divides what has been emitted among the items of the complete response, if that begins like it: deltas may have
   * mixed items up that share an index, and the complete items must not be emitted again.
   */
  #divide(channel: Channel, wholeOf: (position: number, state: ItemState) => string): void {
    const emitted = this.#items.all.map((state) => state[channel].emitted()).join('')
    const wholes = this.#listed.map((state, position) => (state.type === FUNCTION_CALL ? '' : wholeOf(position, state)))
    if (emitted === '' || !wholes.join('').startsWith(emitted)) return
    for (const state of this.#items.all) state[channel].setEmitted('')
    let start = 0
    this.#listed.forEach((state, position) => {
      const end = start + wholes[position]!.length
      state[channel].setEmitted(emitted.slice(start, end))
      start = end
    })
  }

  #add(item: WireItem, state: ItemState, events: ContentSink): void {
    if (item.status === 'incomplete') this.#hasIncomplete = true
    if (state.type === FUNCTION_CALL) return this.#addCall(item, state, events)
    const { text, hasRefusal } = readItemText(item)
    if (hasRefusal) this.#hasRefusal = true
    const { kind, whole } = reasoningOf(item, state)
    if (whole !== '' && isUsed(state, kind)) this.#emit('reasoning', state.reasoning.addWhole(whole), events)
    if (text !== '') this.#emit('text', state.text.addWhole(text), events)
  }

  #addCall(item: WireItem, state: ItemState, events: ContentSink): void {
    if (item.name && state.callIndex === undefined) {
      state.callIndex = this.#callCount++
      const start = { index: state.number, id: item.call_id || item.id || state.id, function: { name: item.name } }
      this.#completion.addToolCallDeltas([start], events)
    }
    const whole = toText(item.arguments)
    if (whole !== '') this.#emitArguments(state, state.arguments.addWhole(whole), events)
  }

  /** Adds the calls that got no name, so that none is lost. An event about arguments without content is not a call. */
  #addNamelessCalls(events: ContentSink): void {
    for (const state of this.#items.all) {
      const { number, type, id, callIndex } = state
      if (type !== FUNCTION_CALL || callIndex !== undefined || (id === '' && !this.#received.has(state))) continue
      this.#completion.addToolCallDeltas([{ index: number, id }], events)
    }
  }

  #emit(kind: TextKind, delta: string, events: ContentSink): void {
    if (delta === '') return
    if (kind === 'text') this.#completion.addText(delta, events)
    else this.#completion.addReasoning(delta, events)
  }

  #emitArguments(item: ItemState, delta: string, events: ContentSink): void {
    if (delta === '') return
    this.#completion.addToolCallDeltas([{ index: item.number, function: { arguments: delta } }], events)
  }

  /** The items of the complete response, and between them those that it leaves out. */
  #inOrder(): ItemState[] {
    const listed = new Set(this.#listed)
    const others = this.#items.all.filter((state) => !listed.has(state))
    if (listed.size === 0) return others.filter((state) => this.#received.has(state) || hasContent(state))
    const missing = others.filter(hasContent)
    const states: ItemState[] = []
    let next = 0
    for (const state of this.#listed) {
      while (next < missing.length && missing[next]!.number < state.number) states.push(missing[next++]!)
      states.push(state)
    }
    return [...states, ...missing.slice(next)]
  }

  #toOutput(state: ItemState, toolCalls: readonly ToolCall[]): RespondOutputItem[] {
    const { type, callIndex } = state
    const data = this.#received.get(state)
    const id = isObject(data) && typeof data.id === 'string' ? data.id : type === FUNCTION_CALL ? '' : state.id
    if (type === FUNCTION_CALL) {
      // Only a response that was cut off may hold a call without a name.
      return callIndex === undefined ? [] : [{ type: 'tool-call', id, toolCall: toolCalls[callIndex]! }]
    }
    if (type === 'message') return [{ type, id, text: state.text.result() }]
    if (type === 'reasoning') return [{ type, id, text: state.reasoning.result() }]
    return [{ type: 'unknown', name: type, data }]
  }
}

/** Returns the items of a response: where none has a text, `output_text` is one. */
function itemsOf({ output = [], output_text: text }: WireResponse): readonly (WireItem | undefined)[] {
  const hasText = output.some((item) => item !== undefined && readItemText(item).text !== '')
  return text && !hasText ? [...output, { type: 'message', content: text }] : output
}

/** Returns the complete reasoning of an item, and whether it is a summary. */
function reasoningOf(item: WireItem, { reasoningSource }: ItemState): { kind: TextKind; whole: string } {
  const { reasoning, summary } = readItemText(item)
  const kind = reasoning === '' && summary !== '' ? 'summary' : 'reasoning'
  return { kind, whole: { reasoning, summary }[reasoningSource ?? kind] }
}

const toText = (received: WireItem['arguments']): string =>
  typeof received === 'string' ? received : received === undefined ? '' : JSON.stringify(received)

const textOf = (state: ItemState, kind: TextKind): ArrivingText => (kind === 'text' ? state.text : state.reasoning)

/** Whether the text of this kind is used: of reasoning and its summary, only the one that arrives first. */
function isUsed(state: ItemState, kind: TextKind): boolean {
  return kind === 'text' || (state.reasoningSource ??= kind) === kind
}

const hasContent = ({ text, reasoning, callIndex }: ItemState): boolean =>
  !text.isEmpty || !reasoning.isEmpty || callIndex !== undefined

/** The texts of the response, where what was emitted is not the best that arrived. */
function correctedTexts(states: readonly ItemState[]): { text?: string; reasoning?: string } {
  const corrected = (channel: Channel): string | undefined => {
    const texts = states.map((state) => state[channel])
    const results = texts.map((text) => text.result())
    return results.every((result, index) => result === texts[index]!.emitted()) ? undefined : results.join('')
  }
  return compact({ text: corrected('text'), reasoning: corrected('reasoning') })
}

function withArguments(call: ToolCall, rawArguments: string): ToolCall {
  if (rawArguments === '' || rawArguments === call.rawArguments) return call
  return { ...call, rawArguments, arguments: parseJSON(rawArguments) }
}

const hasOutputText = (body: unknown): boolean =>
  isObject(body) && typeof body.output_text === 'string' && body.output_text !== ''

/** Reads a complete response, and the events that a stream of it would have had. */
export function parseRespond(
  { body, sentAt, context }: JSONResponse,
  { model }: RequestContext,
): WholeResponse<RespondEvent, RespondResponse> {
  const accumulator = new ResponseAccumulator(model, sentAt, false)
  const events: RespondEvent[] = []
  const wire = parseResponse(hasOutputText(body) ? envelopeSchema() : responseSchema(), body, 'The response', context)
  accumulator.end({ response: wire, raw: body }, events)
  if (isFailed(wire)) {
    const error = failureOf(wire, { status: 200, context })
    attachHidden(error, 'partial', accumulator.partial())
    throw error
  }
  if (isUnfinished(wire)) throw unfinishedError(accumulator.partial(), context.endpoint)
  events.unshift({ type: 'response-start', id: accumulator.id, model: accumulator.model })
  const response = accumulator.finish(context.endpoint, events)
  return { response, events }
}

/** The error for a complete response whose status is that the server still works on it. */
export function unfinishedError(partial: PartialCompletion, endpoint: string): InvalidResponseError {
  const error = new InvalidResponseError('The server sent a response that is not finished.', { endpoint })
  attachHidden(error, 'partial', partial)
  return error
}

/** The error of a response that ended without success. */
export function failureOf(
  { status, error }: WireResponse,
  { status: httpStatus, context }: Pick<Attempt, 'status' | 'context'>,
): ProviderError {
  const reason = status?.startsWith('cancel') === true ? 'The response was canceled.' : 'The response failed.'
  return errorFromResponse({ status: httpStatus, body: { error: error ?? reason } }, context)
}
