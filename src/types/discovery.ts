import type { ModelsAPI } from './models.js'

/** A server that was found. */
export interface Discovery {
  readonly endpoint: string
  readonly isLMStudio: boolean
  /** Which list of models it has; `undefined` when it keeps them behind a token. */
  readonly api: ModelsAPI | undefined
  /** Where the address came from, e.g. `the default address` or `the option ports`. */
  readonly via: string
}
