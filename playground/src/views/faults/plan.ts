import type { LMStudioOptions } from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing'
import type { CallName } from './calls.js'
import { FAULTS, type LabFault } from './fault-catalog.js'

/** The library's timeouts: a few seconds, or its defaults. */
export type TimeoutSetting = 'short' | 'default'

/** A fault and the call it applies to. */
export interface Plan {
  readonly fault: LabFault
  /** As entered; `''` means not set. */
  readonly parameters: Readonly<Record<string, string>>
  /** The number of requests that fail; `Infinity` for all. */
  readonly times: number
  readonly call: CallName
  readonly timeouts: TimeoutSetting
}

export const INITIAL_PLAN: Plan = {
  fault: 'status',
  parameters: { code: '503' },
  times: 1,
  call: 'complete',
  timeouts: 'short',
}

/** Changes the fault of a plan. Keeps the call if the user picked it and the fault affects it. */
export function withFault(plan: Plan, fault: LabFault): Plan {
  const { calls } = FAULTS[fault]
  const isPicked = plan.call !== FAULTS[plan.fault].calls[0]
  return { ...plan, fault, parameters: {}, call: isPicked && calls.includes(plan.call) ? plan.call : calls[0]! }
}

/** Converts a plan to a fault of the mock. */
export function toFault({ fault, parameters }: Plan): MockFault {
  const values: Record<string, unknown> = {}
  for (const { name, kind } of FAULTS[fault].parameters ?? []) {
    const value = parameters[name]?.trim() ?? ''
    if (value === '') continue
    // Ignore text in a number field: as NaN, a delay would never end.
    if (kind === 'number' && !Number.isFinite(Number(value))) continue
    values[name] = kind === 'number' ? Number(value) : value
  }
  if (fault === 'raw') {
    const { text = '', type, ...rest } = values
    const chunks = [String(text).replaceAll('\\n', '\n')]
    const headers = type === undefined ? {} : { headers: { 'content-type': String(type) } }
    return { raw: { chunks, ...headers, ...rest } }
  }
  if (fault === 'status') {
    const { code = '503', ...rest } = values
    return { name: `status-${Number(code)}`, ...rest }
  }
  // The parameter names come from this fault's entry, so they fit.
  return { name: fault, ...values } as MockFault
}

const SHORT_TIMEOUTS: LMStudioOptions = { timeout: 3_000, generationTimeout: 3_000, idleTimeout: 3_000 }

/** Returns the timeout options of a plan. */
export const timeoutsOf = ({ timeouts }: Plan): LMStudioOptions => (timeouts === 'short' ? SHORT_TIMEOUTS : {})
