import type { CallOptions, Config } from '../config/options.js'
import type { Attempt } from './attempt.js'
import type { RequestInfo } from './request-info.js'
import type { RequestSpec } from './request-spec.js'

/** A successful response whose body is JSON. */
export interface JSONResponse {
  readonly body: unknown
  /** When the request was sent, on the clock of `performance.now()`. */
  readonly sentAt: number
  readonly context: RequestInfo
  /** An event stream that the server sent in the place of JSON, if the request accepts one; there is no `body` then. */
  readonly eventStream?: Attempt
}

/** The response to a streaming request: events, or a JSON body from a server that does not stream. */
export type OpenedStream =
  | { readonly kind: 'events'; readonly attempt: Attempt }
  | { readonly kind: 'json'; readonly response: JSONResponse }

/** Sends requests to one server: what every function of `lmstudio-provider/core` takes first. */
export interface Client {
  readonly config: Config
  /** Resolves to the parsed body; rejects with a {@link ProviderError} or the reason of the caller's abort. */
  requestJSON(spec: RequestSpec, options?: CallOptions): Promise<JSONResponse>
  /** Resolves when the response begins. Its attempt must be read to the end or closed. */
  openStream(spec: RequestSpec, options?: CallOptions): Promise<OpenedStream>
}
