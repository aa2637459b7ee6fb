import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { CompletionResponse, PartialCompletion, Usage } from '../types.js'
import { text, type Wire } from '../validation/schema.js'
import { toFinishReason } from './finish-reason.js'
import { toStats, type WireStats } from './stats.js'
import { type SplitContent, ThinkTagSplitter } from './think-tag-splitter.js'
import { ToolCallAccumulator, toolCallDeltaSchema, type WireToolCall } from './tool-call-accumulator.js'
import type { CompletionEvent } from './types.js'
import { toUsage, type WireUsage } from './usage.js'

/** A message, or a delta of one. */
export const deltaSchema = /* @__PURE__ */ v.looseObject({
  content: text,
  // `reasoning` for gpt-oss since LM Studio 0.3.23, else `reasoning_content` (docs/http-api.md 9.3).
  reasoning_content: text,
  reasoning: text,
  tool_calls: /* @__PURE__ */ v.nullish(/* @__PURE__ */ v.array(toolCallDeltaSchema)),
})

export type WireDelta = Wire<typeof deltaSchema>

/** What a body or chunk says besides its message. */
export interface Metadata {
  readonly id?: string | null | undefined
  readonly model?: string | null | undefined
  readonly usage?: WireUsage | null | undefined
  readonly stats?: WireStats | null | undefined
}

/** The events that carry content, which are the same for every route. */
type ContentEvent = Extract<
  CompletionEvent,
  { readonly type: 'reasoning-delta' | 'text-delta' | 'tool-call-start' | 'tool-call-delta' }
>

/** Collects content events. */
export interface ContentSink {
  push(...events: ContentEvent[]): void
}

/** Returns the events for the tool calls of a complete response. */
export const toolCallEvents = (
  response: CompletionResponse,
): Extract<CompletionEvent, { readonly type: 'tool-call' }>[] =>
  response.toolCalls.map((toolCall, index) => ({ type: 'tool-call', index, toolCall }))

export const emptyResponseError = (endpoint: string): InvalidResponseError =>
  new InvalidResponseError('The server returned an empty response.', { code: 'empty-response', endpoint })

const NO_USAGE: Usage = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }

/** Builds a completion from one message or from many deltas. */
export class CompletionAccumulator {
  id = ''
  model: string
  rawFinishReason: string | undefined
  raw: unknown
  usage: Usage = NO_USAGE
  stats: WireStats | undefined
  #toolCalls: ToolCallAccumulator | undefined
  readonly #text = new TextBuffer()
  readonly #reasoning = new TextBuffer()
  readonly #thinkTags = new ThinkTagSplitter()
  readonly #sentAt: number
  /** Without a stream, when the first token came is unknown. */
  readonly #isStream: boolean
  #firstTokenAt: number | undefined

  constructor(model: string, sentAt: number, isStream: boolean) {
    this.model = model
    this.#sentAt = sentAt
    this.#isStream = isStream
  }

  addMetadata(metadata: Metadata): void {
    if (this.id === '' && metadata.id) this.id = metadata.id
    if (metadata.model) this.model = metadata.model
    if (metadata.usage) this.usage = toUsage(metadata.usage)
    if (metadata.stats) this.stats = metadata.stats
    this.raw = metadata
  }

  /** Adds a message or a delta, and its events to `events`. */
  addDelta(delta: WireDelta, events: ContentSink): void {
    // Two names for one channel; a server that sends both repeats itself.
    const reasoning = delta.reasoning_content || delta.reasoning
    const { content, tool_calls: calls } = delta
    if (reasoning) {
      // Where the server separates the reasoning itself, a tag in the content is content.
      if (!this.#thinkTags.isDone) this.#addSplit(this.#thinkTags.end(), events)
      this.addReasoning(reasoning, events)
    }
    if (content) {
      if (this.#thinkTags.isDone) this.addText(content, events)
      else this.#addSplit(this.#thinkTags.push(content), events)
    }
    if (calls && calls.length > 0) this.addToolCallDeltas(calls, events)
  }

  /** Adds text that is known to hold no reasoning. */
  addText(delta: string, events: ContentSink): void {
    this.#firstTokenAt ??= performance.now()
    this.#text.append(delta)
    events.push({ type: 'text-delta', text: delta })
  }

  addReasoning(delta: string, events: ContentSink): void {
    this.#firstTokenAt ??= performance.now()
    this.#reasoning.append(delta)
    events.push({ type: 'reasoning-delta', text: delta })
  }

  addToolCallDeltas(deltas: readonly WireToolCall[], events: ContentSink): void {
    this.#firstTokenAt ??= performance.now()
    this.#toolCalls ??= new ToolCallAccumulator()
    events.push(...this.#toolCalls.push(deltas))
  }

  /** Adds what was held back because a tag may have begun in it. */
  flush(events: ContentSink): void {
    this.#addSplit(this.#thinkTags.end(), events)
  }

  get isEmpty(): boolean {
    return this.#text.length === 0 && this.#reasoning.length === 0 && this.#toolCalls?.isEmpty !== false
  }

  /** Returns what has arrived so far. */
  partial(): PartialCompletion {
    const reasoning = this.#reasoning.toString()
    const { usage } = this
    return {
      id: this.id,
      model: this.model,
      text: this.#text.toString(),
      ...(reasoning === '' ? {} : { reasoning }),
      toolCalls: this.#toolCalls?.finish() ?? [],
      usage,
      stats: toStats(this.stats, {
        durationMs: performance.now() - this.#sentAt,
        timeToFirstTokenMs:
          this.#firstTokenAt === undefined || !this.#isStream ? undefined : this.#firstTokenAt - this.#sentAt,
        outputTokens: usage.outputTokens,
      }),
      raw: this.raw,
    }
  }

  /**
   * Returns the complete response.
   *
   * @param isEmpty - whether nothing counts as a response; by default what the accumulator got
   * @throws {@link InvalidResponseError} nothing arrived: some context overflows look like this
   */
  finish(endpoint: string, isEmpty: boolean = this.isEmpty): CompletionResponse {
    const partial = this.partial()
    const { rawFinishReason } = this
    const finishReason = toFinishReason(rawFinishReason, partial.toolCalls.length > 0)
    const hasTokens = (partial.usage.outputTokens ?? 0) > 0
    if (isEmpty && !hasTokens && finishReason !== 'content-filter') throw emptyResponseError(endpoint)
    return { ...partial, finishReason, rawFinishReason }
  }

  #addSplit({ text: answer, reasoning }: SplitContent, events: ContentSink): void {
    if (reasoning !== '') this.addReasoning(reasoning, events)
    if (answer !== '') this.addText(answer, events)
  }
}
