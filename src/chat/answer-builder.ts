import { InvalidResponseError } from '../errors/api-errors.js'
import type { CompletionEvent, CompletionResponse, PartialCompletion } from '../types/completion.js'
import { toStats } from '../generation/stats.js'
import { TextAccumulator } from '../utils/text-accumulator.js'
import type { WireMessage, WireStats, WireUsage } from '../wire/types.js'
import { toFinishReason } from './finish-reason.js'
import { ThinkSplitter } from './think-splitter.js'
import { ToolCallAssembler } from './tool-calls.js'
import { toUsage } from '../wire/usage.js'

/** What every body and chunk may say besides its message. */
interface Envelope {
  readonly id?: string | null | undefined
  readonly model?: string | null | undefined
  readonly usage?: WireUsage | null | undefined
  readonly stats?: WireStats | null | undefined
}

/** Builds an answer from the messages or deltas of the wire, in one piece or in many. */
export class AnswerBuilder {
  id = ''
  model: string
  rawFinishReason: string | undefined
  raw: unknown
  readonly toolCalls: ToolCallAssembler = new ToolCallAssembler()
  readonly #text = new TextAccumulator()
  readonly #reasoning = new TextAccumulator()
  readonly #splitter = new ThinkSplitter()
  readonly #sentAt: number
  /** Of an answer in one piece nobody knows when its first token came. */
  readonly #isStream: boolean
  #firstAt: number | undefined
  #usage: WireUsage | undefined
  #stats: WireStats | undefined

  constructor(model: string, sentAt: number, isStream: boolean) {
    this.model = model
    this.#sentAt = sentAt
    this.#isStream = isStream
  }

  /** Takes the facts around a message. */
  envelope(envelope: Envelope): void {
    if (this.id === '' && envelope.id) this.id = envelope.id
    if (envelope.model) this.model = envelope.model
    if (envelope.usage) this.#usage = envelope.usage
    if (envelope.stats) this.#stats = envelope.stats
    this.raw = envelope
  }

  /** Takes a message or a delta; adds what it tells a consumer to `events`. */
  message(message: WireMessage, events: CompletionEvent[]): void {
    // Two names for one channel; a server that sends both means the same.
    const reasoning = message.reasoning_content || message.reasoning
    const { content, tool_calls: calls } = message
    if (reasoning) {
      // Where the server separates reasoning itself, a tag in the content is content.
      if (!this.#splitter.isDone) this.#split(this.#splitter.end(), events)
      this.#think(reasoning, events)
    }
    if (content) {
      if (this.#splitter.isDone) this.#say(content, events)
      else this.#split(this.#splitter.push(content), events)
    }
    if (calls && calls.length > 0) {
      this.#firstAt ??= performance.now()
      events.push(...this.toolCalls.push(calls))
    }
  }

  /** Hands over what was held back, when no more comes. */
  flush(events: CompletionEvent[]): void {
    this.#split(this.#splitter.end(), events)
  }

  /** Whether nothing of an answer has come. */
  get isEmpty(): boolean {
    return this.#text.length === 0 && this.#reasoning.length === 0 && this.toolCalls.isEmpty
  }

  /** What has come so far. */
  partial(): PartialCompletion {
    const reasoning = this.#reasoning.toString()
    const usage = toUsage(this.#usage)
    return {
      id: this.id,
      model: this.model,
      text: this.#text.toString(),
      ...(reasoning === '' ? {} : { reasoning }),
      toolCalls: this.toolCalls.finish(),
      usage,
      stats: toStats(this.#stats, {
        durationMs: performance.now() - this.#sentAt,
        timeToFirstTokenMs: this.#firstAt === undefined || !this.#isStream ? undefined : this.#firstAt - this.#sentAt,
        outputTokens: usage.outputTokens,
      }),
      raw: this.raw,
    }
  }

  /** The answer, or an {@link InvalidResponseError} when there is none: silence is how some overflows look. */
  finish(endpoint: string): CompletionResponse {
    const partial = this.partial()
    const { rawFinishReason } = this
    const finishReason = toFinishReason(rawFinishReason, partial.toolCalls.length > 0)
    if (this.isEmpty && !((partial.usage.outputTokens ?? 0) > 0) && finishReason !== 'content-filter') {
      throw new InvalidResponseError('The server ended the answer without a word of it.', {
        code: 'empty-response',
        endpoint,
      })
    }
    return { ...partial, finishReason, rawFinishReason }
  }

  #think(text: string, events: CompletionEvent[]): void {
    this.#firstAt ??= performance.now()
    this.#reasoning.append(text)
    events.push({ type: 'reasoning-delta', text })
  }

  #say(text: string, events: CompletionEvent[]): void {
    this.#firstAt ??= performance.now()
    this.#text.append(text)
    events.push({ type: 'text-delta', text })
  }

  #split({ text, reasoning }: { readonly text: string; readonly reasoning: string }, events: CompletionEvent[]): void {
    if (reasoning !== '') this.#think(reasoning, events)
    if (text !== '') this.#say(text, events)
  }
}
