import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { LogEvent } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { getMock } from '../../state/mock.js'
import { exchanges, isRecording, record, type Exchange } from '../../state/recorder.js'
import { CALLS } from './calls.js'
import { INITIAL_PLAN, toFault, type Plan } from './plan.js'
import { runPlan } from './run-plan.js'

/** The result of a call. */
type Result =
  | { readonly kind: 'succeeded'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'stopped' }

/** A call that is running or has ended. */
export interface Run {
  readonly plan: Plan
  readonly startedAt: number
  /** The text so far. */
  readonly text: ReadonlySignal<string>
  readonly requests: ReadonlySignal<readonly Exchange[]>
  /** The retries that the library logged. */
  readonly log: ReadonlySignal<readonly LogEvent[]>
  /** `undefined` while the call is running. */
  readonly result: ReadonlySignal<Result | undefined>
  readonly durationMs: ReadonlySignal<number | undefined>
  readonly stop: () => void
  /** Releases responses that the mock is holding back. */
  readonly release: () => void
}

export const plan = signal<Plan>(INITIAL_PLAN)
/** The latest run. It continues while other views are open. */
export const run = signal<Run | undefined>(undefined)
/** The number of faults injected for other views. */
export const pendingFaults = signal(0)

/** Runs the call of a plan. Stops the previous run. */
export function start(newPlan: Plan): void {
  plan.value = newPlan
  run.peek()?.stop()
  const controller = new AbortController()
  // A separate mock, so that the fault affects no other request.
  const mock = createMockLMStudio({ tokensPerSecond: 40, loadDelayMs: 300 })
  const text = signal('')
  const requests = signal<readonly Exchange[]>([])
  const log = signal<readonly LogEvent[]>([])
  const result = signal<Result | undefined>(undefined)
  const durationMs = signal<number | undefined>(undefined)
  const startedAt = Date.now()
  const start = performance.now()
  const end = (value: Result): void =>
    batch(() => {
      result.value = value
      durationMs.value = performance.now() - start
    })

  run.value = {
    plan: newPlan,
    startedAt,
    text,
    requests,
    log,
    result,
    durationMs,
    stop: () => controller.abort(new DOMException('Stopped.', 'AbortError')),
    release: () => mock.release(),
  }
  runPlan(newPlan, {
    mock,
    fetch: watchedFetch(mock, (exchange) => (requests.value = [...requests.peek(), exchange])),
    signal: controller.signal,
    onText: (delta) => (text.value += delta),
    onLog: (event) => event.type === 'retry' && (log.value = [...log.peek(), event]),
  }).then(
    (value) => end({ kind: 'succeeded', value }),
    (error: unknown) => end(controller.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error }),
  )
}

/** Wraps the mock's `fetch` to report each recorded exchange. */
function watchedFetch(mock: MockLMStudio, onRequest: (exchange: Exchange) => void): typeof globalThis.fetch {
  const recorded = record(mock.fetch, { isMock: true })
  return (input, init) => {
    const response = recorded(input, init)
    const exchange = exchanges.peek().at(-1)
    if (isRecording.peek() && exchange !== undefined) onRequest(exchange)
    return response
  }
}

/** Stops the run, resets the form and removes injected faults. */
export function reset(): void {
  run.peek()?.stop()
  batch(() => {
    run.value = undefined
    plan.value = INITIAL_PLAN
  })
  void removePendingFaults()
}

/** Injects the fault of a plan into the mock that the other views use. */
export async function injectForOtherViews(plan: Plan): Promise<void> {
  const { path } = CALLS[plan.call]
  const mock = await getMock()
  mock.inject(toFault(plan), { times: plan.times, ...(path === undefined ? {} : { path }) })
  pendingFaults.value++
}

/** Removes the faults injected for other views. */
export async function removePendingFaults(): Promise<void> {
  if (pendingFaults.peek() === 0) return
  pendingFaults.value = 0
  const mock = await getMock()
  mock.reset()
}
