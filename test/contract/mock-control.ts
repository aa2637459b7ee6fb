import type { MockFault, MockLMStudioOptions, MockReply } from '../../src/testing/index.js'

/** A request the mock saw; preflights are not among them. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * The mock as a case steers it, from the same process or from a page: everything is asynchronous and every value is
 * plain data.
 */
export interface MockControl {
  inject(fault: MockFault, options?: { readonly times?: number; readonly path?: string }): Promise<void>
  configure(options: Omit<MockLMStudioOptions, 'reply' | 'now' | 'faults'>): Promise<void>
  /** Scripts every answer from now on. */
  answerWith(reply: MockReply): Promise<void>
  release(): Promise<void>
  whenHeld(): Promise<void>
  calls(): Promise<readonly SeenCall[]>
  /** How the first chat completion ended. */
  ending(): Promise<'completed' | 'aborted' | 'dropped'>
  apiToken(): Promise<string | undefined>
  /** Turns the server off. */
  close(): Promise<void>
}

/** The names of what can be called, for whoever has to hand it on. */
export const CONTROLS = [
  'inject',
  'configure',
  'answerWith',
  'release',
  'whenHeld',
  'calls',
  'ending',
  'apiToken',
  'close',
] as const satisfies readonly (keyof MockControl)[]
