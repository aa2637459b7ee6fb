import { AnswerDraft, type ContentSink } from '../generation/completion-accumulator.js'
import { OutputItems, KNOWN_ITEMS, type Place, type Slot } from './output-items.js'
import { type WireItem, type WireResponse, toRespondUsage } from './response.js'
import type { RespondOutputItem, RespondResponse } from './types.js'

/** What kind of content a part is. */
export type PartKind = 'text' | 'reasoning'

const KINDS: Readonly<Record<string, PartKind>> = { output_text: 'text', reasoning_text: 'reasoning' }

/** Whether an item is one this library has a word for. */
export const isKnownItem = ({ type }: WireItem): boolean => KNOWN_ITEMS.includes(type ?? '')

const CALL = 'function_call'

/** The kind of item that holds such a part. */
const HOLDERS: Readonly<Record<PartKind, string>> = { text: 'message', reasoning: 'reasoning' }

/** What is the same of an item from its beginning to the end of the stream. */
const identify = ({ type, id, call_id: callId }: WireItem): { type: string; id: string } => ({
  type: type ?? '',
  id: id || callId || '',
})

/**
 * Builds an answer from items and pieces of them. The same text may come as deltas, as a whole part, in its item and in
 * the response, or in some of these only: what has been told is not told again.
 */
export class ResponseAccumulator extends AnswerDraft {
  readonly #slots = new OutputItems()
  #items = new Map<Slot, WireItem>()
  #calls = 0

  /** Takes the facts around an answer. */
  envelope({ id, model, usage }: WireResponse): void {
    if (id) this.id = id
    if (model) this.model = model
    if (usage) this.usage = toRespondUsage(usage)
  }

  /** Takes a piece of a text. */
  delta(kind: PartKind, place: Place, part: number, text: string, events: ContentSink): void {
    if (text !== '') this.#tell(kind, this.#slots.find(HOLDERS[kind], place), part, text, events)
  }

  /** Takes a text as far as it has come. */
  text(kind: PartKind, place: Place, part: number, whole: string, events: ContentSink): void {
    if (whole !== '') this.#tellRest(kind, this.#slots.find(HOLDERS[kind], place), part, whole, events)
  }

  /** Takes a piece of the arguments of a call. */
  argumentsDelta(place: Place, piece: string, events: ContentSink): void {
    if (piece !== '') this.#tellArguments(this.#slots.find(CALL, place), piece, events)
  }

  /** Takes the arguments of a call as far as they have come. */
  arguments(place: Place, received: WireItem['arguments'], events: ContentSink): void {
    if (received) this.#tellRestOfArguments(this.#slots.find(CALL, place), received, events)
  }

  /** Takes an item as far as it has come; `isNew` where this is its beginning. */
  item(item: WireItem, index: number | null | undefined, events: ContentSink, isNew = false): void {
    const { type, id } = identify(item)
    this.#take(item, this.#slots.find(type, { id, index }, isNew), events)
  }

  /** Takes the whole of an answer, which may be all that came; `status` is what the end of the stream is called. */
  end(response: WireResponse, status: string | undefined, events: ContentSink): void {
    const { output, incomplete_details: incomplete } = response
    this.envelope(response)
    this.raw = response
    this.rawFinishReason = incomplete?.reason || response.status || status
    if (!output || output.length === 0) return
    this.#items = new Map()
    this.#slots.assign(output.map(identify)).forEach((slot, index) => this.#take(output[index]!, slot, events))
  }

  #take(item: WireItem, slot: Slot, events: ContentSink): void {
    this.#items.set(slot, item)
    if (item.type === CALL) {
      if (item.name && slot.call === undefined) {
        slot.call = this.#calls++
        this.call([{ index: slot.number, id: item.call_id || item.id, function: { name: item.name } }], events)
      }
      if (item.arguments) this.#tellRestOfArguments(slot, item.arguments, events)
    }
    item.content?.forEach(({ type, text }, part) => {
      const kind = KINDS[type ?? '']
      if (kind !== undefined) this.#tellRest(kind, slot, part, text ?? '', events)
    })
  }

  #tell(kind: PartKind, { told }: Slot, part: number, text: string, events: ContentSink): void {
    if (text === '') return
    told.set(part, (told.get(part) ?? 0) + text.length)
    if (kind === 'text') this.say(text, events)
    else this.think(text, events)
  }

  #tellRest(kind: PartKind, slot: Slot, part: number, whole: string, events: ContentSink): void {
    this.#tell(kind, slot, part, whole.slice(slot.told.get(part) ?? 0), events)
  }

  #tellArguments(slot: Slot, piece: string, events: ContentSink): void {
    if (piece === '') return
    slot.told.set(0, (slot.told.get(0) ?? 0) + piece.length)
    this.call([{ index: slot.number, function: { arguments: piece } }], events)
  }

  #tellRestOfArguments(slot: Slot, received: NonNullable<WireItem['arguments']>, events: ContentSink): void {
    const whole = typeof received === 'string' ? received : JSON.stringify(received)
    this.#tellArguments(slot, whole.slice(slot.told.get(0) ?? 0), events)
  }

  /** Whatever the server itself did is an answer too. */
  override get isEmpty(): boolean {
    return super.isEmpty && [...this.#items.values()].every(isKnownItem)
  }

  /** The answer, or an {@link InvalidResponseError} when there is none. */
  respond(endpoint: string): RespondResponse {
    const response = this.finish(endpoint)
    const output = [...this.#items].flatMap(([slot, item]): RespondOutputItem[] => {
      const { type } = item
      const id = item.id ?? ''
      if (type === CALL) {
        // One without a name is none.
        const toolCall = slot.call === undefined ? undefined : response.toolCalls[slot.call]
        return toolCall === undefined ? [] : [{ type: 'tool-call', id, toolCall }]
      }
      if (type !== 'message' && type !== 'reasoning') return [{ type: 'unknown', name: type ?? '', data: item }]
      return [
        { type, id, text: (item.content ?? []).map((part) => (KINDS[part.type ?? ''] ? part.text : '')).join('') },
      ]
    })
    return { ...response, output }
  }
}
