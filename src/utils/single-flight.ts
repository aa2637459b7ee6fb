import { raceAbort } from './abort.js'

/** Work that callers who want the same share. */
export interface SingleFlight<T> {
  /** Joins the work of this key, or begins it. Its signal aborts when all who wait for it have gone. */
  ride(key: unknown, run: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** From now on nobody joins what is under way. */
  clear(): void
}

interface Flight<T> {
  readonly promise: Promise<T>
  readonly controller: AbortController
  /** How many wait for it. */
  riders: number
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<unknown, Flight<T>>()

  function take(key: unknown, run: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const underWay = flights.get(key)
    if (underWay !== undefined) return underWay
    const controller = new AbortController()
    const flight: Flight<T> = { promise: run(controller.signal), controller, riders: 0 }
    flights.set(key, flight)
    const leave = (): void => forget(key, flight)
    flight.promise.then(leave, leave)
    return flight
  }

  function forget(key: unknown, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    async ride(key, run, signal) {
      const flight = take(key, run)
      flight.riders++
      try {
        return await raceAbort(flight.promise, signal)
      } finally {
        flight.riders--
        if (flight.riders === 0 && signal?.aborted === true) {
          forget(key, flight)
          flight.controller.abort(signal.reason)
        }
      }
    },
    clear: () => flights.clear(),
  }
}
