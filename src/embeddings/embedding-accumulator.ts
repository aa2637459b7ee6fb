import { InvalidResponseError } from '../errors/errors.js'
import { sumUsage } from '../generation/usage.js'
import type { Usage } from '../types.js'
import type { EmbeddingResponse, PartialEmbeddings } from './types.js'

/** Collects the vectors of one `embed` call from its batches, which may arrive in any order. */
export class EmbeddingAccumulator {
  readonly #endpoint: string
  readonly #embeddings: (number[] | undefined)[]
  readonly #usages: Usage[] = []
  #model: string | undefined
  #dimensions: number | undefined
  #raw: unknown

  /** @param length - number of texts */
  constructor(length: number, endpoint: string) {
    this.#endpoint = endpoint
    this.#embeddings = Array.from({ length })
  }

  /** Whether no batch has arrived yet. */
  get isEmpty(): boolean {
    return this.#model === undefined
  }

  /**
   * Adds a batch whose first text has the index `from`.
   *
   * @throws {@link InvalidResponseError} a vector differs in length from those that arrived earlier
   */
  add({ model, embeddings, usage, raw }: EmbeddingResponse, from: number): void {
    const dimensions = this.#dimensions ?? embeddings[0]!.length
    const other = embeddings.find((vector) => vector.length !== dimensions)
    if (other !== undefined) {
      throw new InvalidResponseError(
        `The server returned vectors of different lengths (${dimensions} and ${other.length}).`,
        { code: 'mixed-dimensions', endpoint: this.#endpoint },
      )
    }
    this.#dimensions = dimensions
    this.#model ??= model
    embeddings.forEach((vector, index) => (this.#embeddings[from + index] = vector))
    this.#usages.push(usage)
    // Only one body is kept: all of them would double the memory of a long list.
    if (from + embeddings.length === this.#embeddings.length) this.#raw = raw
  }

  /** The response, once every batch has arrived. */
  response(): EmbeddingResponse {
    const embeddings = this.#embeddings as number[][]
    return { model: this.#model!, embeddings, usage: sumUsage(this.#usages), raw: this.#raw }
  }

  /** What has arrived when the request for the texts `failed` fails; `undefined` if no batch has arrived. */
  partial(failed: PartialEmbeddings['failed']): PartialEmbeddings | undefined {
    if (this.#model === undefined) return undefined
    return { model: this.#model, embeddings: this.#embeddings, usage: sumUsage(this.#usages), failed }
  }
}
