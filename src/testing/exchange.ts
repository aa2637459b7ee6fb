import type { CallRecord } from './call-log.js'
import type { Settings } from './settings.js'
import type { State } from './state.js'
import type { MockPrompt, MockReply } from './types.js'
import type { Waits } from './waits.js'

/** What routes see of the fault that a call has taken. */
export interface RouteFault {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Returns the model output that the fault forces; `undefined` leaves it to the script and the mock. */
  reply(prompt: MockPrompt): MockReply | undefined
}

/** A request that is being handled, and what its route may use. */
export interface Exchange {
  readonly method: string
  /** Without query or trailing slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body; `undefined` when there is none, or when it is not JSON or not labeled as such. */
  readonly body: unknown
  readonly isInvalidJson: boolean
  readonly call: CallRecord
  /** Aborts when the client disconnects or the mock is reset. */
  readonly signal: AbortSignal
  readonly settings: Settings
  readonly state: State
  readonly waits: Waits
  readonly fault: RouteFault | undefined
}
