import { InvalidResponseError } from '../errors/errors.js'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { CompletionResponse, PartialCompletion, Usage } from '../types.js'
import type { Nullish } from '../validation/schema.js'
import { toFinishReason } from './finish-reason.js'
import { type WireStats, toStats } from './stats.js'
import { ThinkTagSplitter } from './think-tag-splitter.js'
import { ToolCallAccumulator, type WireToolCall } from './tool-call-accumulator.js'
import type { CompletionEvent } from './types.js'
import { type WireUsage, toUsage } from './usage.js'

/** Takes the events that tell the content of an answer: they are the same for every route. */
export interface ContentSink {
  push(
    ...events: Extract<
      CompletionEvent,
      { readonly type: 'reasoning-delta' | 'text-delta' | 'tool-call-start' | 'tool-call-delta' }
    >[]
  ): void
}

/** The error for an answer that has ended and holds nothing. */
export const emptyAnswer = (endpoint: string): InvalidResponseError =>
  new InvalidResponseError('The server ended the answer without a word of it.', { code: 'empty-response', endpoint })

/** The events that tell of the calls of a whole answer. */
export const toolCallEvents = (
  response: CompletionResponse,
): Extract<CompletionEvent, { readonly type: 'tool-call' }>[] =>
  response.toolCalls.map((toolCall, index) => ({ type: 'tool-call', index, toolCall }))

/** An answer in the making, whatever route it comes by. */
export class AnswerDraft {
  id = ''
  model: string
  rawFinishReason: string | undefined
  raw: unknown
  usage: Usage = toUsage(undefined)
  stats: WireStats | undefined
  readonly toolCalls: ToolCallAccumulator = new ToolCallAccumulator()
  readonly #text = new TextBuffer()
  readonly #reasoning = new TextBuffer()
  readonly #sentAt: number
  /** Of an answer in one piece nobody knows when its first token came. */
  readonly #isStream: boolean
  #firstAt: number | undefined

  constructor(model: string, sentAt: number, isStream: boolean) {
    this.model = model
    this.#sentAt = sentAt
    this.#isStream = isStream
  }

  think(text: string, events: ContentSink): void {
    this.#firstAt ??= performance.now()
    this.#reasoning.append(text)
    events.push({ type: 'reasoning-delta', text })
  }

  say(text: string, events: ContentSink): void {
    this.#firstAt ??= performance.now()
    this.#text.append(text)
    events.push({ type: 'text-delta', text })
  }

  call(fragments: readonly WireToolCall[], events: ContentSink): void {
    this.#firstAt ??= performance.now()
    events.push(...this.toolCalls.push(fragments))
  }

  /** Whether nothing of an answer has come. */
  get isEmpty(): boolean {
    return this.#text.length === 0 && this.#reasoning.length === 0 && this.toolCalls.isEmpty
  }

  /** What has come so far. */
  partial(): PartialCompletion {
    const reasoning = this.#reasoning.toString()
    const { usage } = this
    return {
      id: this.id,
      model: this.model,
      text: this.#text.toString(),
      ...(reasoning === '' ? {} : { reasoning }),
      toolCalls: this.toolCalls.finish(),
      usage,
      stats: toStats(this.stats, {
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
      throw emptyAnswer(endpoint)
    }
    return { ...partial, finishReason, rawFinishReason }
  }
}

/** What every body and chunk may say besides its message. */
interface Envelope {
  readonly id?: string | null | undefined
  readonly model?: string | null | undefined
  readonly usage?: WireUsage | null | undefined
  readonly stats?: WireStats | null | undefined
}

/** Builds an answer from the messages or deltas of the wire, in one piece or in many. */
export class AnswerBuilder extends AnswerDraft {
  readonly #splitter = new ThinkTagSplitter()

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

export interface WireMessage {
  readonly content?: Nullish<string>
  readonly reasoning_content?: Nullish<string>
  readonly reasoning?: Nullish<string>
  readonly tool_calls?: Nullish<readonly WireToolCall[]>
}
