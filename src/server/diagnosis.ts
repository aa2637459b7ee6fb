import type { ProviderError } from '../errors/provider-error.js'
import { stepsFor } from '../errors/steps.js'
import type { Diagnosis, DiagnosisCode } from '../types/diagnosis.js'

export function createDiagnosis(code: DiagnosisCode, summary: string, evidence: readonly string[] = []): Diagnosis {
  return { code, summary, steps: stepsFor(code), evidence }
}

// Codes of errors whose cause, seen from the connection, has another name. Most have the same.
const CODES: Readonly<Record<string, DiagnosisCode>> = {
  unreachable: 'not-running',
  'not-json': 'wrong-service',
  'invalid-response': 'wrong-service',
  redirect: 'wrong-service',
  'wrong-path': 'wrong-service',
  platform: 'timeout',
  permission: 'auth-rejected',
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

/** What an error says about the connection. */
export function toDiagnosis({ code, name, message }: ProviderError): Diagnosis {
  const shared = SHARED.has(code) ? (code as DiagnosisCode) : 'unknown'
  return createDiagnosis(CODES[code] ?? shared, message, [`${name}: ${message}`])
}
