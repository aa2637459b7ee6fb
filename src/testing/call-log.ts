import type { MockCall } from './types.js'

/** How an exchange ended. */
type Outcome = Awaited<MockCall['finished']>

/** A call while the mock handles it. */
export interface CallRecord extends MockCall {
  body: unknown
  status: number | undefined
  eventsSent: number
  aborted: boolean
  isFinished: boolean
  /** Settles {@link MockCall.finished}; only the first outcome counts. */
  finish(outcome: Outcome): void
}

/** Creates the record of a call that has just arrived. */
export function createCallRecord(method: string, path: string, headers: MockCall['headers']): CallRecord {
  let resolveFinished!: (outcome: Outcome) => void
  const record: CallRecord = {
    method,
    path,
    headers,
    body: undefined,
    status: undefined,
    eventsSent: 0,
    aborted: false,
    isFinished: false,
    finished: new Promise((resolve) => {
      resolveFinished = resolve
    }),
    finish: (outcome) => {
      if (record.isFinished) return
      record.isFinished = true
      record.aborted = outcome === 'aborted'
      resolveFinished(outcome)
    },
  }
  return record
}

export interface CallLog {
  readonly calls: readonly MockCall[]
  add(call: MockCall): void
  /** Resolves the matching `whenCalled` promises, once the body of the call has been read. */
  announce(call: MockCall): void
  whenCalled(path: string | RegExp): Promise<MockCall>
  clear(): void
}

/** Returns whether a path, its query ignored, is the expected one. */
export function matchesPath(path: string, expected: string | RegExp): boolean {
  const pathname = path.split('?')[0] ?? path
  // A global pattern keeps its `lastIndex` between tests, so every second call would fail to match.
  return typeof expected === 'string'
    ? pathname === expected
    : new RegExp(expected.source, expected.flags.replace('g', '')).test(pathname)
}

export function createCallLog(): CallLog {
  const calls: MockCall[] = []
  const announced: MockCall[] = []
  const watchers = new Set<(call: MockCall) => void>()
  return {
    calls,
    add: (call) => {
      calls.push(call)
    },
    announce: (call) => {
      announced.push(call)
      for (const watcher of watchers) watcher(call)
    },
    whenCalled: (path) => {
      const past = announced.find((call) => matchesPath(call.path, path))
      if (past !== undefined) return Promise.resolve(past)
      return new Promise((resolve) => {
        const watcher = (call: MockCall): void => {
          if (!matchesPath(call.path, path)) return
          watchers.delete(watcher)
          resolve(call)
        }
        watchers.add(watcher)
      })
    },
    clear: () => {
      calls.length = 0
      announced.length = 0
    },
  }
}
