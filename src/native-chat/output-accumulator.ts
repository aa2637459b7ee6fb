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

  /** Adds an event; one that is not part of the output changes nothing. */
  add(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
        return this.#addText('message', event.text)
      case 'reasoning-delta':
        return this.#addText('reasoning', event.text)
      case 'tool-call-success':
        this.#items.push({ ...event, type: 'tool-call' })
        break
      case 'tool-call-failure':
        this.#items.push({ ...event, type: 'invalid-tool-call' })
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
    if (!this.#isClosed && last?.type === type && 'buffer' in last) return last.buffer.append(delta)
    const buffer = new TextBuffer()
    buffer.append(delta)
    this.#items.push({ type, buffer })
    this.#isClosed = false
  }
}
