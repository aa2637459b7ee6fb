import * as v from 'valibot'
import { ApiError, InvalidResponseError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { CompletionResponse, FinishReason, PartialCompletion, TokenLogprob, Usage } from '../types.js'
import { nullableText, nullable, toolArguments, type Wire } from '../validation/schema.js'
import { toFinishReason } from './finish-reason.js'
import { readLogprobs } from './logprobs.js'
import { isContent, readReasoning, splitParts } from './message-content.js'
import { assertAtMost, MAX_RESPONSE_LENGTH } from './response-limits.js'
import { statsIn, usageIn, type WireFigures } from './server-figures.js'
import { toStats, type WireStats } from './stats.js'
import {
  DEFAULT_TAGS,
  type ReasoningTags,
  type SplitContent,
  splitAtLoneClosingTag,
  ThinkTagSplitter,
} from './think-tag-splitter.js'
import { ToolCallAccumulator, toolCallDeltaSchema, type WireToolCall } from './tool-call-accumulator.js'
import type { CompletionEvent } from './types.js'
import { toUsage } from './usage.js'

const unknownField = /* @__PURE__ */ v.optional(/* @__PURE__ */ v.unknown())
const callList = /* @__PURE__ */ v.array(/* @__PURE__ */ v.fallback(toolCallDeltaSchema, {}))

/** A message, or a delta of one. */
export const deltaSchema = /* @__PURE__ */ v.looseObject({
  // Anything else in the place of the text means that the text is lost.
  content: /* @__PURE__ */ v.nullish(/* @__PURE__ */ v.custom<string | object>(isContent)),
  // `reasoning` for gpt-oss since LM Studio 0.3.23, else `reasoning_content` (docs/http-api.md 9.3).
  reasoning_content: unknownField,
  reasoning: unknownField,
  thinking: unknownField,
  reasoning_details: unknownField,
  reasoning_summary: unknownField,
  tool_calls: /* @__PURE__ */ nullable(
    // A single call outside a list stays as it is; `flat` makes a list of it where it is read.
    /* @__PURE__ */ v.lazy(
      (value) =>
        (Array.isArray(value) ? callList : toolCallDeltaSchema) as v.GenericSchema<unknown, readonly WireToolCall[]>,
    ),
  ),
  /** The form of a single call before `tool_calls`. */
  function_call: /* @__PURE__ */ nullable(
    /* @__PURE__ */ v.looseObject({ name: nullableText, arguments: /* @__PURE__ */ nullable(toolArguments) }),
  ),
  refusal: nullableText,
  annotations: /* @__PURE__ */ nullable(/* @__PURE__ */ v.array(/* @__PURE__ */ v.unknown())),
})

export type WireDelta = Partial<Wire<typeof deltaSchema>>

/** What a body or chunk reports besides its message. */
export interface Metadata extends WireFigures {
  readonly id?: string | null | undefined
  readonly model?: string | null | undefined
  readonly citations?: readonly unknown[] | null | undefined
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

// Far more than any response has; each of them costs as much memory as many characters.
const MAX_LOGPROBS = 1_000_000
const MAX_ANNOTATIONS = 10_000

/** How a completion is read. */
export interface ReadingOptions {
  /** Whether the response is streamed; otherwise the time of the first token is unknown. */
  readonly isStream: boolean
  /** Tags that wrap reasoning in the text; `false` leaves all of it in the text. */
  readonly reasoningTags?: ReasoningTags | false | undefined
  /** The names of the request's tools. */
  readonly toolNames?: readonly string[] | undefined
  /** Whether a response without text is complete if the server counted output tokens. */
  readonly acceptsNoText?: boolean
  /** Whether a tool call that got lost is an error. */
  readonly checksToolCalls?: boolean
}

/** Returns the events for the tool calls of a complete response. */
export const toolCallEvents = (
  response: CompletionResponse,
): Extract<CompletionEvent, { readonly type: 'tool-call' }>[] =>
  response.toolCalls.map((toolCall, index) => ({ type: 'tool-call', index, toolCall }))

export const emptyResponseError = (endpoint: string, hint?: string): InvalidResponseError =>
  new InvalidResponseError('The server returned an empty response.', { code: 'empty-response', endpoint, hint })

/** For a response that ended at its limit before it had any text: the model reasoned, and the server does not send that. */
const LIMIT_HINT =
  'Raise `maxTokens`, or turn reasoning off with `reasoningEffort`: the limit was reached before any text.'

/** Creates the error for a response whose finish reason reports a failure, without a reason. */
function failedError(endpoint: string, partial: PartialCompletion): ApiError {
  const error = new ApiError('The server aborted the response without a reason.', {
    code: 'generation-failed',
    endpoint,
  })
  attachHidden(error, 'partial', partial)
  return error
}

const NO_USAGE: Usage = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }

/** Builds a completion from one message or from many deltas. */
export class CompletionAccumulator {
  id = ''
  model: string
  rawFinishReason: string | undefined
  raw: unknown
  usage: Usage = NO_USAGE
  stats: WireStats | undefined
  #refusal = ''
  /** How much of the text is a refusal. */
  #refusedLength = 0
  readonly #annotations: unknown[] = []
  readonly #logprobs: TokenLogprob[] = []
  #toolCalls: ToolCallAccumulator | undefined
  readonly #text = new TextBuffer()
  readonly #reasoning = new TextBuffer()
  readonly #thinkTags: ThinkTagSplitter
  readonly #sentAt: number
  readonly #options: ReadingOptions
  #firstTokenAt: number | undefined

  constructor(model: string, sentAt: number, options: ReadingOptions) {
    this.model = model
    this.#sentAt = sentAt
    this.#options = options
    this.#thinkTags = new ThinkTagSplitter(options.reasoningTags)
  }

  addMetadata(metadata: Metadata): void {
    if (this.id === '' && metadata.id) this.id = metadata.id
    if (metadata.model) this.model = metadata.model
    this.raw = metadata
  }

  /** Adds what a body, chunk or choice reports about tokens, speed and sources. */
  addFigures(metadata: Metadata): void {
    const usage = usageIn(metadata)
    const counted = toUsage(usage)
    // Some servers end with an empty usage after the one that counts.
    if (Object.values(counted).some((count) => count !== undefined)) this.usage = counted
    this.stats = statsIn(metadata) ?? this.stats
    const { citations } = metadata
    if (citations && this.#annotations.length === 0) this.#addAnnotations(citations)
  }

  /**
   * Adds a message or a delta, and its events to `events`.
   *
   * @param isLast - whether the delta came with the finish reason or after it
   */
  addDelta(delta: WireDelta, events: ContentSink, isLast = false): void {
    const { content, reasoning_details: details, reasoning_summary: summary } = delta
    // Several names for one channel; a server that sends two repeats itself.
    const found = delta.reasoning_content || delta.reasoning || delta.thinking || details || summary
    const reasoning = typeof found === 'string' ? found : found ? readReasoning(delta) : ''
    if (reasoning !== '' && !(isLast && isRepeated(reasoning, this.#reasoning))) {
      // Where the server separates the reasoning itself, a tag in the content is content.
      if (!this.#thinkTags.isDone) this.#addSplit(this.#thinkTags.end(), events)
      this.addReasoning(reasoning, events)
    }
    if (typeof content !== 'string') {
      if (content) this.#addParts(content, events)
    } else if (content !== '' && !(isLast && isRepeated(content, this.#text))) {
      if (this.#thinkTags.isDone) this.addText(content, events)
      else this.#addSplit(this.#thinkTags.push(content), events)
    }
    const { tool_calls: calls, function_call: call, refusal, annotations } = delta
    if (calls) this.addToolCallDeltas([calls].flat(), events, isLast)
    else if (call) this.addToolCallDeltas([{ index: 0, function: call }], events, isLast)
    if (refusal) this.#addRefusal(refusal, events)
    if (annotations) this.#addAnnotations(annotations)
  }

  /** Adds the message of a response that is not streamed. */
  addWhole(message: WireDelta, events: ContentSink): void {
    const { text, reasoning, refusal } = this.#split(message)
    if (reasoning !== '') this.addReasoning(reasoning, events)
    if (text !== '') this.addText(text, events)
    this.addDelta(
      { ...callsOf(message), refusal: message.refusal || refusal, annotations: message.annotations },
      events,
    )
    this.flush(events)
  }

  /**
   * Adds a message that a stream holds in the place of a delta: all of the response, or the next part of it. What deltas
   * have brought before is not added again, also where the message writes it differently.
   *
   * @param place - `hasDeltas` where the stream has sent deltas before; `isLast` as for deltas;
   * `mayBeOther` where the message may belong to another response
   * @throws {@link InvalidResponseError} the message belongs to another response
   */
  addMessage(
    message: WireDelta,
    events: ContentSink,
    {
      isLast,
      hasDeltas,
      mayBeOther,
    }: { readonly isLast: boolean; readonly hasDeltas: boolean; readonly mayBeOther: boolean },
  ): void {
    const hasCalls = this.#toolCalls?.isEmpty === false
    const calls = hasCalls ? {} : callsOf(message)
    const { text, reasoning } = this.#split(message)
    if (mayBeOther && !hasDeltas && !this.isEmpty && !this.#isContinuedBy(message, { text, reasoning })) {
      throw new InvalidResponseError('The server sent two responses for one request.')
    }
    const restOfText = text === '' ? '' : this.#text.restOf(text)
    const restOfReasoning = reasoning === '' ? '' : this.#reasoning.restOf(reasoning)
    const isFirst = this.#text.length + this.#reasoning.length === 0
    const hasNews = isLast || restOfText !== '' || restOfReasoning !== ''
    const isCumulative = restOfText !== undefined && restOfReasoning !== undefined && hasNews
    if (isFirst || !(hasDeltas || isCumulative)) {
      return this.addDelta({ ...message, tool_calls: null, function_call: null, ...calls }, events, isLast)
    }
    if (restOfReasoning) this.addReasoning(restOfReasoning, events)
    if (restOfText) this.addText(restOfText, events)
    this.addDelta(calls, events, isLast)
  }

  /** Whether a message adds nothing, or begins in each of its parts with what has arrived. */
  #isContinuedBy(message: WireDelta, { text, reasoning }: SplitContent): boolean {
    const calls = new ToolCallAccumulator(this.#options.toolNames)
    calls.push([callsOf(message).tool_calls ?? message.function_call ?? []].flat())
    const whole = text || (message.refusal ?? '')
    if (whole === '' && reasoning === '' && calls.isEmpty) return true
    // An empty text continues only an empty one.
    const isText = this.#text.restOf(whole) !== undefined
    const isReasoning = this.#reasoning.restOf(reasoning) !== undefined
    const known = this.#toolCalls?.finish() ?? []
    const areCalls = known.length === 0 || JSON.stringify(known) === JSON.stringify(calls.finish())
    return isText && isReasoning && areCalls
  }

  /** Adds text that is known to hold no reasoning. */
  addText(delta: string, events: ContentSink): void {
    this.#firstTokenAt ??= performance.now()
    this.#text.append(delta)
    // Without a call for each delta.
    if (this.#text.length > MAX_RESPONSE_LENGTH) assertAtMost(MAX_RESPONSE_LENGTH, this.#text.length)
    events.push({ type: 'text-delta', text: delta })
  }

  addReasoning(delta: string, events: ContentSink): void {
    this.#firstTokenAt ??= performance.now()
    this.#reasoning.append(delta)
    assertAtMost(MAX_RESPONSE_LENGTH, this.#reasoning.length)
    events.push({ type: 'reasoning-delta', text: delta })
  }

  addToolCallDeltas(deltas: readonly WireToolCall[], events: ContentSink, isLast = false): void {
    if (deltas.length === 0) return
    this.#firstTokenAt ??= performance.now()
    this.#toolCalls ??= new ToolCallAccumulator(this.#options.toolNames)
    for (const event of this.#toolCalls.push(deltas, isLast)) events.push(event)
    assertAtMost(MAX_RESPONSE_LENGTH, this.#toolCalls.length)
  }

  /** Adds the log probabilities of a choice, and returns them. */
  addLogprobs(logprobs: unknown): readonly TokenLogprob[] {
    const read = readLogprobs(logprobs)
    for (const entry of read) this.#logprobs.push(entry)
    assertAtMost(MAX_LOGPROBS, this.#logprobs.length)
    return read
  }

  /** Adds what was held back because a tag, or more of a name, may have followed. */
  flush(events: ContentSink): void {
    this.#addSplit(this.#thinkTags.end(), events)
    for (const event of this.#toolCalls?.flush() ?? []) events.push(event)
  }

  /** Whether all of the text is a refusal, which takes the place of a missing text. */
  get #isOnlyRefusal(): boolean {
    return this.#text.length === this.#refusedLength
  }

  get isEmpty(): boolean {
    const hasText = this.#text.length + this.#reasoning.length + this.#refusal.length > 0
    return !hasText && this.#toolCalls?.isEmpty !== false
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
      ...(this.#refusal === '' ? {} : { refusal: this.#refusal }),
      ...(this.#annotations.length === 0 ? {} : { annotations: this.#annotations }),
      ...(this.#logprobs.length === 0 ? {} : { logprobs: this.#logprobs }),
      toolCalls: this.#toolCalls?.finish() ?? [],
      usage,
      stats: toStats(this.stats, {
        durationMs: performance.now() - this.#sentAt,
        timeToFirstTokenMs:
          this.#firstTokenAt === undefined || !this.#options.isStream ? undefined : this.#firstTokenAt - this.#sentAt,
        outputTokens: usage.outputTokens,
      }),
      raw: this.raw,
    }
  }

  /**
   * Returns the complete response.
   *
   * @param isEmpty - whether nothing counts as a response; by default what the accumulator got
   * @throws {@link ApiError} the finish reason reports a failure
   * @throws {@link InvalidResponseError} nothing arrived: some context overflows look like this
   */
  finish(endpoint: string, isEmpty: boolean = this.isEmpty): CompletionResponse {
    const partial = this.partial()
    const { rawFinishReason } = this
    const hasRefused = this.#refusedLength > 0 && this.#isOnlyRefusal && partial.toolCalls.length === 0
    const reason = toFinishReason(rawFinishReason, partial.toolCalls.length > 0)
    const finishReason = hasRefused && (reason === 'stop' || reason === 'other') ? 'content-filter' : reason
    const { acceptsNoText = false, checksToolCalls = false, reasoningTags = DEFAULT_TAGS } = this.#options
    const isComplete = finishReason === 'content-filter' || (acceptsNoText && (partial.usage.outputTokens ?? 0) > 0)
    const hasCalls = this.#toolCalls !== undefined || finishReason === 'tool-calls'
    if (finishReason === 'error') throw failedError(endpoint, partial)
    if (checksToolCalls && hasCalls) this.#assertToolCalls(endpoint, finishReason, partial)
    if (isEmpty && !isComplete) {
      const error = emptyResponseError(endpoint, finishReason === 'length' ? LIMIT_HINT : undefined)
      attachHidden(error, 'partial', partial)
      throw error
    }
    const { text, reasoning } = partial
    let split: SplitContent | undefined
    // In a stream the text has been emitted by now; the response can still separate the reasoning from it.
    for (const tags of reasoning === undefined && reasoningTags ? reasoningTags : []) {
      if (text.includes(tags[1])) split ??= splitAtLoneClosingTag(text, tags)
    }
    return { ...partial, ...split, finishReason, rawFinishReason }
  }

  /** Throws if a call has no name, or if a response that ends with tool calls has none. */
  #assertToolCalls(endpoint: string, finishReason: FinishReason, partial: PartialCompletion): void {
    const calls = this.#toolCalls
    const isMissing = finishReason === 'tool-calls' && calls?.isEmpty !== false
    const isNameless = calls?.hasNameless === true && finishReason !== 'length' && finishReason !== 'content-filter'
    if (!isMissing && !isNameless) return
    const problem = isNameless ? 'sent a tool call without a name' : 'announced a tool call, but sent none'
    const error = new InvalidResponseError(`The server ${problem}.`, { code: 'tool-call-lost', endpoint })
    attachHidden(error, 'partial', partial)
    throw error
  }

  #addParts(content: object, events: ContentSink): void {
    const { text, reasoning, refusal } = splitParts(content)
    this.addDelta({ content: text, reasoning_content: reasoning, refusal }, events)
  }

  #addRefusal(delta: string, events: ContentSink): void {
    this.#refusal += delta
    assertAtMost(MAX_RESPONSE_LENGTH, this.#refusal.length)
    if (!this.#isOnlyRefusal) return
    this.#refusedLength += delta.length
    this.addText(delta, events)
  }

  #addAnnotations(annotations: readonly unknown[]): void {
    for (const annotation of annotations) this.#annotations.push(annotation)
    assertAtMost(MAX_ANNOTATIONS, this.#annotations.length)
  }

  #addSplit({ text, reasoning }: SplitContent, events: ContentSink): void {
    if (reasoning !== '') this.addReasoning(reasoning, events)
    if (text !== '') this.addText(text, events)
  }

  /** Separates a complete message. */
  #split(message: WireDelta): SplitContent & { readonly refusal: string } {
    const { reasoningTags = DEFAULT_TAGS } = this.#options
    const { content } = message
    const parts = typeof content === 'string' ? { text: content, reasoning: '', refusal: '' } : splitParts(content)
    const reasoning = readReasoning(message) || parts.reasoning
    if (reasoning !== '') return { ...parts, reasoning }
    const tags = new ThinkTagSplitter(reasoningTags)
    const { text, reasoning: tagged } = tags.push(parts.text)
    const rest = tags.end()
    const split = { ...parts, text: text + rest.text, reasoning: tagged + rest.reasoning }
    if (split.reasoning !== '') return split
    const lone = (reasoningTags || []).map((pair) => splitAtLoneClosingTag(split.text, pair))
    return { ...split, ...lone.find((found) => found !== undefined) }
  }
}

/** Whether a text that came at the end only repeats what several deltas have brought. */
const isRepeated = (text: string, buffer: TextBuffer): boolean =>
  buffer.count > 1 && text.length === buffer.length && text === buffer.toString()

/** Returns the tool calls of a complete message: each entry is a call of its own, whatever its index or id. */
function callsOf({ tool_calls: calls, function_call: call }: WireDelta): WireDelta {
  if (!calls) return { function_call: call }
  return { tool_calls: [calls].flat().map((entry, index) => ({ ...entry, index })) }
}
