import { type Kind, PUBLIC_CALLS, type PublicCall } from './calls.js'
import { type Fault, FAULTS, type Outcome } from './faults.js'

/** One call, one fault, one place, one way to leave. */
export interface Cell {
  readonly name: string
  readonly call: PublicCall
  /** Which of the requests of the call fails, from 0. */
  readonly position: number
  readonly fault: Fault
  /** Whether every request from this one on fails, or this one only. */
  readonly times: 'always' | 'once'
  /** When the caller aborts: after the fault began, or after the call began. */
  readonly abort?: { readonly when: 'fault' | 'start'; readonly afterMs: number }
  /** Determines the random choices of the fault. */
  readonly seed: number
  /** The outcomes that are right: one, unless an abort races with the end of the call. */
  readonly expected: readonly Outcome[]
}

/** What a diagnosis calls the code of an error. */
const DIAGNOSES: Readonly<Record<string, string>> = {
  'not-running': 'not-running',
  'connection-reset': 'unknown',
  'stream-interrupted': 'unknown',
  network: 'unknown',
  timeout: 'timeout',
  'wrong-service': 'wrong-service',
  'server-error': 'server-error',
  'rate-limit': 'server-error',
  'auth-required': 'auth-required',
  permission: 'auth-rejected',
  'request-timeout': 'unknown',
  'invalid-request': 'unknown',
  'request-too-large': 'unknown',
  api: 'unknown',
  // The greeting is LM Studio's, so only the path can be wrong.
  redirect: 'wrong-path',
  'wrong-path': 'wrong-path',
  'not-json': 'wrong-path',
  'invalid-response': 'wrong-path',
  'body-too-long': 'wrong-path',
}

/** The codes with which no response of the greeting arrived. */
const NO_RESPONSE: readonly string[] = [
  'not-running',
  'connection-reset',
  'stream-interrupted',
  'network',
  'timeout',
  'wrong-service',
]

/** What a report says when the greeting or the list ends with an outcome. */
function reportOf({ reports }: PublicCall, kind: Kind, outcome: Outcome): Outcome {
  const [, code = 'ok'] = outcome.split(' ')
  const isUnreachable = NO_RESPONSE.includes(code)
  const diagnosis = DIAGNOSES[code] ?? code
  const isFine = outcome === 'ok' || (kind === 'greeting' && !isUnreachable)
  if (reports === 'discovery') {
    // An LM Studio that has greeted is found even if its list fails, but not where the path is wrong.
    const isMissing = kind === 'greeting' ? isUnreachable : code === 'wrong-path'
    return isMissing ? 'ServiceNotFoundError not-running' : 'ok'
  }
  if (isFine) return reports === 'health' ? 'healthy ok' : 'ok'
  const unreachable = kind === 'greeting'
  const named =
    unreachable && code === 'wrong-service' ? 'wrong-service' : code === 'wrong-service' ? 'wrong-path' : diagnosis
  return reports === 'health' ? `${unreachable ? 'unreachable' : 'degraded'} ${named}` : named
}

function expectedOf(call: PublicCall, position: number, fault: Fault): Outcome | undefined {
  const kind = call.requests[position]!
  const exact = fault.except?.[call.name] ?? fault.except?.[kind]
  if (exact !== undefined) return exact
  const outcome = fault.expect[kind]
  if (outcome === undefined) return undefined
  if (kind === 'lookup') return call.healthy ?? 'ok'
  if (call.reports !== undefined) return reportOf(call, kind, outcome)
  return outcome === 'ok' ? (call.healthy ?? 'ok') : outcome
}

/** Every cell of the matrix; `random` returns numbers from 0 to 1. */
export function allCells(random: () => number): Cell[] {
  const cells: Cell[] = []
  for (const call of PUBLIC_CALLS) {
    for (const [position, kind] of call.requests.entries()) {
      for (const fault of FAULTS) {
        const expected = expectedOf(call, position, fault)
        if (expected === undefined) continue
        // Nothing listens from the first request on, or else the server stops between two requests, which is a reset.
        if (fault.refuses === true && (position > 0 || kind === 'lookup')) continue
        const name = `${call.name} · request ${position + 1} (${kind}) · ${fault.name}`
        cells.push({ name, call, position, fault, times: 'always', seed: random() * 2 ** 32, expected: [expected] })
        const isRetried = fault.retried?.includes(kind) === true && call.reports === undefined && fault.refuses !== true
        if (isRetried) {
          cells.push({
            name: `${name} · once`,
            call,
            position,
            fault,
            times: 'once',
            seed: 0,
            expected: [call.healthy ?? 'ok'],
          })
        }
        if (call.crossesWire === true) continue
        if (fault.isSlow === true) {
          const afterMs = Math.floor(random() * 60)
          cells.push({
            name: `${name} · aborted ${afterMs} ms after its start`,
            call,
            position,
            fault,
            times: 'always',
            abort: { when: 'start', afterMs },
            seed: 0,
            expected: ['reason', expected],
          })
        }
        if (fault.hangs === true) {
          const afterMs = Math.floor(random() * 30)
          cells.push({
            name: `${name} · aborted after ${afterMs} ms`,
            call,
            position,
            fault,
            times: 'always',
            seed: 0,
            abort: { when: 'fault', afterMs },
            expected: ['reason'],
          })
        }
      }
    }
  }
  return cells
}

/** A generator of numbers from 0 to 1 that a seed determines (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Selects few cells so that every request of every call meets every family of faults and an abort, and every fault and
 * every retry takes place.
 */
export function selectPairs(cells: readonly Cell[], random: () => number): Cell[] {
  const covered = new Set<string>()
  return shuffle(
    cells.filter(({ fault }) => fault.isHeavy !== true),
    random,
  ).filter(({ call, position, fault, times, abort }) => {
    const request = `${call.name} ${position}`
    const pairs = [
      `${request} × ${abort === undefined ? fault.family : `abort after ${abort.when}`}`,
      ...(abort === undefined ? [`${fault.name} × ${times}`] : []),
    ]
    const isNew = pairs.some((pair) => !covered.has(pair))
    for (const pair of pairs) covered.add(pair)
    return isNew
  })
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!]
  }
  return shuffled
}
