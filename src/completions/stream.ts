import { CompletionAccumulator, toolCallEvents } from '../generation/completion-accumulator.js'
import type { ResponseOptions } from '../generation/run-generation.js'
import { progressIn } from '../generation/server-figures.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Attempt } from '../http/attempt.js'
import { hasError } from '../http/error-body.js'
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
  firstChoice,
  isPlainChunk,
  type WireChunk,
  withChoices,
} from './response.js'

/** Parses the stream of `POST /v1/chat/completions` and `POST /v1/completions`. */
export class CompletionParser implements StreamParser<CompletionEvent, CompletionResponse> {
  hasStarted = false
  /** Only the token counts may be missing. */
  isComplete = false
  isDone = false
  readonly #attempt: Attempt
  readonly #completion: CompletionAccumulator
  readonly #checkModel: ResponseOptions['checkModel']
  /** The choice that is read. */
  #index: number | undefined
  #hasDeltas = false

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
    if (isPlainChunk(frame.value)) return this.#addChunk(frame.value, events, true)
    const value = name === '' || name === 'message' ? withChoices(frame.value) : frame.value
    const { context, status } = this.#attempt
    throwReportedError(frame, this.#attempt)
    if (isObject(value) && value.choices === undefined && (value.detail !== undefined || value.errors !== undefined)) {
      throw errorFromResponse({ status, body: value }, context)
    }
    // An event of another kind, such as a ping.
    const isOther = name !== '' && name !== 'message' && !(isObject(value) && Array.isArray(value.choices))
    if (isOther) return
    if (value === undefined) return throwNotJSON(frame, this.#attempt)
    this.#addChunk(parseResponse(chunkSchema(), value, 'An event of the stream', context), events)
  }

  activityOf({ type }: CompletionEvent): Activity {
    if (type === 'completion-start') return 'none'
    return type === 'progress' ? 'progress' : 'content'
  }

  finish(events: CompletionEvent[], interrupted: (what: string) => Error): CompletionResponse {
    const completion = this.#completion
    completion.flush(events)
    if (!this.isComplete && !this.isDone) throw interrupted('a finish reason')
    const { endpoint } = this.#attempt.context
    const response = completion.finish(endpoint)
    if (response.toolCalls.length > 0) for (const event of toolCallEvents(response)) events.push(event)
    events.push({ type: 'completion-end', response })
    return response
  }

  partial(): PartialCompletion {
    return this.#completion.partial()
  }

  /** @param isPlain - whether {@link isPlainChunk} has shown that there are only deltas to read */
  #addChunk(chunk: WireChunk, events: CompletionEvent[], isPlain = false): void {
    const progress = isPlain ? undefined : progressIn(chunk.prompt_progress)
    // Not part of a response.
    if (!chunk.choices && !chunk.usage && !chunk.id && progress === undefined) return
    const completion = this.#completion
    completion.addMetadata(chunk)
    const mayBeOther =
      this.isComplete && (chunk.object === 'chat.completion' || (chunk.id ?? completion.id) !== completion.id)
    if (!isPlain) completion.addFigures(chunk)
    if (!this.hasStarted) {
      this.hasStarted = true
      this.#checkModel?.(completion.model)
      events.push({ type: 'completion-start', id: completion.id, model: completion.model })
    }
    if (progress !== undefined) events.push({ type: 'progress', phase: 'prompt-processing', progress })
    const choices = chunk.choices ?? []
    if (choices.length > 1 && (this.#index === undefined || completion.isEmpty)) {
      this.#index =
        firstChoice(choices.filter((choice) => choice !== null && choice !== undefined))?.index ?? this.#index
    }
    for (const choice of choices) {
      if (!choice) continue
      // One response was requested; of a server that sends more only the first is read.
      const index = choice.index ?? this.#index
      if (this.#index === undefined || (index === 0 && completion.isEmpty)) this.#index = index
      if (index !== this.#index) continue
      const { delta, message, text, finish_reason: finishReason } = choice
      const start = events.length
      if (finishReason) {
        completion.rawFinishReason = finishReason
        this.isComplete = true
      }
      if (delta) {
        completion.addDelta(delta, events, this.isComplete)
        this.#hasDeltas ||= events.length > start
      }
      if (isPlain) continue
      // Some servers send all of the message so far besides each delta.
      if (message && events.length === start && !delta?.content) {
        completion.addMessage(message, events, {
          isLast: this.isComplete,
          hasDeltas: this.#hasDeltas,
          mayBeOther,
        })
      } else if (text && !delta?.content) {
        completion.addDelta({ content: text }, events, this.isComplete)
      }
      if (choice.usage) completion.addFigures(choice)
      if (choice.logprobs) this.#addLogprobs(choice.logprobs, start, events)
      if (hasError(choice))
        throw errorFromResponse({ status: this.#attempt.status, body: choice }, this.#attempt.context)
    }
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
