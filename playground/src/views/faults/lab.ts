import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { LogEvent } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { getMock } from '../../state/mock.js'
import { exchanges, isRecording, record, type Exchange } from '../../state/recorder.js'
import { CALLS } from './calls.js'
import { FIRST_PLAN, toFault, type Plan } from './plan.js'
import { runPlan } from './run-plan.js'

/** What came of it. */
type Result =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'stopped' }

/** A call that has been made, or is being made. */
export interface Run {
  readonly plan: Plan
  readonly startedAt: number
  /** Text that has come so far. */
  readonly text: ReadonlySignal<string>
  readonly requests: ReadonlySignal<readonly Exchange[]>
  /** What the library said of waits and retries. */
  readonly log: ReadonlySignal<readonly LogEvent[]>
  /** `undefined` while it goes on. */
  readonly result: ReadonlySignal<Result | undefined>
  readonly durationMs: ReadonlySignal<number | undefined>
  readonly stop: () => void
  /** Lets go on what waits at the mock. */
  readonly release: () => void
}

export const plan = signal<Plan>(FIRST_PLAN)
/** The last one; it goes on while other views are open. */
export const run = signal<Run | undefined>(undefined)
/** How many faults were left for the other views. */
export const leftBehind = signal(0)

/** Makes the call of the plan; one that still goes on is stopped. */
export function start(now: Plan): void {
  plan.value = now
  run.peek()?.stop()
  const stopping = new AbortController()
  // One of its own, so that nobody else's request meets the fault.
  const mock = createMockLMStudio({ tokensPerSecond: 40, loadDelayMs: 300 })
  const text = signal('')
  const requests = signal<readonly Exchange[]>([])
  const log = signal<readonly LogEvent[]>([])
  const result = signal<Result | undefined>(undefined)
  const durationMs = signal<number | undefined>(undefined)
  const startedAt = Date.now()
  const begun = performance.now()
  const end = (value: Result): void =>
    batch(() => {
      result.value = value
      durationMs.value = performance.now() - begun
    })

  run.value = {
    plan: now,
    startedAt,
    text,
    requests,
    log,
    result,
    durationMs,
    stop: () => stopping.abort(new DOMException('Stopped.', 'AbortError')),
    release: () => mock.release(),
  }
  const { signal: stopped } = stopping
  runPlan(now, {
    mock,
    fetch: watched(mock, (exchange) => (requests.value = [...requests.peek(), exchange])),
    signal: stopped,
    onText: (piece) => (text.value += piece),
    onLog: (event) => event.type === 'retry' && (log.value = [...log.peek(), event]),
  }).then(
    (value) => end({ kind: 'answered', value }),
    (error: unknown) => end(stopped.aborted ? { kind: 'stopped' } : { kind: 'failed', error }),
  )
}

/** The mock's `fetch`, which tells of each request as the Inspector knows it. */
function watched(mock: MockLMStudio, onRequest: (exchange: Exchange) => void): typeof globalThis.fetch {
  const recorded = record(mock.fetch, { isMock: true })
  return (input, init) => {
    const answer = recorded(input, init)
    const made = exchanges.peek().at(-1)
    if (isRecording.peek() && made !== undefined) onRequest(made)
    return answer
  }
}

/** Back to the beginning: nothing runs, nothing is set, and no fault waits. */
export function reset(): void {
  run.peek()?.stop()
  batch(() => {
    run.value = undefined
    plan.value = FIRST_PLAN
  })
  void takeBack()
}

/** Leaves the fault to the next calls of the other views. */
export async function leaveForOthers(now: Plan): Promise<void> {
  const { path } = CALLS[now.call]
  const mock = await getMock()
  mock.inject(toFault(now), { times: now.times, ...(path === undefined ? {} : { path }) })
  leftBehind.value++
}

export async function takeBack(): Promise<void> {
  if (leftBehind.peek() === 0) return
  leftBehind.value = 0
  const mock = await getMock()
  mock.reset()
}
