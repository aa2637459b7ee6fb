/** Whatever `fetch` takes as headers; spelled like this because Node's own types lack the name `HeadersInit`. */
export type HeadersLike = NonNullable<RequestInit['headers']>

/** Options of one call. They win over the provider's. */
export interface CallOptions {
  /** Ends the call at once, in whatever phase it is; the call rejects with `signal.reason`, unwrapped. */
  readonly signal?: AbortSignal | undefined
  /**
   * Limit in milliseconds for the whole of this call, per attempt. For a generation it takes the place of
   * `generationTimeout` and, other than that option, also bounds the answer itself.
   */
  readonly timeout?: number | undefined
  /** Retries after the first attempt. */
  readonly maxRetries?: number | undefined
  /** Added to the provider's headers, by name; these win. */
  readonly headers?: HeadersLike | undefined
}
