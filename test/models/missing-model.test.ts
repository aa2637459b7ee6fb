import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ModelNotFoundError, NetworkError } from '../../src/errors/index.js'
import { explainMissingModel } from '../../src/models/missing-model.js'
import { settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, testClient, type StubResponse } from '../helpers/client.js'

const list = (...keys: string[]): Response => json({ models: keys.map((key) => ({ key, type: 'llm' })) })
const missing = new ModelNotFoundError('No.', {
  code: 'no-models-loaded',
  status: 404,
  serverMessage: 'no',
  endpoint: 'http://h:1',
  cause: new Error('inner'),
})

function setUp(response: StubResponse) {
  const stub = stubFetch(response)
  return { client: testClient({ fetch: stub.fetch, maxRetries: 3 }), requests: stub.requests }
}
const explain = (response: StubResponse, error: unknown = missing): Promise<unknown> =>
  rejectionOf(explainMissingModel(setUp(response).client, error, 'c'))

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('explainMissingModel', () => {
  it('adds the available models to the error and keeps everything else', async () => {
    const error = (await explain(list('a', 'b'))) as ModelNotFoundError
    expect(error).toBeInstanceOf(ModelNotFoundError)
    expect(error).toMatchObject({
      message: 'No. Available models: a, b.',
      code: 'no-models-loaded',
      status: 404,
      serverMessage: 'no',
      endpoint: 'http://h:1',
      model: 'c',
      availableModels: ['a', 'b'],
    })
    expect(error.hint).toBe(missing.hint)
    expect(error.cause).toBe(missing.cause)
  })

  it.each([
    [10, 'm0, m1, m2, m3, m4, m5, m6, m7, m8, m9.'],
    [11, 'm0, m1, m2, m3, m4, m5, m6, m7, m8, m9, ….'],
  ])('names at most ten of %i available models in the message', async (count, names) => {
    const ids = Array.from({ length: count }, (_, index) => `m${index}`)
    const error = (await explain(list(...ids))) as ModelNotFoundError
    expect(error.availableModels).toEqual(ids)
    expect(error.message).toBe(`No. Available models: ${names}`)
  })

  it('reports that the server has no models', async () => {
    expect(await explain(list())).toMatchObject({ message: 'No. The server has no models.', availableModels: [] })
  })

  it('rethrows the error unchanged if the models cannot be listed, without a retry', async () => {
    for (const response of [refused(), json({}, { status: 401 }), json({}, { status: 503 })]) {
      const { client, requests } = setUp(response)
      expect(await rejectionOf(explainMissingModel(client, missing, 'c'))).toBe(missing)
      expect(requests).toHaveLength(1)
    }
  })

  it('gives up after two seconds on a list that does not arrive', async () => {
    let thrown: unknown
    void explain(() => new Promise<Response>(() => {})).then((error) => (thrown = error))
    await settle()
    await vi.advanceTimersByTimeAsync(1_999)
    expect(thrown).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(thrown).toBe(missing)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sends the headers of the call, and no others', async () => {
    const { client, requests } = setUp(() => list('a'))
    await rejectionOf(explainMissingModel(client, missing, 'c', { headers: { 'x-trace': 'abc' } }))
    await rejectionOf(explainMissingModel(client, missing, 'c'))
    expect(requests.map(({ headers }) => headers.get('x-trace'))).toEqual(['abc', null])
  })

  it('rejects with the reason of the call’s signal and aborts the request for the list', async () => {
    const controller = new AbortController()
    let requested: AbortSignal | undefined
    const { client } = setUp((request) => ((requested = request.signal), new Promise(() => {})))
    const thrown = rejectionOf(explainMissingModel(client, missing, 'c', { signal: controller.signal }))
    await settle()
    controller.abort('enough')
    expect(await thrown).toBe('enough')
    expect(requested!.aborted).toBe(true)
  })

  it('rethrows other errors unchanged and sends nothing', async () => {
    const { client, requests } = setUp(() => list('a'))
    const explained = new ModelNotFoundError('x', { availableModels: [] })
    for (const other of [new NetworkError('x'), new Error('x'), 'x', undefined, explained])
      expect(await rejectionOf(explainMissingModel(client, other, 'c'))).toBe(other)
    expect(requests).toHaveLength(0)
  })
})
