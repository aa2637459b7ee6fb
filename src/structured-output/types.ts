import type { MessagesRequest, PromptRequest } from '../completions/types.js'
import type { StandardSchemaV1 } from '../json-schema/standard-schema.js'
import type { CompletionResponse, JSONSchema } from '../types.js'

type Excluded = 'responseFormat' | 'tools' | 'toolChoice'

interface ObjectSettings<T, I> {
  /**
   * Schema of the object: one of valibot, zod, arktype or any library that implements Standard Schema, or plain JSON
   * Schema. It is sent as `json_schema`, and the response is validated against it again.
   */
  readonly schema: StandardSchemaV1<I, T> | JSONSchema
  /**
   * Name of the schema in the request.
   *
   * @default 'answer'
   */
  readonly schemaName?: string | undefined
  /**
   * Sends one more request if the response is not JSON or does not match the schema. It contains the response and what
   * is wrong with it.
   *
   * @default false
   */
  readonly repair?: boolean | undefined
}

/**
 * A request of `generateObject` and `streamObject`: a {@link CompletionRequest} with a schema. Tools are not available,
 * because the schema constrains every token of the response. Set `maxTokens`: a model that is constrained by a schema may
 * generate until its context is full.
 */
export type ObjectRequest<T = unknown, I = T> = ObjectSettings<T, I> &
  (Omit<MessagesRequest, Excluded> | Omit<PromptRequest, Excluded>)

/** An object that matches its schema, with the response that contains it. */
export interface ObjectResponse<T> {
  /** The validated object, with the defaults and transforms of its schema applied. */
  readonly object: T
  readonly response: CompletionResponse
  /** The first response, if it did not match and `repair` replaced it. */
  readonly rejected?: CompletionResponse
}

/** A value that may still be incomplete. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T

/**
 * An object while the model writes it. `I` is what the model writes, `T` what the schema turns it into.
 *
 * @remarks
 * Iterating yields the partial object after each delta. It is the same object every time and grows in place, so that a
 * long response needs no copies; use `structuredClone` to keep a state. Strings grow; numbers, keys and keywords appear
 * once they are complete. Nothing is validated before the end. A repair round starts with a new object.
 *
 * The request is sent when the stream is first read. A stream has one consumer. Leaving the loop closes the connection.
 */
export interface ObjectStream<T, I = T> extends AsyncIterable<DeepPartial<I>> {
  /**
   * The validated object. Reads the stream to its end when nothing else does. Rejects with the error that ended the
   * stream; never causes an unhandled rejection by itself.
   */
  readonly object: Promise<T>
  /** The response that contains the object. Rejects as `object` does. */
  readonly response: Promise<CompletionResponse>
  /** The partial objects as a web stream of bytes, one line of JSON each; canceling it closes the connection. */
  toReadableStream(): ReadableStream<Uint8Array>
  /** Ends the request. Iteration, `object` and `response` reject with `reason`, by default an `AbortError`. */
  abort(reason?: unknown): void
}
