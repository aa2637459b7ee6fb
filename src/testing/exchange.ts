import type { CallRecord } from './call-log.js'
import type { ActiveFault } from './fault-queue.js'
import type { Settings } from './settings.js'
import type { State } from './state.js'
import type { Waits } from './waits.js'

/** One request being answered, and what its route may use. */
export interface Exchange {
  readonly method: string
  /** Without query or trailing slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body; `undefined` when there was none, or when it was not JSON. */
  readonly body: unknown
  readonly isInvalidJson: boolean
  readonly call: CallRecord
  /** Aborts when the client goes away or the mock is reset. */
  readonly signal: AbortSignal
  readonly settings: Settings
  readonly state: State
  readonly waits: Waits
  readonly fault: ActiveFault | undefined
}
