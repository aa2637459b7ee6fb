import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findingsOf, verify } from '../helpers/verify.js'
import type { VerifyReport } from '../../src/cli/verify/run.js'
import { PROBES } from '../../src/cli/verify/probes/index.js'

/**
 * The suite of `npm run verify` as tests, against a server that runs:
 * `LMSTUDIO_VERIFY_ENDPOINT=http://127.0.0.1:1234 npx vitest run --project node test/integration/real-server.test.ts`.
 * `LMSTUDIO_VERIFY_MODEL`, `LMSTUDIO_VERIFY_EMBEDDING_MODEL`, `LMSTUDIO_VERIFY_API_TOKEN` and
 * `LMSTUDIO_VERIFY_ALLOW_LOAD=1` are its options.
 */
const { LMSTUDIO_VERIFY_ENDPOINT: endpoint, LMSTUDIO_VERIFY_API_TOKEN: apiToken } = process.env
const { LMSTUDIO_VERIFY_MODEL: model, LMSTUDIO_VERIFY_EMBEDDING_MODEL: embeddingModel } = process.env
const allowLoad = process.env['LMSTUDIO_VERIFY_ALLOW_LOAD'] === '1'

const TOTAL_MS = 15 * 60_000
// One skipped test is enough to say that nothing was checked.
const probes = endpoint === undefined ? ['every probe'] : PROBES.map((probe) => probe.name)
const name = endpoint === undefined ? 'a real server (needs LMSTUDIO_VERIFY_ENDPOINT)' : `the server at ${endpoint}`

describe.skipIf(endpoint === undefined)(name, () => {
  const interrupt = new AbortController()
  let report: VerifyReport
  beforeAll(async () => {
    report = await verify(endpoint!, {
      provider: { endpoint, apiToken },
      model,
      embeddingModel,
      allowLoad,
      probeTimeout: 120_000,
      totalTimeout: TOTAL_MS,
      signal: interrupt.signal,
    })
  }, TOTAL_MS + 10_000)
  afterAll(() => interrupt.abort())

  test.each(probes)('%s: every assumption that could be tried holds', (probe) => {
    const results = report.results.filter((result) => result.probe === probe)
    expect(findingsOf({ results }, 'failed')).toEqual([])
  })
})
