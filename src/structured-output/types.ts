import type { MessagesRequest, PromptRequest } from '../completions/types.js'
import type { StandardSchemaV1 } from '../json-schema/standard-schema.js'
import type { CompletionResponse, JSONSchema } from '../types.js'

type Excluded = 'responseFormat' | 'tools' | 'toolChoice'

interface ObjectSettings<T, I> {
  /**
   * What the answer must be: a schema of valibot, zod, arktype or any library of Standard Schema, or plain JSON Schema.
   * Sent as `json_schema`, and checked again when the answer is there.
   */
  readonly schema: StandardSchemaV1<I, T> | JSONSchema
  /**
   * The schema's name on the wire.
   *
   * @defaultValue `'answer'`
   */
  readonly schemaName?: string | undefined
  /**
   * Asks once more when the answer is no JSON or does not fit, with the answer and what is wrong with it.
   *
   * @defaultValue `false`
   */
  readonly repair?: boolean | undefined
}

/**
 * What `generateObject` and `streamObject` take: a {@link CompletionRequest} with a schema. No tools: the schema holds
 * every token of the answer, which leaves no way to call one. Set `maxTokens`: a model that is held to a schema can run
 * on to the end of its context.
 */
export type ObjectRequest<T = unknown, I = T> = ObjectSettings<T, I> &
  (Omit<MessagesRequest, Excluded> | Omit<PromptRequest, Excluded>)

/** An answer that fits its schema. */
export interface ObjectResponse<T> {
  /** The validated value, with the defaults and transforms of its schema. */
  readonly object: T
  readonly response: CompletionResponse
  /** The answer that did not fit, where a repair round replaced it. */
  readonly rejected?: CompletionResponse
}

/** A value of which parts may not have come yet. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T

/**
 * An object as the model writes it; `I` is what it writes, `T` what the schema makes of it.
 *
 * @remarks
 * Iterating gives what there is after each piece of the answer: one and the same value each time, which grows in place,
 * so that a long answer costs no copies. Copy it (`structuredClone`) to keep a state of it. Texts grow; numbers, keys and
 * words appear when they are whole. Nothing of it is checked against the schema before the end. A repair round begins a
 * new value. The request is sent when the stream is first read. One consumer only; leaving the loop closes the
 * connection.
 */
export interface ObjectStream<T, I = T> extends AsyncIterable<DeepPartial<I>> {
  /**
   * The validated object. Reads the stream to its end when nobody else does. Rejects with the error the stream ended
   * with; never raises an unhandled rejection by itself.
   */
  readonly object: Promise<T>
  /** The answer that holds the object; rejects as `object` does. */
  readonly response: Promise<CompletionResponse>
  /** The growing values as a web stream; cancelling it closes the connection. */
  toReadableStream(): ReadableStream<DeepPartial<I>>
  /** Ends the request; iteration and `object` reject with `reason` (an `AbortError` unless given). */
  abort(reason?: unknown): void
}
