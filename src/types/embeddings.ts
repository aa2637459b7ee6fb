import type { Usage } from './completion.js'

/** What `embed` takes. */
export interface EmbeddingRequest {
  readonly model: string
  /** One text or several, none of them empty lists: LM Studio takes strings only, never token ids. */
  readonly input: string | readonly string[]
}

/** The vectors of an `embed` call. */
export interface EmbeddingResponse {
  readonly model: string
  /** One vector per input, in the order of the input. */
  readonly embeddings: number[][]
  readonly usage: Usage
  readonly raw: unknown
}
