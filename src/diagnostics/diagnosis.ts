import { hintFor, hintsFor } from '../errors/error-codes.js'
import type { ProviderError } from '../errors/provider-error.js'
import type { Identity } from './identify-server.js'
import type { Diagnosis, DiagnosisCode } from './types.js'

export function createDiagnosis(code: DiagnosisCode, summary: string, evidence: readonly string[] = []): Diagnosis {
  return { code, summary, steps: hintsFor(code), evidence }
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
  const own = hint.startsWith(usual) ? [...hintsFor(code), hint.slice(usual.length).trim()] : [hint]
  const more = diagnosis.code === code ? [] : diagnosis.steps
  return { ...diagnosis, steps: [...new Set([...own.filter(Boolean), ...more])] }
}

/** What keeps a server from being used, or `ok`. */
export function judge({ isLMStudio, models, error, evidence }: Identity, endpoint: string): Diagnosis {
  if (error !== undefined) {
    const diagnosis = toDiagnosis(error)
    const isElsewhere = isLMStudio && diagnosis.code === 'wrong-service'
    if (!isElsewhere) return { ...diagnosis, evidence }
    return createDiagnosis('wrong-path', `LM Studio answers at ${endpoint}, but its models are not there.`, evidence)
  }
  const { api, models: list } = models!
  if (list.length === 0) return createDiagnosis('no-models', `The server at ${endpoint} has no model.`, evidence)
  if (isLMStudio && api !== 'v1') {
    return createDiagnosis('old-version', `The LM Studio at ${endpoint} is older than 0.4: it lacks /api/v1.`, evidence)
  }
  return createDiagnosis(
    'ok',
    `${isLMStudio ? 'LM Studio' : 'An OpenAI-compatible server'} at ${endpoint} is ready.`,
    evidence,
  )
}
