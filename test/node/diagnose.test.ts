import { describe, expect, test, vi } from 'vitest'
import { diagnoseFrom } from '../../src/node/diagnose.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { json, refused, stubFetch, type StubFetch } from '../helpers/client.js'
import { makePlaces } from './places.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

/** Responds as LM Studio that requires the token at this `host:port`, and refuses connections everywhere else. */
const network = (place: string): StubFetch =>
  stubFetch((request) => {
    const { host, pathname } = new URL(request.url)
    if (host !== place) throw refused()
    if (pathname === '/lmstudio-greeting') return json({ lmstudio: true })
    return request.headers.get('authorization') === `Bearer ${TOKEN}`
      ? json(fixtureJSON('models-v1.json'))
      : json(fixtureJSON('errors/auth-missing.json'), { status: 401 })
  })

describe('a diagnosis in Node uses what a provider there would use', () => {
  test.each([
    [
      'the endpoint and the token from the environment',
      { LMSTUDIO_ENDPOINT: 'http://127.0.0.1:4321', LM_API_TOKEN: TOKEN },
      'ok',
    ],
    [
      'the endpoint from the environment, without a token',
      { LMSTUDIO_ENDPOINT: 'http://127.0.0.1:4321' },
      'auth-required',
    ],
    ['the default endpoint', { LM_API_TOKEN: TOKEN }, 'not-running'],
  ])('%s', async (_, env, code) => {
    expect(await diagnoseFrom({ fetch: network('127.0.0.1:4321').fetch }, makePlaces(env))).toMatchObject({ code })
  })

  test('the endpoint from a config file', async () => {
    const places = makePlaces({ LM_API_TOKEN: TOKEN })
    places.project('lmstudio.config.json', '{ "endpoint": "http://127.0.0.1:4321" }')
    expect(await diagnoseFrom({ fetch: network('127.0.0.1:4321').fetch }, places)).toMatchObject({ code: 'ok' })
  })

  test('the options rather than any other source', async () => {
    const places = makePlaces({ LMSTUDIO_ENDPOINT: 'http://127.0.0.1:1' })
    const { fetch } = network('127.0.0.1:4321')
    const options = { endpoint: 'http://127.0.0.1:4321', apiToken: TOKEN, fetch }
    expect(await diagnoseFrom(options, places)).toMatchObject({ code: 'ok' })
  })
})

test('the time limit of a diagnosis does not come from the environment', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  try {
    const { fetch } = stubFetch(() => new Promise<Response>(() => {}))
    const diagnosis = diagnoseFrom({ fetch }, makePlaces({ LMSTUDIO_TIMEOUT: '60' }))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await diagnosis).toMatchObject({ code: 'timeout', summary: expect.stringContaining('5000 ms') })
  } finally {
    vi.useRealTimers()
  }
})

test.each([[null], ['http://127.0.0.1:1234'], [{ timeot: 5 }], [{ signal: 5 }], [{ prompt: 'yes' }]])(
  'rejects the options %j',
  async (options) => {
    const { fetch, requests } = network('127.0.0.1:1234')
    vi.stubGlobal('fetch', fetch)
    expect(await rejectionOf(diagnoseFrom(options as never, makePlaces()))).toMatchObject({
      name: 'ConfigurationError',
    })
    expect(requests).toEqual([])
    vi.unstubAllGlobals()
  },
)

test('rejects an invalid variable', async () => {
  const { fetch } = network('127.0.0.1:1234')
  const error = await rejectionOf(diagnoseFrom({ fetch }, makePlaces({ LMSTUDIO_TIMEOUT: 'soon' })))
  expect(error).toMatchObject({ name: 'ConfigurationError', source: 'LMSTUDIO_TIMEOUT in the environment' })
})
