import type { LMStudioOptions } from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing'
import type { CallName } from './calls.js'
import { FAULTS, type LabFault } from './catalogue.js'

/** How long the library waits: `short`, so that nobody has to, or as it does by itself. */
export type Patience = 'short' | 'usual'

/** What is to go wrong, and for whom. */
export interface Plan {
  readonly fault: LabFault
  /** As entered; `''` is not set. */
  readonly parameters: Readonly<Record<string, string>>
  /** How many calls go wrong; `Infinity` for all. */
  readonly times: number
  readonly call: CallName
  readonly patience: Patience
}

export const FIRST_PLAN: Plan = {
  fault: 'status',
  parameters: { code: '503' },
  times: 1,
  call: 'complete',
  patience: 'short',
}

/** The plan with another fault: a call that was picked stays if it can meet it, else it is the usual one. */
export function withFault(plan: Plan, fault: LabFault): Plan {
  const { calls } = FAULTS[fault]
  const isPicked = plan.call !== FAULTS[plan.fault].calls[0]
  return { ...plan, fault, parameters: {}, call: isPicked && calls.includes(plan.call) ? plan.call : calls[0]! }
}

/** The fault as the mock takes it. */
export function toFault({ fault, parameters }: Plan): MockFault {
  const given: Record<string, unknown> = {}
  for (const { name, kind } of FAULTS[fault].parameters ?? []) {
    const value = parameters[name]?.trim() ?? ''
    if (value === '') continue
    // A wait of words waits for ever: as if it were not given.
    if (kind === 'number' && !Number.isFinite(Number(value))) continue
    given[name] = kind === 'number' ? Number(value) : value
  }
  if (fault === 'raw') {
    const { text = '', type, ...rest } = given
    const chunks = [String(text).replaceAll('\\n', '\n')]
    const headers = type === undefined ? {} : { headers: { 'content-type': String(type) } }
    return { raw: { chunks, ...headers, ...rest } }
  }
  if (fault === 'status') {
    const { code = '503', ...rest } = given
    return { name: `status-${Number(code)}`, ...rest }
  }
  // The parameters are those of this fault: they come from its entry.
  return { name: fault, ...given } as MockFault
}

const SHORT: LMStudioOptions = { timeout: 3_000, generationTimeout: 3_000, idleTimeout: 3_000 }

/** What the library is told. */
export const limitsOf = ({ patience }: Plan): LMStudioOptions => (patience === 'short' ? SHORT : {})
