import { setImmediate } from 'node:timers/promises'

/** Time that passes only when nothing else happens, so that a simulation gives the same figures on every machine. */
export interface VirtualClock extends Disposable {
  now(): number
  /** Lets time pass from timer to timer until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T>
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Turns of the event loop in which what was started goes on, such as the reading of a body. */
const TURNS = 8

/** Replaces the timers of the process until it is disposed. */
export function installVirtualClock(): VirtualClock {
  const { setTimeout, clearTimeout, performance } = globalThis
  const { now } = performance
  const timers = new Map<number, Timer>()
  let time = 0
  let lastId = 0
  Object.assign(globalThis, {
    setTimeout(run: () => void, ms = 0) {
      timers.set(++lastId, { at: time + Math.max(0, ms), run })
      return lastId
    },
    clearTimeout: (id: number) => void timers.delete(id),
  })
  performance.now = () => time

  function fireNext(): void {
    let next: [number, Timer] | undefined
    for (const entry of timers) if (next === undefined || entry[1].at < next[1].at) next = entry
    if (next === undefined) throw new Error('Nothing is left to wait for.')
    timers.delete(next[0])
    time = next[1].at
    next[1].run()
  }

  return {
    now: () => time,
    async run(promise) {
      const state = { isOver: false }
      const over = (): void => void (state.isOver = true)
      promise.then(over, over)
      for (;;) {
        for (let turn = 0; turn < TURNS; turn++) await setImmediate()
        if (state.isOver) return promise
        fireNext()
      }
    },
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, clearTimeout })
      performance.now = now
    },
  }
}
