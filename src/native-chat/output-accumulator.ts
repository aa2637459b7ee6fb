import { TextBuffer } from '../streaming/text-buffer.js'
import type { ChatEvent, ChatOutputItem } from './types.js'

interface OpenText {
  readonly type: 'message' | 'reasoning'
  readonly pieces: TextBuffer
}

/** Puts the output together from the events of a stream: for an answer that breaks before the server says the whole. */
export class OutputAccumulator {
  readonly #items: (OpenText | ChatOutputItem)[] = []
  /** Whether the next piece of text begins an item of its own. */
  #isClosed = true

  /** Takes an event; what is no part of the answer changes nothing. */
  add(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
        return this.#say('message', event.text)
      case 'reasoning-delta':
        return this.#say('reasoning', event.text)
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
    return this.#items.map((item) => ('pieces' in item ? { type: item.type, text: item.pieces.toString() } : item))
  }

  #say(type: OpenText['type'], piece: string): void {
    const last = this.#items.at(-1)
    if (!this.#isClosed && last?.type === type && 'pieces' in last) return last.pieces.append(piece)
    const pieces = new TextBuffer()
    pieces.append(piece)
    this.#items.push({ type, pieces })
    this.#isClosed = false
  }
}
