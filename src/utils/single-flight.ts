import { raceAbort } from './abort.js'

/** Shares work in progress between callers that need the same result. */
export interface SingleFlight<T> {
  /**
   * Joins the work in progress for `key`, or starts `work` if there is none.
   *
   * @param work - its signal aborts once every caller has aborted; it is `undefined` if that cannot happen because the
   * first caller has no signal
   * @param signal - aborts this caller only, at once
   */
  run(key: unknown, work: (signal: AbortSignal | undefined) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Stops sharing the work in progress: the next caller starts its own. */
  clear(): void
}

interface Flight<T> {
  readonly promise: Promise<T>
  readonly controller: AbortController | undefined
  /** Callers that have not aborted. */
  waiters: number
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<unknown, Flight<T>>()

  function start(
    key: unknown,
    work: (signal: AbortSignal | undefined) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Flight<T> {
    const controller = signal && new AbortController()
    const flight: Flight<T> = { promise: work(controller?.signal), controller, waiters: 0 }
    flights.set(key, flight)
    const end = (): void => forget(key, flight)
    flight.promise.then(end, end)
    return flight
  }

  function forget(key: unknown, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    async run(key, work, signal) {
      const flight = flights.get(key) ?? start(key, work, signal)
      flight.waiters++
      // This caller never leaves, so the count never reaches zero again.
      if (signal === undefined) return flight.promise
      try {
        return await raceAbort(flight.promise, signal)
      } finally {
        flight.waiters--
        if (flight.waiters === 0 && signal.aborted) {
          forget(key, flight)
          flight.controller?.abort(signal.reason)
        }
      }
    },
    clear: () => flights.clear(),
  }
}
