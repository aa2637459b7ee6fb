import { AnswerBuilder, toolCallEvents } from '../generation/completion-accumulator.js'
import { StreamSource, TAIL_MS, isDoneSentinel } from '../generation/sse-source.js'
import type { CompletionEvent } from '../generation/types.js'
import { errorFromResponse } from '../http/response-error.js'
import type { CompletionResponse, PartialCompletion } from '../types.js'
import { isObject, parseJSON } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import { type WireChunk, chunkSchema, isPlainChunk } from './response.js'

/** Events of a streamed `POST /v1/chat/completions`, or `/v1/completions`. */
export class CompletionSource extends StreamSource<CompletionEvent, CompletionResponse> {
  readonly #builder = new AnswerBuilder(this.asked.model, this.exchange.sentAt, true)

  protected take(data: string): void {
    if (isDoneSentinel(data)) {
      this.sawDone = true
      return
    }
    const value = parseJSON(data)
    if (isPlainChunk(value)) return this.#chunk(value)
    const { context, status } = this.exchange
    const { event } = this.decoder
    this.throwError(data, value)
    if (isObject(value) && value.choices === undefined) {
      if (value.detail !== undefined || value.errors !== undefined)
        throw errorFromResponse({ status, body: value }, context)
    }
    // An event of another kind, a ping for instance.
    const isOther = event !== '' && event !== 'message' && !(isObject(value) && Array.isArray(value.choices))
    if (isOther) return
    if (value === undefined) return this.throwNotJSON()
    this.#chunk(parseResponse(chunkSchema, value, 'An event of the stream', context))
  }

  #chunk(chunk: WireChunk): void {
    const builder = this.#builder
    const queue = this.queue
    // Says nothing of an answer.
    if (!chunk.choices && !chunk.usage && !chunk.id) return
    builder.envelope(chunk)
    if (!this.started) {
      this.started = true
      queue.push({ type: 'completion-start', id: builder.id, model: builder.model })
      this.exchange.pause()
    }
    const before = queue.length
    for (const choice of chunk.choices ?? []) {
      // One answer was asked for; a server that sends more is read as far as the first.
      if (choice.index) continue
      if (choice.delta) builder.message(choice.delta, queue)
      // A text completion's: no template, no tags to tell apart.
      else if (choice.text) builder.say(choice.text, queue)
      if (choice.finish_reason) builder.rawFinishReason = choice.finish_reason
    }
    // Only the token counts are missing.
    if (builder.rawFinishReason !== undefined) this.exchange.feed(TAIL_MS)
    else if (queue.length > before) this.exchange.feed()
  }

  protected finish(): CompletionResponse {
    const { context } = this.exchange
    const builder = this.#builder
    builder.flush(this.queue)
    if (builder.rawFinishReason === undefined && !this.sawDone) {
      throw this.unfinished('a finish reason')
    }
    const response = builder.finish(context.endpoint)
    this.queue.push(...toolCallEvents(response), { type: 'completion-end', response })
    return response
  }

  /** Only the token counts may be missing. */
  protected get isWhole(): boolean {
    return this.#builder.rawFinishReason !== undefined
  }

  protected partial(): PartialCompletion {
    return this.#builder.partial()
  }
}
