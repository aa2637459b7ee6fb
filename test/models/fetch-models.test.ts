import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { fetchModels } from '../../src/models/fetch-models.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, testClient } from '../helpers/client.js'

const missing = (): Response => json({ error: 'Unexpected endpoint or method. (GET /x)' })
const [v1, v0, openai] = ['models-v1.json', 'models-v0.json', 'models-openai.json'].map(
  (name) => () => json(fixtureJSON(name)),
) as [() => Response, () => Response, () => Response]

async function ask(...answers: (Response | Error)[]) {
  const stub = stubFetch(...answers)
  const result = fetchModels(testClient({ fetch: stub.fetch, maxRetries: 0 }))
  const outcome = await result.then(
    (list) => ({ api: list.api, ids: list.models.map(({ id }) => id), error: undefined as unknown }),
    (error: unknown) => ({ api: undefined, ids: [], error }),
  )
  return { ...outcome, paths: stub.requests.map(({ url }) => new URL(url).pathname) }
}

describe('fetchModels', () => {
  it('takes the fullest list there is', async () => {
    expect(await ask(v1())).toMatchObject({
      api: 'v1',
      ids: ['acme/tern-4b', 'acme/heron-base', 'text-embedding-plover-v2'],
      paths: ['/api/v1/models'],
    })
  })

  it.each<[string, () => Response]>([
    ['the 200 of an older LM Studio', missing],
    ['a 404', () => new Response('', { status: 404 })],
    ['a 405', () => new Response('', { status: 405 })],
    ['a page with 200', () => new Response('<html>')],
    ['another shape', () => json({ list: [] })],
    ['an empty body', () => new Response('')],
  ])('goes on to the next list for %s', async (_, answer) => {
    expect(await ask(answer(), v0())).toMatchObject({ api: 'v0', paths: ['/api/v1/models', '/api/v0/models'] })
    expect(await ask(answer(), answer(), openai())).toMatchObject({
      api: 'openai',
      ids: ['acme/tern-4b', 'text-embedding-plover-v2'],
      paths: ['/api/v1/models', '/api/v0/models', '/v1/models'],
    })
  })

  it.each<[string, Response | Error, abstract new (...args: never[]) => errors.ProviderError]>([
    [
      '401',
      json({ error: { message: 'An LM Studio API token is required' } }, { status: 401 }),
      errors.AuthenticationError,
    ],
    ['403', json({}, { status: 403 }), errors.PermissionError],
    ['429', json({}, { status: 429 }), errors.RateLimitError],
    ['500', json({}, { status: 500 }), errors.NetworkError],
    ['503', json({}, { status: 503 }), errors.NetworkError],
    ['a refused connection', refused(), errors.ServiceNotFoundError],
  ])('takes %s for an answer, not for an older version', async (_, answer, type) => {
    const { error, paths } = await ask(answer)
    expect(error).toBeInstanceOf(type)
    expect(paths).toHaveLength(1)
  })

  it('fails when none of the lists is there', async () => {
    expect((await ask(missing())).error).toBeInstanceOf(errors.UnsupportedEndpointError)
    expect((await ask(new Response('<html>'))).error).toBeInstanceOf(errors.InvalidResponseError)
    expect((await ask(missing())).paths).toHaveLength(3)
  })

  it('takes an empty list for one', async () =>
    expect(await ask(json({ models: [] }))).toMatchObject({ api: 'v1', ids: [] }))

  it('hands on the reason of an abort', async () => {
    expect(
      await rejectionOf(
        fetchModels(testClient({ fetch: stubFetch(v1()).fetch }), { signal: AbortSignal.abort('enough') }),
      ),
    ).toBe('enough')
  })
})
