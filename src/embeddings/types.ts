import type { Usage } from '../types.js'

/** What `embed` takes. */
export interface EmbeddingRequest {
  readonly model: string
  /** One text or any number of them, none empty: LM Studio takes strings only, never token ids. */
  readonly input: string | readonly string[]
  /**
   * Texts per request to the server: what one failure costs, and what one `generationTimeout` covers. 1–10000.
   *
   * @defaultValue `64`
   */
  readonly batchSize?: number | undefined
  /**
   * Requests of this call in flight, within the provider's `maxConcurrency`. 1–1000.
   *
   * @defaultValue half of `maxConcurrency`, at least 1, so that chats get a turn beside a long list
   */
  readonly concurrency?: number | undefined
}

/** The vectors of an `embed` call. */
export interface EmbeddingResponse {
  readonly model: string
  /** One vector per input, in the order of the input, all of one length. */
  readonly embeddings: number[][]
  /** The sum over all requests; a count that one of them did not give is `undefined`. */
  readonly usage: Usage
  /** The body as it came; of several, that of the last texts. */
  readonly raw: unknown
}

/**
 * What an `embed` call of several requests had when it failed: the `partial` of its error.
 *
 * @example
 * ```ts
 * const { partial } = error as { partial?: PartialEmbeddings }
 * const missing = texts.filter((_, index) => partial?.embeddings[index] === undefined)
 * ```
 */
export interface PartialEmbeddings {
  readonly model: string
  /** As many as there were texts; `undefined` where a text has no vector yet. */
  readonly embeddings: readonly (number[] | undefined)[]
  /** Of the requests that succeeded. */
  readonly usage: Usage
  /** The texts of the request that failed: indices into the input, the last one excluded. */
  readonly failed: { readonly from: number; readonly to: number }
}
