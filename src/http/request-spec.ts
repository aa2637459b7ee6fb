/** A request to the server. */
export interface RequestSpec {
  readonly method: 'GET' | 'POST'
  /** Path below the endpoint. */
  readonly route: string
  /** JSON text. Written when the call is made, so that later changes to the request object have no effect. */
  readonly body?: string
  /**
   * How time and retries are handled. A `read` changes nothing and may be repeated. A `generation` may take minutes and is
   * repeated only when it never ran. A `change` is like a generation but does not wait for other generations to end.
   */
  readonly kind: 'read' | 'generation' | 'change'
  /** Whether an event stream is a response too, also if the request was for a whole one. */
  readonly acceptsEvents?: boolean
}
