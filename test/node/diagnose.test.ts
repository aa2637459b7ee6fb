import { describe, expect, test, vi } from 'vitest'
import { diagnoseFrom } from '../../src/node/diagnose.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { json, refused, stubFetch, type StubFetch } from '../helpers/client.js'
import { makePlaces } from './places.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

/** LM Studio at this `host:port` that wants the token, and nothing anywhere else. */
const network = (place: string): StubFetch =>
  stubFetch((request) => {
    const { host, pathname } = new URL(request.url)
    if (host !== place) throw refused()
    if (pathname === '/lmstudio-greeting') return json({ lmstudio: true })
    return request.headers.get('authorization') === `Bearer ${TOKEN}`
      ? json(fixtureJSON('models-v1.json'))
      : json(fixtureJSON('errors/auth-missing.json'), { status: 401 })
  })

describe('a diagnosis in Node is of what a provider there would use', () => {
  test.each([
    [
      'the endpoint and the token of the environment',
      { LMSTUDIO_ENDPOINT: 'http://127.0.0.1:4321', LM_API_TOKEN: TOKEN },
      'ok',
    ],
    [
      'the endpoint of the environment, without a token',
      { LMSTUDIO_ENDPOINT: 'http://127.0.0.1:4321' },
      'auth-required',
    ],
    ['the default endpoint', { LM_API_TOKEN: TOKEN }, 'not-running'],
  ])('%s', async (_, env, code) => {
    expect(await diagnoseFrom({ fetch: network('127.0.0.1:4321').fetch }, makePlaces(env))).toMatchObject({ code })
  })

  test('the endpoint of a config file', async () => {
    const places = makePlaces({ LM_API_TOKEN: TOKEN })
    places.project('lmstudio.config.json', '{ "endpoint": "http://127.0.0.1:4321" }')
    expect(await diagnoseFrom({ fetch: network('127.0.0.1:4321').fetch }, places)).toMatchObject({ code: 'ok' })
  })

  test('the options before all others', async () => {
    const places = makePlaces({ LMSTUDIO_ENDPOINT: 'http://127.0.0.1:1' })
    const { fetch } = network('127.0.0.1:4321')
    const options = { endpoint: 'http://127.0.0.1:4321', apiToken: TOKEN, fetch }
    expect(await diagnoseFrom(options, places)).toMatchObject({ code: 'ok' })
  })
})

test('the time limit of a diagnosis is its own: nobody waits half a minute for it', async () => {
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
  'is refused for the options %j',
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

test('is refused for a setting that is wrong', async () => {
  const { fetch } = network('127.0.0.1:1234')
  const error = await rejectionOf(diagnoseFrom({ fetch }, makePlaces({ LMSTUDIO_TIMEOUT: 'soon' })))
  expect(error).toMatchObject({ name: 'ConfigurationError', source: 'LMSTUDIO_TIMEOUT in the environment' })
})
