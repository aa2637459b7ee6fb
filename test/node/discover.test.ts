import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ConfigurationError, type LogEvent, type ServiceNotFoundError } from '../../src/index.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, type StubFetch } from '../helpers/client.js'
import { everything, makePlaces, type Places } from './places.js'

const CANARY = 'sk-lm-abcdefgh:canary0123456789'

let discoverFrom: typeof import('../../src/node/discover.js').discoverFrom
// A found server is remembered for the process: each test loads the module again.
beforeEach(async () => {
  vi.resetModules()
  ;({ discoverFrom } = await import('../../src/node/discover.js'))
})

/** Responds as LM Studio at these `host:port`s, and refuses connections everywhere else. */
function network(...hosts: string[]): StubFetch {
  return stubFetch((request) => {
    const { host, pathname } = new URL(request.url)
    if (!hosts.includes(host)) throw refused()
    return json(pathname === '/lmstudio-greeting' ? { lmstudio: true } : fixtureJSON('models-v1.json'))
  })
}

function install({ home }: Places, settings: object): string {
  const path = join(home, '.lmstudio/.internal/http-server-config.json')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(settings))
  return path
}

describe('of several servers', () => {
  const all = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', '127.0.0.1:4', '127.0.0.1:1234', '127.0.0.1:5']

  const places = (): Places => {
    const found = makePlaces({ LMSTUDIO_ENDPOINT: 'http://127.0.0.1:2' })
    found.project('lmstudio.config.json', '{ "endpoint": "http://127.0.0.1:3" }')
    install(found, { port: 4 })
    return found
  }
  const options = { endpoint: 'http://127.0.0.1:1', ports: [5] }

  test.each([
    ['the option', all, '127.0.0.1:1', 'the option endpoint'],
    ['the environment', all, '127.0.0.1:2', 'LMSTUDIO_ENDPOINT in the environment'],
    ['the config file', all, '127.0.0.1:3', 'lmstudio.config.json, line 1'],
    ['LM Studio’s own settings', all.slice(3), '127.0.0.1:4', 'http-server-config.json'],
    ['the default port', all.slice(4), '127.0.0.1:1234', 'the default address'],
    ['the option ports', all.slice(5), '127.0.0.1:5', 'the option ports'],
  ])('the one from %s is used if none with higher preference responds', async (name, hosts, host, source) => {
    const here = places()
    if (name === 'the config file') here.env['LMSTUDIO_ENDPOINT'] = ''
    const { fetch } = network(...hosts)
    const found = await discoverFrom(
      { ...options, ...(name === 'the option' ? {} : { endpoint: undefined }), fetch },
      here,
    )
    expect(found).toMatchObject({ endpoint: `http://${host}`, isLMStudio: true, api: 'v1' })
    expect(found.source).toContain(source)
  })

  test('the option replaces the endpoint from the environment, as for a provider', async () => {
    const { fetch, requests } = network('127.0.0.1:2')
    await rejectionOf(discoverFrom({ ...options, fetch }, places()))
    expect(requests.map(({ url }) => new URL(url).host)).not.toContain('127.0.0.1:2')
  })
})

describe('the token', () => {
  test.each([
    ['LMSTUDIO_ENDPOINT', makePlaces, '127.0.0.1:4321'],
    ['nothing', makePlaces, undefined],
  ])('from the environment is sent only to the endpoint from %s', async (name, make, host) => {
    const places = make({ LM_API_TOKEN: CANARY, ...(host === undefined ? {} : { [name]: `http://${host}` }) })
    install(places, { port: 5432 })
    const { fetch, requests } = network()
    const events: LogEvent[] = []
    const error = await rejectionOf(
      discoverFrom({ fetch, ports: [7000], hosts: ['gpu-box'], logger: (event) => void events.push(event) }, places),
    )
    const given = requests.filter(({ headers }) => headers.has('authorization')).map(({ url }) => new URL(url).host)
    expect(given).toEqual(host === undefined ? [] : [host])
    expect(new Set(requests.map(({ url }) => new URL(url).host)).size).toBe(host === undefined ? 7 : 8)
    expect(everything(error as Error) + JSON.stringify(events)).not.toContain(CANARY)
  })
})

describe('if no server is found', () => {
  const failure = async (places: Places, fetch = network().fetch): Promise<ServiceNotFoundError> =>
    (await rejectionOf(discoverFrom({ fetch }, places))) as ServiceNotFoundError

  test('the error lists every address with its source and what happened there', async () => {
    const places = makePlaces({ LMSTUDIO_ENDPOINT: 'http://127.0.0.1:4321/v1' })
    const path = install(places, { port: 5432, networkInterface: '0.0.0.0' })
    const { name, code, attempts } = await failure(places)
    expect({ name, code }).toEqual({ name: 'ServiceNotFoundError', code: 'not-running' })
    expect(attempts?.map(({ endpoint, source }) => [endpoint, source])).toEqual([
      ['http://127.0.0.1:4321', 'LMSTUDIO_ENDPOINT in the environment'],
      ['http://127.0.0.1:5432', path],
      ['http://127.0.0.1:1234', 'the default address'],
      ['http://localhost:1234', 'the default address'],
      ['http://[::1]:1234', 'the default address'],
    ])
    expect(attempts?.[0]).toMatchObject({
      code: 'not-running',
      reason: expect.stringContaining('Nothing is listening at http://127.0.0.1:4321') as string,
    })
  })

  test('the hint says how to start the server', async () => {
    const { hint, message } = await failure(makePlaces())
    expect(hint).toContain('lms server start')
    expect(hint).not.toContain('installed')
    expect(message).toContain('http-server-config.json cannot be read (ENOENT).')
  })

  test('and LM Studio is installed, the hint says that its server is not running', async () => {
    const places = makePlaces()
    const path = install(places, { port: 1234, cors: false })
    const { hint, message } = await failure(places)
    expect(hint).toMatch(/^LM Studio is installed on this machine, but its server is not running\. .*lms server start/)
    expect(message).toContain(`CORS is off in ${path}`)
  })

  test('and LM Studio’s settings are invalid, the message says so', async () => {
    const places = makePlaces()
    const path = install(places, [])
    expect((await failure(places)).message).toContain(`${path} does not contain a port.`)
  })
})

test('CORS that is off in the settings is logged if the server of these settings is found', async () => {
  const places = makePlaces()
  install(places, { port: 4321, cors: false })
  const events: LogEvent[] = []
  const logger = (event: LogEvent): void => void events.push(event)
  const logged = (): LogEvent[] => events.filter(({ type }) => type === 'diagnosis')

  await discoverFrom({ fetch: network('127.0.0.1:1234').fetch, logger }, places)
  expect(logged()).toEqual([])
  await discoverFrom({ fetch: network('127.0.0.1:4321').fetch, logger }, places)
  expect(logged()).toMatchObject([{ level: 'info', code: 'cors-disabled' }])
})

describe('an endpoint outside the private network', () => {
  const remote = 'https://lm.example.org'

  test('from a variable is rejected, and nothing is sent', async () => {
    const { fetch, requests } = network()
    const error = await rejectionOf(discoverFrom({ fetch }, makePlaces({ LMSTUDIO_ENDPOINT: remote })))
    expect(error).toMatchObject({ name: ConfigurationError.errorName, source: 'LMSTUDIO_ENDPOINT in the environment' })
    expect(requests).toEqual([])
  })

  test('is probed if the option or a file allows it, and logged as a security event', async () => {
    const events: LogEvent[] = []
    const places = makePlaces()
    places.user('config.json', `{ "allow_remote": true, "endpoint": "${remote}" }`)
    const { fetch } = network('lm.example.org')
    const logger = (event: LogEvent): void => void events.push(event)
    expect(await discoverFrom({ fetch, logger }, places)).toMatchObject({ endpoint: remote })
    expect(events).toContainEqual(expect.objectContaining({ type: 'security', code: 'remote-endpoint' }))
    const byOption = makePlaces({ LMSTUDIO_ENDPOINT: remote })
    expect(await discoverFrom({ fetch, allowRemote: true }, byOption)).toMatchObject({ endpoint: remote })
  })
})

test.each([[null], [{ port: 1234 }], [{ ports: [0] }], [{ timeout: -1 }], [{ logger: 5 }]])(
  'rejects the options %j',
  async (options) => {
    expect(await rejectionOf(discoverFrom(options as never, makePlaces()))).toMatchObject({
      name: ConfigurationError.errorName,
    })
  },
)

test('probes the server it found again, and forgets it once LM Studio’s settings have another port', async () => {
  const places = makePlaces()
  install(places, { port: 4321 })
  const { fetch, requests } = network('127.0.0.1:1234', '127.0.0.1:5432')
  expect(await discoverFrom({ fetch }, places)).toMatchObject({ endpoint: 'http://127.0.0.1:1234' })
  const before = requests.length
  await discoverFrom({ fetch }, places)
  expect(new Set(requests.slice(before).map(({ url }) => new URL(url).host))).toEqual(new Set(['127.0.0.1:1234']))
  install(places, { port: 5432 })
  expect(await discoverFrom({ fetch }, places)).toMatchObject({ endpoint: 'http://127.0.0.1:5432' })
})
