import type { Message, ToolResult, Usage } from 'lmstudio-provider'

/** A tool call. */
export interface Call {
  readonly id: string
  readonly name: string
  rawArguments: string
  /** When the response was complete and the tool started. */
  startedAt?: number
  durationMs?: number
  result?: Pick<ToolResult, 'outcome' | 'content'>
}

/** One model response and its tool calls. */
export interface Round {
  readonly index: number
  readonly startedAt: number
  /** Finds the request in the Inspector. */
  readonly label: string
  text: string
  reasoning: string
  /** Time until the response was complete, in ms. */
  responseMs?: number
  /** Tokens per second; `undefined` if the response is too short to measure. */
  speed?: number | undefined
  readonly calls: Call[]
}

/** One tool loop. Rounds change in place; each change publishes a new `Run`. */
export interface Run {
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  readonly rounds: readonly Round[]
  readonly durationMs: number
  readonly result?: { readonly usage: Usage; readonly messages?: readonly Message[] }
  readonly error?: unknown
}

export const createRound = (index: number, label: string): Round => ({
  index,
  label,
  startedAt: performance.now(),
  text: '',
  reasoning: '',
  calls: [],
})
