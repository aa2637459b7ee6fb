import { assertAtMost, MAX_OUTPUT_ITEMS, MAX_RESPONSE_LENGTH } from '../generation/response-limits.js'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { ChatEvent, ChatOutputItem } from './types.js'

interface OpenText {
  readonly type: 'message' | 'reasoning'
  readonly buffer: TextBuffer
}

/** Collects the output from the events of a stream, for a response that breaks off before the server sends all of it. */
export class OutputAccumulator {
  readonly #items: (OpenText | ChatOutputItem)[] = []
  /** Whether the next text delta begins an item of its own. */
  #isClosed = true
  /** How much is kept, in characters. */
  #length = 0

  /**
   * Adds an event; one that is not part of the output changes nothing.
   *
   * @param length - length of the event as received, in characters
   *
   * @throws {@link InvalidResponseError} the output is too long
   */
  add(event: ChatEvent, length: number): void {
    switch (event.type) {
      case 'text-delta':
        return this.#addText('message', event.text)
      case 'reasoning-delta':
        return this.#addText('reasoning', event.text)
      case 'tool-call-success':
        this.#addItem({ ...event, type: 'tool-call' }, length)
        break
      case 'tool-call-failure':
        this.#addItem({ ...event, type: 'invalid-tool-call' }, length)
        break
      case 'text-start':
      case 'reasoning-start':
        break
      default:
        return
    }
    this.#isClosed = true
  }

  items(): ChatOutputItem[] {
    return this.#items.map((item) => ('buffer' in item ? { type: item.type, text: item.buffer.toString() } : item))
  }

  #addText(type: OpenText['type'], delta: string): void {
    const last = this.#items.at(-1)
    if (!this.#isClosed && last?.type === type && 'buffer' in last) {
      last.buffer.append(delta)
      return this.#count(delta.length)
    }
    const buffer = new TextBuffer()
    buffer.append(delta)
    this.#addItem({ type, buffer }, delta.length)
    this.#isClosed = false
  }

  #addItem(item: OpenText | ChatOutputItem, length: number): void {
    this.#items.push(item)
    assertAtMost(MAX_OUTPUT_ITEMS, this.#items.length)
    this.#count(length)
  }

  #count(length: number): void {
    this.#length += length
    assertAtMost(MAX_RESPONSE_LENGTH, this.#length)
  }
}
