import { AnswerDraft, type ContentSink } from '../generation/answer-draft.js'
import type { WireMessage, WireStats, WireUsage } from '../wire/types.js'
import { toUsage } from '../wire/usage.js'
import { ThinkSplitter } from './think-splitter.js'

/** What every body and chunk may say besides its message. */
interface Envelope {
  readonly id?: string | null | undefined
  readonly model?: string | null | undefined
  readonly usage?: WireUsage | null | undefined
  readonly stats?: WireStats | null | undefined
}

/** Builds an answer from the messages or deltas of the wire, in one piece or in many. */
export class AnswerBuilder extends AnswerDraft {
  readonly #splitter = new ThinkSplitter()

  /** Takes the facts around a message. */
  envelope(envelope: Envelope): void {
    if (this.id === '' && envelope.id) this.id = envelope.id
    if (envelope.model) this.model = envelope.model
    if (envelope.usage) this.usage = toUsage(envelope.usage)
    if (envelope.stats) this.stats = envelope.stats
    this.raw = envelope
  }

  /** Takes a message or a delta; adds what it tells a consumer to `events`. */
  message(message: WireMessage, events: ContentSink): void {
    // Two names for one channel; a server that sends both means the same.
    const reasoning = message.reasoning_content || message.reasoning
    const { content, tool_calls: calls } = message
    if (reasoning) {
      // Where the server separates reasoning itself, a tag in the content is content.
      if (!this.#splitter.isDone) this.#split(this.#splitter.end(), events)
      this.think(reasoning, events)
    }
    if (content) {
      if (this.#splitter.isDone) this.say(content, events)
      else this.#split(this.#splitter.push(content), events)
    }
    if (calls && calls.length > 0) this.call(calls, events)
  }

  /** Hands over what was held back, when no more comes. */
  flush(events: ContentSink): void {
    this.#split(this.#splitter.end(), events)
  }

  #split({ text, reasoning }: { readonly text: string; readonly reasoning: string }, events: ContentSink): void {
    if (reasoning !== '') this.think(reasoning, events)
    if (text !== '') this.say(text, events)
  }
}
