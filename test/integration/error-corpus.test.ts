import { describe, expect, test } from 'vitest'
import * as library from 'lmstudio-provider'
import { hintFor } from '../../src/errors/error-codes.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { type AnyError, caught } from './support/caught.js'
import { connect, HELLO } from './support/provider.js'
import { serve } from './support/servers.js'

/** An error of a server, from a public report; names and numbers are invented. */
interface Row {
  readonly product: string
  readonly version: string
  readonly call?: 'complete' | 'stream' | 'embed' | 'listModels'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  readonly class: 'ApiError'
  readonly code: string
  readonly hintMatches: string
}

const CLASSES = { ...library }
const CORPUS = fixtureJSON('errors/corpus.json') as readonly Row[]

async function errorOf({ call = 'complete', status, headers, body }: Row): Promise<AnyError> {
  const server = await serve((request, response) => {
    request.resume()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })
  const lmstudio = connect(server, { maxRetries: 0 })
  if (call === 'embed') return caught(lmstudio.embed({ model: 'acme/plover-embed', input: ['gull', 'tern'] }))
  if (call === 'listModels') return caught(lmstudio.listModels())
  return call === 'stream' ? caught(lmstudio.stream(HELLO).response) : caught(lmstudio.complete(HELLO))
}

const describeRow = ({ product, version, status, body }: Row): string =>
  `${product} ${version}, ${status}: ${(typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 90)}`

describe('the errors of servers', () => {
  test.each(CORPUS.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const error = await errorOf(row)
    expect([error.name, error.code]).toEqual([row.class, row.code])
    expect(error).toBeInstanceOf(CLASSES[row.class])
    expect(error.hint).toMatch(new RegExp(row.hintMatches))
    expect(error.message).toMatch(/^The (server|response|connection) /)
  })

  test('come from many servers', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(200)
    expect(new Set(CORPUS.map(({ product }) => product)).size).toBeGreaterThanOrEqual(25)
  })

  test('name LM Studio in a hint only as an aside, unless it is LM Studio that answered', async () => {
    const codes = new Set(CORPUS.filter(({ product }) => !product.startsWith('LM Studio')).map(({ code }) => code))
    for (const code of codes) {
      const hint = hintFor(code as library.ErrorCode)
      expect(hint.replaceAll(/\(in LM Studio: [^)]*\)|In LM Studio[ ,(][^.]*\.|such as LM Studio/gi, '')).not.toContain(
        'LM Studio',
      )
    }
  })
})
