import type { CallOptions, Config } from '../config/options.js'
import type { Attempt } from './attempt.js'

/** What is asked of the server. */
export interface RequestSpec {
  readonly method: 'GET' | 'POST'
  /** Path below the endpoint. */
  readonly route: string
  /** JSON text. Written by the feature at the call, so that a request changed afterwards is sent as it was. */
  readonly body?: string
  /**
   * How time and retries are kept: a `read` changes nothing and may be repeated, a `generation` may take minutes and is
   * repeated only when it surely never ran; a `change` is like it, but waits for no generation to end.
   */
  readonly kind: 'read' | 'generation' | 'change'
}

/** A JSON answer that is no error. */
export interface JSONAnswer {
  readonly body: unknown
  /** When the request was sent, on the clock of `performance.now()`. */
  readonly sentAt: number
  readonly context: RequestInfo
}

/** The answer to a request for a stream: events, or a JSON body from a server that ignored the wish. */
export type StreamAnswer =
  | { readonly kind: 'events'; readonly exchange: Attempt }
  | { readonly kind: 'json'; readonly answer: JSONAnswer }

/** Carries requests: the only way from a feature to the server. */
export interface Client {
  readonly config: Config
  /** The parsed body of a successful answer; every failure is a {@link ProviderError}, or the reason of an abort. */
  requestJSON(spec: RequestSpec, options?: CallOptions): Promise<JSONAnswer>
  /** The answer as it begins. `exchange.close()` must be called in the end, or its body be read to the end. */
  openStream(spec: RequestSpec, options?: CallOptions): Promise<StreamAnswer>
}

/** Facts an error is made from. */
export interface RequestInfo {
  readonly endpoint: string
  readonly method: string
  readonly route: string
  /** Whether a token went with the request. */
  readonly sentToken: boolean
  /** Removes what was sent as credentials from a text. */
  readonly scrub: (text: string) => string
}
