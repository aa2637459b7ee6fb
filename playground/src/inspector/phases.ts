import { duration } from '../lib/format.js'

/** A part of the duration of an exchange, in ms. */
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

/** Splits the duration of an exchange. The last phase of an active exchange ends at `now`. */
export function phasesOf({ headers, firstByte, end }: Times, now: number): Phase[] {
  const last = end ?? Math.max(now, firstByte ?? headers ?? 0)
  const marks = [0, headers ?? last, firstByte ?? last, last]
  return ['Waiting', 'First byte', 'Streaming']
    .map((name, index) => ({ name, from: marks[index]!, ms: Math.max(0, marks[index + 1]! - marks[index]!) }))
    .filter((_, index) => index === 0 || (index === 1 ? headers : firstByte) !== undefined)
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export const shortDuration = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms))

/** Describes the phases in one sentence. */
export const describePhases = (phases: readonly Phase[]): string => {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0)
  return `${phases.map(({ name, ms }) => `${name} ${shortDuration(ms)}`).join(', ')}; ${shortDuration(total)} total`
}
