import type { MockCall } from './types.js'

type Ending = 'completed' | 'aborted' | 'dropped'

/** A call while it is being answered. */
export class CallRecord implements MockCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  body: unknown = undefined
  status: number | undefined = undefined
  eventsSent = 0
  aborted = false
  isOver = false
  readonly finished: Promise<Ending>
  #settle!: (how: Ending) => void

  constructor(method: string, path: string, headers: Readonly<Record<string, string>>) {
    this.method = method
    this.path = path
    this.headers = headers
    this.finished = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  finish(how: Ending): void {
    if (this.isOver) return
    this.isOver = true
    this.aborted = how === 'aborted'
    this.#settle(how)
  }
}

export interface CallLog {
  readonly calls: readonly MockCall[]
  add(call: MockCall): void
  /** Tells who waits for the call, once there is enough of it to look at. */
  announce(call: MockCall): void
  whenCalled(path: string | RegExp): Promise<MockCall>
  clear(): void
}

/** Whether a path, query included, is the one a test named. */
export function matchesPath(path: string, wanted: string | RegExp): boolean {
  const bare = path.split('?')[0] ?? path
  // A global pattern remembers where it stopped, which would make every second call match.
  return typeof wanted === 'string'
    ? bare === wanted
    : new RegExp(wanted.source, wanted.flags.replace('g', '')).test(bare)
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
