import { describe, expect, it } from 'vitest'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT, testClient } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'

interface Row {
  readonly product: string
  readonly call?: 'complete' | 'embed' | 'listModels' | 'stream'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  readonly class: string
  readonly code: string
}

// Events of a stream, sockets and hints are checked in test/integration/error-corpus.test.ts, which is too slow to judge each rule.
const CORPUS = (fixtureJSON('errors/corpus.json') as readonly Row[]).filter(({ call }) => call !== 'stream')

const SPECS: Readonly<Record<string, RequestSpec>> = {
  complete: { method: 'POST', route: CHAT, kind: 'generation', body: '{}' },
  embed: { method: 'POST', route: '/v1/embeddings', kind: 'generation', body: '{}' },
  listModels: { method: 'GET', route: '/v1/models', kind: 'read' },
}

const errorOf = (status: number, body: unknown, { call = 'complete', headers = {} }: Partial<Row> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const fetch = async (): Promise<Response> =>
    new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } })
  return rejectionOf(testClient({ fetch, maxRetries: 0 }).requestJSON(SPECS[call]!))
}

describe('the errors of servers', () => {
  it.each(CORPUS.map((row, index) => [`${index}: ${row.product}`, row] as const))(
    'are classified, %s',
    async (_, row) => {
      expect(await errorOf(row.status, row.body, row)).toMatchObject({ name: row.class, code: row.code })
    },
  )
})
