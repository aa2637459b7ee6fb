import { describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { fetchModels } from '../../src/models/fetch-models.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, testClient } from '../helpers/client.js'

const missing = (): Response => json({ error: 'Unexpected endpoint or method. (GET /x)' })
const [v1, v0, openai] = ['models-v1.json', 'models-v0.json', 'models-openai.json'].map(
  (name) => () => json(fixtureJSON(name)),
) as [() => Response, () => Response, () => Response]

async function fetchWith(...responses: (Response | Error)[]) {
  const stub = stubFetch(...responses)
  const result = fetchModels(testClient({ fetch: stub.fetch, maxRetries: 0 }))
  const outcome = await result.then(
    (list) => ({ api: list.api, ids: list.models.map(({ id }) => id), error: undefined as unknown }),
    (error: unknown) => ({ api: undefined, ids: [], error }),
  )
  return { ...outcome, paths: stub.requests.map(({ url }) => new URL(url).pathname) }
}

describe('fetchModels', () => {
  it('returns the v1 list without requesting another one', async () => {
    expect(await fetchWith(v1())).toMatchObject({
      api: 'v1',
      ids: ['acme/tern-4b', 'acme/heron-base', 'text-embedding-plover-v2'],
      paths: ['/api/v1/models'],
    })
  })

  it.each<[string, () => Response]>([
    ['the 200 with an error of an older LM Studio', missing],
    ['a 404', () => new Response('', { status: 404 })],
    ['a 405', () => new Response('', { status: 405 })],
    ['a web page with status 200', () => new Response('<html>')],
    ['a body of another shape', () => json({ list: [] })],
    ['an empty body', () => new Response('')],
  ])('requests the next list after %s', async (_, response) => {
    expect(await fetchWith(response(), v0())).toMatchObject({ api: 'v0', paths: ['/api/v1/models', '/api/v0/models'] })
    expect(await fetchWith(response(), response(), openai())).toMatchObject({
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
  ])('fails for %s without requesting another list', async (_, response, type) => {
    const { error, paths } = await fetchWith(response)
    expect(error).toBeInstanceOf(type)
    expect(paths).toHaveLength(1)
  })

  it('fails with the error of the last list if the server has none of them', async () => {
    expect((await fetchWith(missing())).error).toBeInstanceOf(errors.UnsupportedEndpointError)
    expect((await fetchWith(new Response('<html>'))).error).toBeInstanceOf(errors.InvalidResponseError)
    expect((await fetchWith(missing())).paths).toHaveLength(3)
  })

  it('does not request another list after one that is too long', async () => {
    const tooLong = new errors.InvalidResponseError('Too long.', { code: 'body-too-long' })
    const requestJSON = vi.fn(() => Promise.reject(tooLong))
    expect(await rejectionOf(fetchModels({ ...testClient({}), requestJSON }))).toBe(tooLong)
    expect(requestJSON).toHaveBeenCalledTimes(1)
  })

  it('keeps the body of the response', async () => {
    const { body } = await fetchModels(testClient({ fetch: stubFetch(v1()).fetch }))
    expect(body).toEqual(fixtureJSON('models-v1.json'))
  })

  it('accepts an empty list', async () =>
    expect(await fetchWith(json({ models: [] }))).toMatchObject({ api: 'v1', ids: [] }))

  it('rejects with the reason of an abort', async () => {
    expect(
      await rejectionOf(
        fetchModels(testClient({ fetch: stubFetch(v1()).fetch }), { signal: AbortSignal.abort('enough') }),
      ),
    ).toBe('enough')
  })
})

describe('odd lists', () => {
  const gone = (): Response => new Response('', { status: 404 })

  it.each([
    { data: ['a', 'b'] },
    { models: ['a', 'b'] },
    { data: [{ name: 'a' }, { model: 'b' }] },
    { models: [{ name: 'a' }, { model: 'b' }] },
    ['a', 'b'],
  ])('reads %j', async (body) => {
    expect(await fetchWith(gone(), gone(), json(body))).toMatchObject({ api: 'openai', ids: ['a', 'b'] })
  })

  it('reads null as an empty list', async () => {
    expect(await fetchWith(json({ models: null }))).toMatchObject({ api: 'v1', ids: [], paths: ['/api/v1/models'] })
  })

  it.each([{}, { models: [{ size: 1 }] }, { models: 7 }])('names the list that cannot be read: %j', async (body) => {
    const { error } = await fetchWith(json(body), gone(), gone())
    expect(error).toMatchObject({ name: 'InvalidResponseError' })
    expect((error as Error).message).toContain('/api/v1/models')
    const last = await fetchWith(gone(), gone(), json(body.models === undefined ? {} : { data: body.models }))
    expect((last.error as Error).message).toContain('/v1/models')
  })
})
