import { CompletionAccumulator, toolCallEvents } from '../generation/completion-accumulator.js'
import type { ResponseOptions } from '../generation/run-generation.js'
import { worseFinishReason } from '../generation/finish-reason.js'
import { progressIn } from '../generation/server-figures.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Attempt } from '../http/attempt.js'
import { hasError } from '../http/error-body.js'
import { reportsFailure } from '../http/failure-body.js'
import { errorFromResponse } from '../http/response-error.js'
import {
  type Activity,
  type Frame,
  type StreamParser,
  throwNotJSON,
  throwReportedError,
} from '../streaming/sse-reader.js'
import type { CompletionResponse, PartialCompletion } from '../types.js'
import { isObject } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import {
  chunkSchema,
  type CompletionContext,
  isPlainChunk,
  type WireChoice,
  type WireChunk,
  withChoices,
} from './response.js'

// Servers that send several choices send the next one much earlier.
const MAX_HELD_LENGTH = 1024 * 1024

// A message alone can also be a note, such as how far a model is loaded.
const FAILURE_NAME = /^(detail|errors|success|ok|code|msg|status(_?code)?|error_?(msg|code|message))$/i

/** What is known of the frame of a chunk. */
interface ChunkOrigin {
  /** Whether {@link isPlainChunk} has shown that there are only deltas to read. */
  readonly isPlain: boolean
  /** Length of the frame, in characters. */
  readonly length: number
}

const PLAIN: ChunkOrigin = { isPlain: true, length: 0 }

/** Parses the stream of `POST /v1/chat/completions` and `POST /v1/completions`. */
export class CompletionParser implements StreamParser<CompletionEvent, CompletionResponse> {
  hasStarted = false
  /** Only the token counts may be missing. */
  isComplete = false
  isDone = false
  readonly #attempt: Attempt
  readonly #completion: CompletionAccumulator
  readonly #checkModel: ResponseOptions['checkModel']
  /** The index of the choice that is read, once that is known. */
  #index: number | undefined
  /** The choices with another index than 0 that arrived before one with 0, and the length of their frames. */
  #held: WireChoice[] = []
  #heldLength = 0
  #hasDeltas = false
  /** Whether a choice that is not read has ended: then the one that is read must end too. */
  #hasOtherEnded = false

  constructor(attempt: Attempt, request: CompletionContext, options: ResponseOptions = {}) {
    this.#attempt = attempt
    this.#checkModel = options.checkModel
    this.#completion = new CompletionAccumulator(request.model, attempt.sentAt, {
      ...request.reading,
      reasoningTags: request.reading?.reasoningTags ?? options.reasoningTags,
      isStream: attempt.isBuffered !== true,
      checksToolCalls: true,
    })
  }

  parseDoneSentinel(): void {
    this.isDone = true
  }

  parseFrame(frame: Frame, events: CompletionEvent[]): void {
    const { name } = frame
    if (isPlainChunk(frame.value)) return this.#addChunk(frame.value, events, PLAIN)
    const value = name === '' || name === 'message' ? withChoices(frame.value) : frame.value
    const { context, status } = this.#attempt
    throwReportedError(frame, this.#attempt)
    if (reportsFailure(value) && Object.keys(value as object).some((key) => FAILURE_NAME.test(key))) {
      throw errorFromResponse({ status, body: value }, context)
    }
    // An event of another kind, such as a ping.
    const isOther = name !== '' && name !== 'message' && !(isObject(value) && Array.isArray(value.choices))
    if (isOther) return
    // What follows a complete response costs nothing.
    if (value === undefined || (this.isComplete && !isObject(value))) {
      return throwNotJSON({ ...frame, isLast: frame.isLast || this.isComplete }, this.#attempt)
    }
    const chunk = parseResponse(chunkSchema(), value, 'An event of the stream', context)
    this.#addChunk(chunk, events, { isPlain: false, length: frame.data.length })
  }

  activityOf({ type }: CompletionEvent): Activity {
    if (type === 'completion-start') return 'none'
    return type === 'progress' ? 'progress' : 'content'
  }

  finish(events: CompletionEvent[], interrupted: (what: string) => Error): CompletionResponse {
    const completion = this.#completion
    if (this.#index === undefined) this.#addHeld(events)
    completion.flush(events)
    if (!this.isComplete && (this.#hasOtherEnded || !this.isDone)) throw interrupted('a finish reason')
    const { endpoint } = this.#attempt.context
    const response = completion.finish(endpoint)
    if (response.toolCalls.length > 0) for (const event of toolCallEvents(response)) events.push(event)
    events.push({ type: 'completion-end', response })
    return response
  }

  partial(): PartialCompletion {
    if (this.#index === undefined) this.#addHeld([])
    return this.#completion.partial()
  }

  #addChunk(chunk: WireChunk, events: CompletionEvent[], { isPlain, length }: ChunkOrigin): void {
    const progress = isPlain ? undefined : progressIn(chunk.prompt_progress)
    // Not part of a response.
    if (!chunk.choices && !chunk.usage && !chunk.id && progress === undefined) return
    const completion = this.#completion
    const mayBeOther =
      this.isComplete && (chunk.object === 'chat.completion' || !chunk.id || chunk.id !== completion.id)
    completion.addMetadata(chunk)
    if (!isPlain) completion.addFigures(chunk)
    if (!this.hasStarted) {
      this.hasStarted = true
      this.#checkModel?.(completion.model)
      events.push({ type: 'completion-start', id: completion.id, model: completion.model })
    }
    if (progress !== undefined) events.push({ type: 'progress', phase: 'prompt-processing', progress })
    for (const choice of chunk.choices ?? []) {
      if (!choice) continue
      const index = choice.index ?? 0
      if (index === 0 && this.#index === undefined) this.#index = index
      if (index !== this.#index) {
        this.#hasOtherEnded ||= Boolean(choice.finish_reason)
        if (this.#index === undefined) this.#hold(choice, length, events)
        continue
      }
      const { delta, message, text, finish_reason: finishReason } = choice
      const start = events.length
      if (finishReason) {
        const before = completion.rawFinishReason
        completion.rawFinishReason = before === undefined ? finishReason : worseFinishReason(before, finishReason)
        this.isComplete = true
      }
      if (delta) {
        completion.addDelta(delta, events, this.isComplete)
        this.#hasDeltas ||= events.length > start
      }
      if (isPlain) continue
      const place = { isLast: this.isComplete, hasDeltas: this.#hasDeltas, mayBeOther }
      // Some servers send all of the message so far besides each delta.
      if (message && events.length === start && !delta?.content) completion.addMessage(message, events, place)
      else if (text && !delta?.content) {
        if (mayBeOther) completion.addMessage({ content: text }, events, place)
        else completion.addDelta({ content: text }, events, this.isComplete)
      }
      if (choice.usage) completion.addFigures(choice)
      if (choice.logprobs) this.#addLogprobs(choice.logprobs, start, events)
      if (hasError(choice))
        throw errorFromResponse({ status: this.#attempt.status, body: choice }, this.#attempt.context)
    }
  }

  /** Keeps a choice that is read only if none with the index 0 comes. */
  #hold(choice: WireChoice, length: number, events: CompletionEvent[]): void {
    const [first = choice] = this.#held
    if (choice.index !== first.index) return
    this.#held.push(choice)
    this.#heldLength += length
    this.#attempt.restartIdleTimer()
    if (this.#heldLength > MAX_HELD_LENGTH) this.#addHeld(events)
  }

  /** Reads the choices that were held, where the server sent none with the index 0. */
  #addHeld(events: CompletionEvent[]): void {
    const choices = this.#held
    this.#held = []
    if (choices.length === 0) return
    this.#index = choices[0]!.index ?? undefined
    this.#addChunk({ choices }, events, { isPlain: false, length: 0 })
  }

  /** Adds log probabilities to the first event of their choice that has text. */
  #addLogprobs(wire: unknown, start: number, events: CompletionEvent[]): void {
    const logprobs = this.#completion.addLogprobs(wire)
    if (logprobs.length === 0) return
    for (let index = start; index < events.length; index++) {
      const event = events[index]!
      if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') continue
      events[index] = { ...event, logprobs }
      return
    }
  }
}
