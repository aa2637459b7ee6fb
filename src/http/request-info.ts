/** What errors and logs may contain about a request. */
export interface RequestInfo {
  readonly endpoint: string
  readonly method: string
  readonly route: string
  /** Whether the request carried a token. */
  readonly sentToken: boolean
  /** Removes credentials and prompts of this request from a text of the server. */
  readonly scrub: (text: string) => string
}
