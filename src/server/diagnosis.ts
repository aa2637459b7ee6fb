import type { ProviderError } from '../errors/provider-error.js'
import { hintFor, stepsFor } from '../errors/steps.js'
import type { Diagnosis, DiagnosisCode } from '../types/diagnosis.js'

export function createDiagnosis(code: DiagnosisCode, summary: string, evidence: readonly string[] = []): Diagnosis {
  return { code, summary, steps: stepsFor(code), evidence }
}

// Codes of errors whose cause, seen from the connection, has another name, or none of its own. Most have the same.
const CODES: Readonly<Record<string, DiagnosisCode>> = {
  unreachable: 'not-running',
  'not-json': 'wrong-service',
  'invalid-response': 'wrong-service',
  'body-too-long': 'wrong-service',
  redirect: 'wrong-service',
  'wrong-path': 'wrong-service',
  platform: 'timeout',
  permission: 'auth-rejected',
  'rate-limit': 'server-error',
  'blocked-port': 'unknown',
  'connection-reset': 'unknown',
}

// The codes that errors and a diagnosis have in common.
const SHARED: ReadonlySet<string> = new Set<DiagnosisCode>([
  'not-running',
  'wrong-service',
  'auth-required',
  'auth-rejected',
  'cors-disabled',
  'permission-required',
  'permission-denied',
  'mixed-content',
  'insecure-context',
  'timeout',
  'dns',
  'tls',
  'offline',
  'server-error',
])

/** What an error says about the connection. Its hint comes first: the person may have seen the error before. */
export function toDiagnosis({ code, name, message, hint }: ProviderError): Diagnosis {
  const shared = SHARED.has(code) ? (code as DiagnosisCode) : 'unknown'
  const diagnosis = createDiagnosis(CODES[code] ?? shared, message, [`${name}: ${message}`])
  const usual = hintFor(code)
  // An error that knows better than its code says something else, or something more.
  const own = hint.startsWith(usual) ? [...stepsFor(code), hint.slice(usual.length).trim()] : [hint]
  const more = diagnosis.code === code ? [] : diagnosis.steps
  return { ...diagnosis, steps: [...new Set([...own.filter(Boolean), ...more])] }
}
