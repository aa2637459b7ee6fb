import type { Usage } from '../types.js'

/** A request of `embed`. */
export interface EmbeddingRequest {
  /** @default the option `model`, else a loaded embedding model, else the only one */
  readonly model?: string | undefined
  /** One text, or a list of any length. No text may be empty, and LM Studio does not accept token ids. */
  readonly input: string | readonly string[]
  /**
   * Texts per HTTP request, 1–10,000. Each request has its own `generationTimeout`, and a failed request loses the
   * vectors of its texts only.
   *
   * @default 64
   */
  readonly batchSize?: number | undefined
  /**
   * Requests of this call that run at the same time, 1–1000. The provider's `maxConcurrency` also applies.
   *
   * @default half of `maxConcurrency`, at least 1, so that chats do not wait for a long list
   */
  readonly concurrency?: number | undefined
}

/** The vectors of an `embed` call. */
export interface EmbeddingResponse {
  readonly model: string
  /** One vector per text, in the order of the input. All vectors have the same length. */
  readonly embeddings: number[][]
  /** The sum over all requests. A count that one response does not have is `undefined`. */
  readonly usage: Usage
  /** The response body as received. If there were several requests, the one that has the last text. */
  readonly raw: unknown
}

/**
 * The vectors that an `embed` call had received when one of its requests failed: the `partial` of the error.
 *
 * @example
 * ```ts
 * const { partial } = error as { partial?: PartialEmbeddings }
 * const missing = texts.filter((_, index) => partial?.embeddings[index] === undefined)
 * ```
 */
export interface PartialEmbeddings {
  readonly model: string
  /** One entry per text; `undefined` where the vector is missing. */
  readonly embeddings: readonly (number[] | undefined)[]
  /** The sum over the requests that succeeded. */
  readonly usage: Usage
  /** The texts of the failed request, as indices into the input; `to` is exclusive. */
  readonly failed: { readonly from: number; readonly to: number }
}
