import { AnswerDraft, type ContentSink } from '../generation/answer-draft.js'
import type { RespondOutputItem, RespondResponse } from '../types/responses.js'
import { toRespondUsage, type WireItem, type WireResponse } from '../wire/responses.js'

/** What kind of content a part is. */
export type PartKind = 'text' | 'reasoning'

const KINDS: Readonly<Record<string, PartKind>> = { output_text: 'text', reasoning_text: 'reasoning' }
const KNOWN_ITEMS = ['message', 'reasoning', 'function_call']

/** Whether an item is one this library has a word for. */
export const isKnownItem = ({ type }: WireItem): boolean => KNOWN_ITEMS.includes(type ?? '')

/**
 * Builds an answer from items and pieces of them. The same text may come as deltas, as a whole part, in its item and in
 * the response, or in some of these only: what has been told is not told again.
 */
export class ResponseBuilder extends AnswerDraft {
  readonly #told = new Map<string, number>()
  readonly #named = new Set<number>()
  #items = new Map<number, WireItem>()

  /** Takes the facts around an answer. */
  envelope({ id, model, usage }: WireResponse): void {
    if (id) this.id = id
    if (model) this.model = model
    if (usage) this.usage = toRespondUsage(usage)
  }

  /** Takes a piece of a text. */
  delta(kind: PartKind, index: number, part: number, text: string, events: ContentSink): void {
    if (text === '') return
    const key = `${index}.${part}`
    this.#told.set(key, (this.#told.get(key) ?? 0) + text.length)
    if (kind === 'text') this.say(text, events)
    else this.think(text, events)
  }

  /** Takes a text as far as it has come. */
  text(kind: PartKind, index: number, part: number, whole: string, events: ContentSink): void {
    this.delta(kind, index, part, whole.slice(this.#told.get(`${index}.${part}`) ?? 0), events)
  }

  /** Takes a piece of the arguments of a call. */
  argumentsDelta(index: number, piece: string, events: ContentSink): void {
    if (piece === '') return
    this.#told.set(`${index}`, (this.#told.get(`${index}`) ?? 0) + piece.length)
    this.call([{ index, function: { arguments: piece } }], events)
  }

  /** Takes the arguments of a call as far as they have come. */
  arguments(index: number, received: WireItem['arguments'], events: ContentSink): void {
    const whole = typeof received === 'string' ? received : received ? JSON.stringify(received) : ''
    this.argumentsDelta(index, whole.slice(this.#told.get(`${index}`) ?? 0), events)
  }

  /** Takes an item as far as it has come. */
  item(item: WireItem, index: number, events: ContentSink): void {
    this.#items.set(index, item)
    if (item.type === 'function_call') {
      if (item.name && !this.#named.has(index)) {
        this.#named.add(index)
        this.call([{ index, id: item.call_id || item.id, function: { name: item.name } }], events)
      }
      this.arguments(index, item.arguments, events)
    }
    item.content?.forEach(({ type, text }, part) => {
      const kind = KINDS[type ?? '']
      if (kind !== undefined) this.text(kind, index, part, text ?? '', events)
    })
  }

  /** Takes the whole of an answer, which may be all that came; `status` is what the end of the stream is called. */
  end(response: WireResponse, status: string | undefined, events: ContentSink): void {
    const { output, incomplete_details: incomplete } = response
    this.envelope(response)
    this.raw = response
    this.rawFinishReason = incomplete?.reason || response.status || status
    if (!output || output.length === 0) return
    this.#items = new Map()
    output.forEach((item, index) => this.item(item, index, events))
  }

  /** Whatever the server itself did is an answer too. */
  override get isEmpty(): boolean {
    return super.isEmpty && [...this.#items.values()].every(isKnownItem)
  }

  /** The answer, or an {@link InvalidResponseError} when there is none. */
  respond(endpoint: string): RespondResponse {
    const response = this.finish(endpoint)
    const calls = [...response.toolCalls]
    const output = [...this.#items.values()].flatMap((item): RespondOutputItem[] => {
      const { type } = item
      const id = item.id ?? ''
      if (type === 'function_call') {
        // One without a name is none.
        const toolCall = item.name ? calls.shift() : undefined
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
