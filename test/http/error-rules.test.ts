import { describe, expect, it } from 'vitest'
import type { RequestInfo } from '../../src/http/request-info.js'
import { isPage, readPage } from '../../src/http/page-text.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { context } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'

interface Row {
  readonly product: string
  readonly call?: 'complete' | 'embed' | 'listModels' | 'stream'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  readonly class: string
  readonly code: string
}

// With sockets, streams, redirects and hints in test/integration/error-corpus.test.ts, which is too slow to judge each rule.
const CORPUS = (fixtureJSON('errors/corpus.json') as readonly Row[]).filter(
  ({ call, status }) => call !== 'stream' && (status < 300 || status >= 400),
)

const CONTEXTS: Readonly<Record<string, RequestInfo>> = {
  embed: { ...context, route: '/v1/embeddings' },
  listModels: { ...context, method: 'GET', route: '/v1/models' },
}

function classify({ status, body, headers: init = {}, call = 'complete' }: Row) {
  const headers = new Headers(init)
  const page = typeof body === 'string' && isPage(body) ? { body: '', page: readPage(body, headers) } : { body }
  return errorFromResponse({ status, headers, ...page }, CONTEXTS[call] ?? context)
}

describe('the errors of servers', () => {
  it.each(CORPUS.map((row, index) => [`${index}: ${row.product}`, row] as const))('are classified, %s', (_, row) => {
    expect(classify(row)).toMatchObject({ name: row.class, code: row.code })
  })
})
