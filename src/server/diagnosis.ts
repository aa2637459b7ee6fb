import { ProviderError } from '../errors/provider-error.js'
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
  network: 'unknown',
  'connection-reset': 'unknown',
}

/** What an error says about the connection. */
export function toDiagnosis(error: ProviderError): Diagnosis {
  return createDiagnosis(CODES[error.code] ?? (error.code as DiagnosisCode), error.message, [
    `${error.name}: ${error.message}`,
  ])
}
