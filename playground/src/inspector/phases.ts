import { duration } from '../lib/format.js'

/** A part of the time an exchange took, milliseconds. */
export interface Phase {
  readonly name: string
  readonly from: number
  readonly ms: number
}

interface Times {
  readonly headers?: number
  readonly firstByte?: number
  readonly end?: number
}

/** What the time went by with; the last one ends at `now` while it goes on. */
export function phasesOf({ headers, firstByte, end }: Times, now: number): Phase[] {
  const last = end ?? Math.max(now, firstByte ?? headers ?? 0)
  const marks = [0, headers ?? last, firstByte ?? last, last]
  return ['Waiting', 'First byte', 'Streaming']
    .map((name, index) => ({ name, from: marks[index]!, ms: Math.max(0, marks[index + 1]! - marks[index]!) }))
    .filter((_, index) => index === 0 || (index === 1 ? headers : firstByte) !== undefined)
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export const brief = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms))

/** All of it as a sentence. */
export const sayPhases = (phases: readonly Phase[]): string => {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0)
  return `${phases.map(({ name, ms }) => `${name} ${brief(ms)}`).join(', ')}; ${brief(total)} in all`
}
