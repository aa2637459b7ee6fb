import { createLMStudio, type LogEvent } from 'lmstudio-provider'
import type { MockLMStudio } from 'lmstudio-provider/testing'
import { MOCK_ENDPOINT } from '../../state/mock.js'
import { CALLS } from './calls.js'
import { timeoutsOf, toFault, type Plan } from './plan.js'

type Fetch = typeof globalThis.fetch

interface RunOptions {
  readonly mock: MockLMStudio
  /** The mock's `fetch`, optionally wrapped. */
  readonly fetch: Fetch
  readonly signal: AbortSignal
  readonly onText?: (text: string) => void
  readonly onLog?: (event: LogEvent) => void
}

/** Injects the fault into the mock and runs the call. */
export function runPlan(plan: Plan, { mock, fetch, signal, onText = () => {}, onLog }: RunOptions): Promise<unknown> {
  const { path, run } = CALLS[plan.call]
  mock.inject(toFault(plan), { times: plan.times, ...(path === undefined ? {} : { path }) })
  const lmstudio = createLMStudio({
    endpoint: MOCK_ENDPOINT,
    allowRemote: true,
    cache: false,
    fetch,
    ...timeoutsOf(plan),
    ...(onLog === undefined ? {} : { logger: onLog }),
  })
  return run(lmstudio, { signal, onText })
}
