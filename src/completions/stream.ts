import { CompletionAccumulator, toolCallEvents } from '../generation/completion-accumulator.js'
import type { RequestContext } from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Attempt } from '../http/attempt.js'
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
import { chunkSchema, isPlainChunk, type WireChunk } from './response.js'

/** Parses the stream of `POST /v1/chat/completions` and `POST /v1/completions`. */
export class CompletionParser implements StreamParser<CompletionEvent, CompletionResponse> {
  hasStarted = false
  /** Only the token counts may be missing. */
  isComplete = false
  isDone = false
  readonly #attempt: Attempt
  readonly #completion: CompletionAccumulator

  constructor(attempt: Attempt, { model }: RequestContext) {
    this.#attempt = attempt
    this.#completion = new CompletionAccumulator(model, attempt.sentAt, true)
  }

  parseDoneSentinel(): void {
    this.isDone = true
  }

  parseFrame(frame: Frame, events: CompletionEvent[]): void {
    const { name, value } = frame
    if (isPlainChunk(value)) return this.#addChunk(value, events)
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
    return type === 'completion-start' ? 'none' : 'content'
  }

  finish(events: CompletionEvent[], interrupted: (what: string) => Error): CompletionResponse {
    const completion = this.#completion
    completion.flush(events)
    if (!this.isComplete && !this.isDone) throw interrupted('a finish reason')
    const response = completion.finish(this.#attempt.context.endpoint)
    if (response.toolCalls.length > 0) events.push(...toolCallEvents(response))
    events.push({ type: 'completion-end', response })
    return response
  }

  partial(): PartialCompletion {
    return this.#completion.partial()
  }

  #addChunk(chunk: WireChunk, events: CompletionEvent[]): void {
    // Not part of a response.
    if (!chunk.choices && !chunk.usage && !chunk.id) return
    const completion = this.#completion
    completion.addMetadata(chunk)
    if (!this.hasStarted) {
      this.hasStarted = true
      events.push({ type: 'completion-start', id: completion.id, model: completion.model })
    }
    for (const choice of chunk.choices ?? []) {
      // One response was requested; of a server that sends more only the first is read.
      if (choice.index) continue
      if (choice.delta) completion.addDelta(choice.delta, events)
      else if (choice.text) completion.addText(choice.text, events)
      if (choice.finish_reason) {
        completion.rawFinishReason = choice.finish_reason
        this.isComplete = true
      }
    }
  }
}
