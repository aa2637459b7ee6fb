import { type VerifyOptions, type VerifyReport, verifyServer } from '../../src/cli/verify/run.js'
import type { Finding } from '../../src/cli/verify/types.js'

/** Verifies a server with limits that no test reaches. */
export const verify = (endpoint: string, options: Partial<VerifyOptions> = {}): Promise<VerifyReport> =>
  verifyServer({
    provider: { endpoint },
    allowLoad: false,
    probeTimeout: 30_000,
    totalTimeout: 60_000,
    signal: new AbortController().signal,
    ...options,
  })

/** The findings with an outcome, as `probe: assumption (detail)`. */
export const findingsOf = ({ results }: Pick<VerifyReport, 'results'>, outcome: Finding['outcome']): string[] =>
  results.flatMap(({ probe, findings }) =>
    findings
      .filter((finding) => finding.outcome === outcome)
      .map(({ assumption, detail }) => `${probe}: ${assumption} (${detail})`),
  )

/** One finding, by the name of its probe and its id. */
export function findingOf({ results }: Pick<VerifyReport, 'results'>, probe: string, id: string): Finding {
  const finding = results.find((result) => result.probe === probe)?.findings.find((one) => one.id === id)
  if (finding === undefined) throw new Error(`There is no finding ${probe}/${id}`)
  return finding
}
