import type { MockFaultName, MockFaultParameters, StatusParameters } from './types.js'

type AllOf<Parameters> = { readonly [Name in keyof Parameters]-?: true }

/** The names of faults that have parameters: `NoParameters` is `unknown`. */
type Adjustable = {
  [Name in MockFaultName]: unknown extends MockFaultParameters[Name] ? never : Name
}[MockFaultName]

/** The parameters of each fault that has some. */
const PARAMETERS: { readonly [Name in Adjustable]: AllOf<MockFaultParameters[Name]> } = {
  'catch-all': { status: true },
  html: { status: true },
  'error-200': { message: true, shape: true },
  redirect: { status: true, location: true },
  'huge-body': { bytes: true },
  'delay-headers': { ms: true },
  reset: { afterEvents: true },
  stall: { afterEvents: true, ms: true, keepAliveMs: true },
  cut: { afterEvents: true },
  'cut-mid-character': { afterEvents: true },
  'error-frame': { afterEvents: true, form: true, message: true },
  'huge-line': { afterEvents: true, bytes: true },
  'model-unloaded': { afterEvents: true, wording: true },
  'no-models-loaded': { shape: true, status: true },
  'load-failed': { status: true },
  'context-overflow': { wording: true, status: true },
  crash: { afterEvents: true, message: true },
  'engine-error': { status: true, engineStatus: true, request: true, error: true },
  'template-error': { wording: true, status: true },
  'other-model': { model: true },
  'prompt-progress': { total: true, batch: true, ms: true },
  'empty-content': { content: true },
  'response-failed': { afterEvents: true, message: true },
  'content-index-counted': { per: true },
  'error-then-chat-end': { afterEvents: true, type: true, message: true },
  'download-failed': { message: true },
}

const STATUS: AllOf<StatusParameters> = { shape: true, message: true, error: true, retryAfter: true, headers: true }

function parametersOf(fault: string): readonly string[] {
  if (fault === 'raw') return ['raw']
  if (fault.startsWith('status-')) return Object.keys(STATUS)
  return Object.hasOwn(PARAMETERS, fault) ? Object.keys(PARAMETERS[fault as Adjustable]) : []
}

/** Throws for a parameter that a fault does not have, which JavaScript callers can pass. */
export function checkParameters(fault: string, parameters: object): void {
  const known = parametersOf(fault)
  const unknown = Object.keys(parameters).find((name) => name !== 'name' && !known.includes(name))
  if (unknown === undefined) return
  const list = known.length === 0 ? 'none' : known.join(', ')
  throw new RangeError(`Unknown parameter "${unknown}" of the fault "${fault}". Its parameters: ${list}.`)
}
