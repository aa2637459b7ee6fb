import type { MockFault, MockLMStudioOptions, MockReply } from '../../src/testing/index.js'

/** A request that the mock received, preflights excluded. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * How a case controls the mock, from the same process or from a page: every method is asynchronous and every value is
 * plain data.
 */
export interface MockControl {
  inject(fault: MockFault, options?: { readonly times?: number; readonly path?: string }): Promise<void>
  configure(options: Omit<MockLMStudioOptions, 'reply' | 'now' | 'faults'>): Promise<void>
  /** Sets the reply to all later generations. */
  setReply(reply: MockReply): Promise<void>
  release(): Promise<void>
  whenHeld(): Promise<void>
  calls(): Promise<readonly SeenCall[]>
  /** Resolves to how the first chat completion ended. */
  ending(): Promise<'completed' | 'aborted' | 'dropped'>
  apiToken(): Promise<string | undefined>
  /** Stops the server. */
  close(): Promise<void>
}

/** The names of the methods, for a page that forwards them. */
export const CONTROLS = [
  'inject',
  'configure',
  'setReply',
  'release',
  'whenHeld',
  'calls',
  'ending',
  'apiToken',
  'close',
] as const satisfies readonly (keyof MockControl)[]
