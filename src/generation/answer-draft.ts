import { InvalidResponseError } from '../errors/api-errors.js'
import type { CompletionEvent, CompletionResponse, PartialCompletion, Usage } from '../types/completion.js'
import { TextAccumulator } from '../utils/text-accumulator.js'
import type { WireStats, WireToolCall } from '../wire/types.js'
import { toUsage } from '../wire/usage.js'
import { toFinishReason } from './finish-reason.js'
import { toStats } from './stats.js'
import { ToolCallAssembler } from './tool-calls.js'

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
  readonly toolCalls: ToolCallAssembler = new ToolCallAssembler()
  readonly #text = new TextAccumulator()
  readonly #reasoning = new TextAccumulator()
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
