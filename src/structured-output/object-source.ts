import type { CompletionRequest, CompletionStream } from '../completions/types.js'
import type { OutputValidationError } from '../errors/errors.js'
import type { CompletionEvent } from '../generation/types.js'
import type { CompletionResponse } from '../types.js'
import { ignore } from '../utils/abort.js'
import type { Prepared } from './object-request.js'
import { readObject } from './parse-object.js'
import { PartialJSON } from './partial-json.js'
import { failedTwice, isRepairable, toRepair } from './repair.js'
import type { ObjectResponse } from './types.js'

/** Growing values, and in the end an object, from the stream of an answer. */
export class ObjectSource<T> {
  isDone = false
  readonly #prepared: Prepared<T>
  readonly #ask: (request: CompletionRequest) => CompletionStream
  #answer: CompletionStream
  #events: AsyncIterator<CompletionEvent>
  #text = new PartialJSON(true)
  // Prose is common there: only what is JSON from the first character on is shown.
  #reasoning = new PartialJSON()
  #ready: unknown
  #first: { readonly error: OutputValidationError; readonly response: CompletionResponse } | undefined
  #result: ObjectResponse<T> | undefined

  constructor(prepared: Prepared<T>, answer: CompletionStream, ask: (request: CompletionRequest) => CompletionStream) {
    this.#prepared = prepared
    this.#ask = ask
    this.#answer = answer
    this.#events = answer[Symbol.asyncIterator]()
  }

  poll(): unknown {
    const ready = this.#ready
    this.#ready = undefined
    return ready
  }

  async fill(): Promise<void> {
    const { done, value: event } = await this.#events.next()
    if (done === true) await this.#finish(await this.#answer.response)
    else if (event.type === 'text-delta') this.#read(this.#text, event.text)
    else if (event.type === 'reasoning-delta') this.#read(this.#reasoning, event.text)
  }

  result(): ObjectResponse<T> {
    return this.#result!
  }

  close(): void {
    this.#events.return?.().catch(ignore)
  }

  #read(json: PartialJSON, piece: string): void {
    if (json.isOver) return
    json.push(piece)
    this.#ready = json.value
  }

  async #finish(response: CompletionResponse): Promise<void> {
    const { schema, completion, mayRepair } = this.#prepared
    const first = this.#first
    try {
      const object = await readObject(schema, response)
      this.#result = { object, response, ...(first === undefined ? {} : { rejected: first.response }) }
      this.isDone = true
    } catch (error) {
      if (first !== undefined) throw failedTwice(first.error, error)
      if (!mayRepair || !isRepairable(error)) throw error
      this.#first = { error, response }
      this.#text = new PartialJSON(true)
      this.#reasoning = new PartialJSON()
      this.#answer = this.#ask(toRepair(completion, error))
      this.#events = this.#answer[Symbol.asyncIterator]()
    }
  }
}
