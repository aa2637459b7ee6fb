import type { Config } from '../config/options.js'
import { hintsFor } from '../errors/error-codes.js'
import { checkCORS } from './cors-check.js'
import { pageAccess } from './page-access.js'
import type { Diagnosis } from './types.js'

/** Extends a diagnosis by whether a browser would let pages of an origin use the server. */
export async function diagnoseOrigin(
  diagnosis: Diagnosis,
  config: Config,
  origin: string,
  signal: AbortSignal | undefined,
): Promise<Diagnosis> {
  const { endpoint } = config
  const access = pageAccess(origin, endpoint)
  const { problems, evidence: corsEvidence } = await checkCORS(config, origin, signal)
  const canRead = problems.length === 0
  const verdict = canRead
    ? `CORS: a browser lets pages of ${origin} read the responses.`
    : `CORS: a browser does not let pages of ${origin} read the responses: ${problems.map(({ what }) => what).join('; ')}.`
  const evidence = [...diagnosis.evidence, ...corsEvidence, verdict, ...access.evidence]
  const corsSteps = [
    ...(problems.some(({ isOff }) => isOff) ? hintsFor('cors-disabled') : []),
    ...problems.map(({ step }) => step),
  ]
  if (access.block !== undefined) {
    const { code, why } = access.block
    const summary = `Pages of ${origin} cannot reach ${endpoint}: ${why}.`
    return { code, summary, steps: [...new Set([...hintsFor(code), ...corsSteps])], evidence }
  }
  if (canRead) return { ...diagnosis, evidence }
  const summary = `Pages of ${origin} cannot use ${endpoint}: ${problems[0]!.what}.`
  return { code: 'cors-disabled', summary, steps: [...new Set(corsSteps)], evidence }
}
