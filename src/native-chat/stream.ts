import { StreamSource, TAIL_MS, isDoneSentinel } from '../generation/sse-source.js'
import { hasError } from '../http/error-body.js'
import { errorFromResponse } from '../http/response-error.js'
import { type JSONObject, isObject, parseJSON } from '../utils/json.js'
import { parseResponse } from '../validation/validate.js'
import { OutputAccumulator } from './output-accumulator.js'
import {
  type RequestContext,
  EVENT_PARSERS,
  type WireNativeChat,
  nativeChatSchema,
  nativeEventSchema,
  toContent,
  toItem,
  toResponse,
} from './response.js'
import type { ChatEvent, ChatResponse, PartialChat } from './types.js'

/** Events before the first piece of the answer that end no silence: what they announce may take minutes. */
const NON_CONTENT_EVENTS: ReadonlySet<ChatEvent['type']> = new Set([
  'chat-start',
  'model-load-start',
  'prompt-processing-start',
  'unknown',
])
/** Events that are part of the answer. */
const isAnswer = ({ type }: ChatEvent): boolean => /^(text|reasoning|tool-call)-/.test(type)

const isKnown = (name: string): boolean => Object.hasOwn(EVENT_PARSERS, name) || name === 'chat.end' || name === 'error'

/** Events of a streamed `POST /api/v1/chat`. */
export class ChatSource extends StreamSource<ChatEvent, ChatResponse, RequestContext> {
  readonly #output = new OutputAccumulator()
  #modelInstanceId: string | undefined
  #result: WireNativeChat | undefined
  #error: Error | undefined
  #firstAt: number | undefined

  protected take(data: string): void {
    if (isDoneSentinel(data)) {
      this.sawDone = true
      return
    }
    try {
      this.#read(data)
    } catch (error) {
      // What follows an error must not hide it.
      if (this.#error === undefined) throw error
    }
  }

  #read(data: string): void {
    const value = parseJSON(data)
    const type = isObject(value) && typeof value.type === 'string' ? value.type : undefined
    const { event: called } = this.decoder
    const name = type === undefined || (!isKnown(type) && isKnown(called)) ? called : type
    if (name !== 'chat.end' && (hasError(value) || name === 'error')) return this.#fail(value ?? data)
    const read = Object.hasOwn(EVENT_PARSERS, name) ? EVENT_PARSERS[name] : undefined
    if (read === undefined && name !== 'chat.end' && name !== '' && name !== 'message') {
      return this.#tell({ type: 'unknown', name, data: value ?? data })
    }
    if (value === undefined) return this.throwNotJSON()
    const event = isObject(value) ? value : null
    if (name === 'chat.end') return this.#end(event)
    const { context } = this.exchange
    const told = read?.(parseResponse(nativeEventSchema(name), event, 'An event of the stream', context))
    if (told !== undefined) this.#tell(told)
  }

  #tell(event: ChatEvent): void {
    const { exchange } = this
    this.started = true
    if ('modelInstanceId' in event) this.#modelInstanceId = event.modelInstanceId ?? this.#modelInstanceId
    this.#output.add(event)
    this.queue.push(event)
    if (isAnswer(event)) this.#firstAt ??= performance.now()
    // Only `chat.end` is missing.
    if (this.#error !== undefined) exchange.feed(TAIL_MS)
    else if (NON_CONTENT_EVENTS.has(event.type)) exchange.pause()
    // Until the answer begins silence is that of loading and of reading the prompt, each of which may be long.
    else if (this.#firstAt === undefined) exchange.restart()
    else exchange.feed()
  }

  /** An error does not end the stream: what there is of an answer follows it (wire reference 8.3). */
  #fail(body: unknown): void {
    const { status, context } = this.exchange
    this.#error ??= errorFromResponse({ status, body }, context)
    this.exchange.feed(TAIL_MS)
  }

  #end(event: JSONObject | null): void {
    const { context } = this.exchange
    this.sawDone = true
    // The result's fields may be in the event itself.
    const result = event?.result ?? event
    const failed = [event, result].find(hasError)
    if (failed !== undefined) this.#fail(failed)
    this.#result = parseResponse(nativeChatSchema, result, 'The end of the stream', context)
  }

  protected finish(): ChatResponse {
    const { context } = this.exchange
    if (this.#error !== undefined) throw this.#error
    if (this.#result === undefined) throw this.unfinished('`chat.end`')
    const response = toResponse(this.#result, this.#items(), this.asked, this.#clock(), context.endpoint)
    this.queue.push({ type: 'chat-end', response })
    return response
  }

  /** Only the result after an error may be missing. */
  protected get isWhole(): boolean {
    return this.#error !== undefined
  }

  protected partial(): PartialChat {
    const { model_instance_id: instance, response_id: id, stats } = this.#result ?? {}
    const modelInstanceId = instance || this.#modelInstanceId || this.asked.model
    return {
      ...toContent(this.#items(), stats, this.#clock()),
      id: id ?? '',
      ...(id ? { responseId: id } : {}),
      model: modelInstanceId,
      modelInstanceId,
      toolCalls: [],
      raw: this.#result,
    }
  }

  /** The server's account of the output; ours where it gives none. */
  #items() {
    const said = this.#result?.output ?? []
    return said.length > 0 ? said.map(toItem) : this.#output.items()
  }

  #clock() {
    const { sentAt } = this.exchange
    return {
      durationMs: performance.now() - sentAt,
      timeToFirstTokenMs: this.#firstAt === undefined ? undefined : this.#firstAt - sentAt,
    }
  }
}
