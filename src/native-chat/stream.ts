import { InvalidResponseError } from '../errors/errors.js'
import { readContent } from '../generation/message-content.js'
import type { Attempt } from '../http/attempt.js'
import { hasError } from '../http/error-body.js'
import { reportsFailure } from '../http/failure-body.js'
import { errorFromResponse, throwIfFailed } from '../http/response-error.js'
import { type Activity, type Frame, type StreamParser, throwNotJSON } from '../streaming/sse-reader.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import { eventParsers } from './events.js'
import { OutputAccumulator } from './output-accumulator.js'
import { isReadable } from './output.js'
import { type ChatContext, resultSchema, toChatResponse, toContent, toOutput, type WireChat } from './response.js'
import type { ChatEvent, ChatOutputItem, ChatResponse, PartialChat } from './types.js'

/** Events that do not end the silence: what they announce may take minutes. */
const NON_CONTENT_EVENTS: readonly ChatEvent['type'][] = [
  'chat-start',
  'model-load-start',
  'prompt-processing-start',
  'unknown',
]

const isContent = ({ type }: ChatEvent): boolean => /^(text|reasoning|tool-call)-/.test(type)

/** Parses the stream of `POST /api/v1/chat`. */
export class ChatParser implements StreamParser<ChatEvent, ChatResponse> {
  hasStarted = false
  isDone = false
  readonly #attempt: Attempt
  readonly #chat: ChatContext
  readonly #output = new OutputAccumulator()
  #modelInstanceId: string | undefined
  #result: WireChat | undefined
  /** The result as received. */
  #raw: unknown
  /** Whether the stream sent a text that cannot be read, so that only the result has all of it. */
  #hasLoss = false
  #error: Error | undefined
  #firstTokenAt: number | undefined

  constructor(attempt: Attempt, chat: ChatContext) {
    this.#attempt = attempt
    this.#chat = chat
  }

  /** Only the result that follows an error may be missing. */
  get isComplete(): boolean {
    return this.#error !== undefined
  }

  parseDoneSentinel(): void {
    this.isDone = true
  }

  parseFrame(frame: Frame, events: ChatEvent[]): void {
    try {
      this.#parse(frame, events)
    } catch (error) {
      // What follows an error must not hide it.
      if (this.#error === undefined) throw error
    }
  }

  activityOf(event: ChatEvent): Activity {
    if (NON_CONTENT_EVENTS.includes(event.type)) return 'none'
    // Until the response begins, the silence is that of loading the model and processing the prompt.
    return this.#firstTokenAt === undefined ? 'progress' : 'content'
  }

  /** Throws the error of the stream once what follows it has arrived. */
  finish(events: ChatEvent[], interrupted: (what: string) => Error): ChatResponse {
    if (this.#error !== undefined) throw this.#error
    if (this.#result === undefined) throw interrupted('`chat.end`')
    const { endpoint } = this.#attempt.context
    if (this.#hasLoss && !this.#isResultComplete) {
      throw new InvalidResponseError('The stream sent a delta that is not a text.', { endpoint })
    }
    const response = toChatResponse(this.#result, this.#items(), {
      chat: this.#chat,
      raw: this.#raw,
      clock: this.#clock(),
      endpoint,
    })
    this.#addRest(response, events)
    events.push({ type: 'chat-end', response })
    return response
  }

  /** Emits what only the result has of the texts, so that a consumer of the events misses nothing. */
  #addRest({ reasoning = '', text }: ChatResponse, events: ChatEvent[]): void {
    const emitted = toContent(this.#output.items(), undefined, this.#clock())
    const restOfReasoning = restOf(reasoning, emitted.reasoning ?? '')
    const rest = restOf(text, emitted.text)
    if (restOfReasoning !== '') events.push({ type: 'reasoning-delta', text: restOfReasoning })
    if (rest !== '') events.push({ type: 'text-delta', text: rest })
  }

  partial(): PartialChat {
    const { model_instance_id: instance, response_id: id, stats } = this.#result ?? {}
    const modelInstanceId = instance || this.#modelInstanceId || this.#chat.model
    return {
      ...toContent(this.#items(), stats, this.#clock()),
      id: id ?? '',
      ...(id ? { responseId: id } : {}),
      model: modelInstanceId,
      modelInstanceId,
      toolCalls: [],
      raw: this.#raw,
    }
  }

  #parse(frame: Frame, events: ChatEvent[]): void {
    const { data, value } = frame
    const name = nameOf(frame)
    const isFailure = hasError(value) || name === 'error' || (name === '' && reportsFailure(value))
    if (name !== 'chat.end' && isFailure) return this.#recordError(value ?? data)
    const parser = isParsed(name) ? eventParsers()[name] : undefined
    if (parser === undefined && name !== 'chat.end' && name !== '' && name !== 'message') {
      return this.#add({ type: 'unknown', name, data: value ?? data }, data, events)
    }
    if (value === undefined) return throwNotJSON(frame, this.#attempt)
    const body = isObject(value) ? value : null
    if (/^(message|reasoning)\.delta$/.test(name) && readContent(body?.content ?? '') === undefined)
      this.#hasLoss = true
    if (name === 'chat.end') return this.#end(body)
    if (parser === undefined) return
    const event = parser.map(parseResponse(parser.schema, body, 'An event of the stream', this.#attempt.context))
    if (event !== undefined) this.#add(event, data, events)
  }

  #add(event: ChatEvent, data: string, events: ChatEvent[]): void {
    this.hasStarted = true
    if ('modelInstanceId' in event) this.#modelInstanceId = event.modelInstanceId ?? this.#modelInstanceId
    if (isContent(event)) this.#firstTokenAt ??= performance.now()
    this.#output.add(event, data.length)
    events.push(event)
  }

  /** An error does not end the stream: what there is of a response follows it (docs/http-api.md 8.3). */
  #recordError(body: unknown): void {
    const { status, context } = this.#attempt
    this.#error ??= errorFromResponse({ status, body }, context)
  }

  #end(event: JSONObject | null): void {
    this.isDone = true
    // Some versions put the fields of the result into the event itself.
    const result = isObject(event?.result) ? event.result : event
    const failed = [event, result].find(hasError)
    if (failed !== undefined) this.#recordError(failed)
    throwIfFailed(result, this.#attempt.context)
    this.#raw = result
    this.#result = parseResponse(resultSchema(), result, 'The end of the stream', this.#attempt.context)
  }

  get #isResultComplete(): boolean {
    const output = this.#result?.output ?? []
    return output.length > 0 && output.every(isReadable)
  }

  /** Returns the output of the result, or what the events brought if that is more complete. */
  #items(): ChatOutputItem[] {
    const brought = this.#output.items()
    if (this.#result === undefined) return brought
    const output = toOutput(this.#result, this.#raw)
    const hasAll = (['message', 'reasoning'] as const).every((type) => hasText(output, type) || !hasText(brought, type))
    return brought.length === 0 || (this.#isResultComplete && hasAll) ? output : brought
  }

  #clock(): { durationMs: number; timeToFirstTokenMs: number | undefined } {
    const { sentAt } = this.#attempt
    return {
      durationMs: performance.now() - sentAt,
      timeToFirstTokenMs: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - sentAt,
    }
  }
}

/** What follows the beginning of a text that was emitted; nothing where the text begins differently. */
const restOf = (text: string, emitted: string): string => (text.startsWith(emitted) ? text.slice(emitted.length) : '')

const hasText = (items: readonly ChatOutputItem[], type: 'message' | 'reasoning'): boolean =>
  items.some((item) => item.type === type && item.text !== '')

const isParsed = (name: string): boolean => Object.hasOwn(eventParsers(), name)

/** The name of an event: that of its data where this is a known one, else that of the `event` field. */
function nameOf({ name, value }: Frame): string {
  const isKnown = (candidate: string): boolean =>
    isParsed(candidate) || candidate === 'chat.end' || candidate === 'error'
  const type = isObject(value) && typeof value.type === 'string' ? value.type : undefined
  return type === undefined || (!isKnown(type) && isKnown(name)) ? name : type
}
