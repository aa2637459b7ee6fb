import type { Diagnosis } from '../types/diagnosis.js'
import { createDiagnosis, toDiagnosis } from './diagnosis.js'
import type { Identity } from './identify.js'

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
