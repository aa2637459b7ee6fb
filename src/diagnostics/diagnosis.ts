import { isAccessReason } from '../browser/access-error.js'
import { type ErrorCode, hintsFor, splitHint } from '../errors/error-codes.js'
import type { ProviderError } from '../errors/provider-error.js'
import type { Identity } from './identify-server.js'
import type { Diagnosis, DiagnosisCode } from './types.js'

export function createDiagnosis(code: DiagnosisCode, summary: string, evidence: readonly string[] = []): Diagnosis {
  return { code, summary, steps: hintsFor(code), evidence }
}

// Codes that errors and diagnoses have in common, besides the reasons for which browsers block requests.
const SHARED_CODES = [
  'not-running',
  'wrong-service',
  'auth-required',
  'auth-rejected',
  'timeout',
  'dns',
  'tls',
  'offline',
  'server-error',
] as const satisfies readonly (DiagnosisCode & ErrorCode)[]

// Error codes that a diagnosis names differently. All others become `unknown`.
const DIAGNOSIS_CODES: Readonly<Partial<Record<ErrorCode, DiagnosisCode>>> = {
  unreachable: 'not-running',
  'not-json': 'wrong-service',
  'invalid-response': 'wrong-service',
  'body-too-long': 'wrong-service',
  redirect: 'wrong-service',
  // For a call, the path is wrong. A server that has none of the routes is another program.
  'wrong-path': 'wrong-service',
  platform: 'timeout',
  'tunnel-offline': 'not-running',
  'gateway-page': 'wrong-service',
  'sign-in-page': 'wrong-service',
  permission: 'auth-rejected',
  'origin-not-allowed': 'cors-disabled',
  'quota-exceeded': 'server-error',
  loading: 'server-error',
  'rate-limit': 'server-error',
}

/** Returns what an error means for the connection. The hint of the error comes first in the steps. */
export function diagnosisFromError(error: ProviderError): Diagnosis {
  const { code, name, message } = error
  const sharedCode = SHARED_CODES.find((shared) => shared === code)
  const diagnosisCode = isAccessReason(code) ? code : (DIAGNOSIS_CODES[code] ?? sharedCode ?? 'unknown')
  const diagnosis = createDiagnosis(diagnosisCode, message, [`${name}: ${message}`])
  const furtherSteps = diagnosis.code === code ? [] : diagnosis.steps
  return { ...diagnosis, steps: [...new Set([...splitHint(error), ...furtherSteps])] }
}

/** Returns why a server cannot be used, or `ok`. */
export function toDiagnosis({ isLMStudio, models, error, evidence }: Identity, endpoint: string): Diagnosis {
  if (error !== undefined) {
    const diagnosis = diagnosisFromError(error)
    const hasWrongPath = isLMStudio && diagnosis.code === 'wrong-service'
    if (!hasWrongPath) return { ...diagnosis, evidence }
    return createDiagnosis(
      'wrong-path',
      `LM Studio responds at ${endpoint}, but its API is not at this path.`,
      evidence,
    )
  }
  const { api, models: list } = models!
  if (list.length === 0) return createDiagnosis('no-models', `The server at ${endpoint} has no models.`, evidence)
  if (isLMStudio && api !== 'v1') {
    return createDiagnosis('old-version', `LM Studio at ${endpoint} is older than 0.4 and lacks /api/v1.`, evidence)
  }
  const server = isLMStudio ? 'LM Studio' : 'An OpenAI-compatible server'
  return createDiagnosis('ok', `${server} at ${endpoint} is ready.`, evidence)
}
