import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError, ServiceNotFoundError } from '../../src/errors/index.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, type StubFetch } from '../helpers/client.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
type Kind = 'lmstudio' | 'openai' | 'locked' | 'page'

/** Servers by `host:port`; nothing listens anywhere else. */
function network(servers: Record<string, Kind>): StubFetch {
  return stubFetch((request) => {
    const { host, pathname } = new URL(request.url)
    const kind = servers[host]
    if (kind === undefined) throw refused()
    if (kind === 'page') return new Response('<html>')
    if (kind === 'openai')
      return pathname === '/v1/models' ? json(fixtureJSON('models-openai.json')) : new Response('', { status: 404 })
    if (pathname === '/lmstudio-greeting') return json({ lmstudio: true })
    return kind === 'locked'
      ? json(fixtureJSON('errors/auth-missing.json'), { status: 401 })
      : json(fixtureJSON('models-v1.json'))
  })
}

let discover: typeof import('../../src/diagnostics/discover.js').discover
let diagnose: typeof import('../../src/diagnostics/diagnose.js').diagnose
// What was found is remembered for the process: each test begins anew.
beforeEach(async () => {
  vi.resetModules()
  ;({ discover } = await import('../../src/diagnostics/discover.js'))
  ;({ diagnose } = await import('../../src/diagnostics/diagnose.js'))
})

const named = (name: string): unknown => expect.objectContaining({ name })

describe('discover', () => {
  it('finds LM Studio at its usual address', async () => {
    expect(await discover({ fetch: network({ '127.0.0.1:1234': 'lmstudio' }).fetch })).toMatchObject({
      endpoint: 'http://127.0.0.1:1234',
      isLMStudio: true,
      api: 'v1',
    })
  })

  it.each<[string, Record<string, Kind>, object, string]>([
    ['by the name localhost', { 'localhost:1234': 'lmstudio' }, {}, 'http://localhost:1234'],
    ['by IPv6', { '[::1]:1234': 'lmstudio' }, {}, 'http://[::1]:1234'],
    ['at another port', { '127.0.0.1:4321': 'lmstudio' }, { ports: [4321] }, 'http://127.0.0.1:4321'],
    ['on another host', { 'gpu-box:1234': 'lmstudio' }, { hosts: ['gpu-box'] }, 'http://gpu-box:1234'],
    ['on another host and port', { 'gpu-box:99': 'lmstudio' }, { hosts: ['gpu-box:99'] }, 'http://gpu-box:99'],
    [
      'where it is said to be',
      { '192.168.1.20:1234': 'lmstudio', '127.0.0.1:1234': 'lmstudio' },
      { endpoint: 'http://192.168.1.20:1234/v1' },
      'http://192.168.1.20:1234',
    ],
    [
      'before something else',
      { '127.0.0.1:1234': 'openai', '127.0.0.1:4321': 'lmstudio' },
      { ports: [4321] },
      'http://127.0.0.1:4321',
    ],
    ['that wants a token', { '127.0.0.1:1234': 'locked' }, {}, 'http://127.0.0.1:1234'],
  ])('finds it %s', async (_, servers, options, endpoint) => {
    expect(await discover({ fetch: network(servers).fetch, ...options })).toMatchObject({ endpoint, isLMStudio: true })
  })

  it('takes another server where there is no LM Studio', async () => {
    expect(
      await discover({ fetch: network({ 'localhost:1234': 'openai', '127.0.0.1:1234': 'page' }).fetch }),
    ).toMatchObject({ endpoint: 'http://localhost:1234', isLMStudio: false, api: 'openai' })
  })

  it('hands the token only to the endpoint that was given', async () => {
    const { fetch, requests } = network({ '127.0.0.1:1234': 'lmstudio' })
    await discover({
      fetch,
      endpoint: 'http://localhost:5000',
      apiToken: TOKEN,
      headers: { 'x-key': TOKEN },
      ports: [6000],
    })
    for (const { url, headers } of requests) {
      const isGiven = new URL(url).host === 'localhost:5000'
      expect(headers.get('authorization') !== null, url).toBe(isGiven)
      expect(headers.get('x-key') !== null, url).toBe(isGiven)
    }
    expect(new Set(requests.map(({ url }) => new URL(url).host)).size).toBeGreaterThan(3)
  })

  it('says what it tried when it finds nothing', async () => {
    const error = await rejectionOf(discover({ fetch: network({ '127.0.0.1:4321': 'page' }).fetch, ports: [4321] }))
    expect(error).toEqual(named(ServiceNotFoundError.errorName))
    for (const endpoint of [
      'http://127.0.0.1:1234',
      'http://localhost:1234',
      'http://[::1]:1234',
      'http://127.0.0.1:4321',
    ]) {
      expect((error as Error).message).toContain(endpoint)
    }
  })

  it('remembers what it found, but asks it again', async () => {
    const { fetch, requests } = network({ '127.0.0.1:4321': 'lmstudio' })
    await discover({ fetch, ports: [4321] })
    const before = requests.length
    expect(await discover({ fetch, ports: [4321] })).toMatchObject({ endpoint: 'http://127.0.0.1:4321' })
    expect(new Set(requests.slice(before).map(({ url }) => new URL(url).host))).toEqual(new Set(['127.0.0.1:4321']))
    expect(await discover({ fetch: network({ '127.0.0.1:1234': 'lmstudio' }).fetch, ports: [4321] })).toMatchObject({
      endpoint: 'http://127.0.0.1:1234',
    })
  })

  it('prefers a given endpoint to what it remembers', async () => {
    const { fetch } = network({ '127.0.0.1:1234': 'lmstudio', '127.0.0.1:4321': 'lmstudio' })
    await discover({ fetch })
    expect(await discover({ fetch, endpoint: 'http://127.0.0.1:4321' })).toMatchObject({
      endpoint: 'http://127.0.0.1:4321',
    })
  })

  it('takes LM Studio when that has come to where only something else was', async () => {
    const options = { ports: [4321] }
    expect(await discover({ ...options, fetch: network({ '127.0.0.1:1234': 'openai' }).fetch })).toMatchObject({
      isLMStudio: false,
    })
    const { fetch } = network({ '127.0.0.1:1234': 'openai', '127.0.0.1:4321': 'lmstudio' })
    expect(await discover({ ...options, fetch })).toMatchObject({ endpoint: 'http://127.0.0.1:4321' })
    const gone = network({ '127.0.0.1:1234': 'lmstudio', '127.0.0.1:4321': 'openai' })
    expect(await discover({ ...options, fetch: gone.fetch })).toMatchObject({ endpoint: 'http://127.0.0.1:1234' })
  })

  it('does not take LM Studio for found at a path it does not know', async () => {
    const { fetch } = stubFetch((request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith('/wrong/')) throw refused()
      return json({ error: `Unexpected endpoint or method. (GET ${pathname})` })
    })
    const error = await rejectionOf(discover({ fetch, endpoint: 'http://127.0.0.1:1234/wrong' }))
    expect(error).toEqual(named(ServiceNotFoundError.errorName))
  })

  it('tries a range of ports on this machine only, eight at a time, and tells a long one as one', async () => {
    let [open, most] = [0, 0]
    const { fetch, requests } = stubFetch(async () => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      throw refused()
    })
    const range = { from: 4000, to: 4999 }
    const { message } = (await rejectionOf(discover({ fetch, ports: range, hosts: ['gpu-box'] }))) as Error
    expect(requests.length).toBe(1004)
    expect(requests.filter(({ url }) => url.includes('gpu-box')).map(({ url }) => new URL(url).port)).toEqual(['1234'])
    expect(most).toBeLessThanOrEqual(8)
    expect(message).toContain('http://127.0.0.1:4000 to http://127.0.0.1:4999 (the option ports): 1000 addresses')
    expect(message.length).toBeLessThan(2_000)
  })

  it('tells a port of a range that is not like the others by itself', async () => {
    const { fetch } = network({ '127.0.0.1:4050': 'page' })
    const { message } = (await rejectionOf(discover({ fetch, ports: { from: 4000, to: 4099 } }))) as Error
    for (const part of [
      'http://127.0.0.1:4000 to http://127.0.0.1:4049',
      '4050 (the option ports): The response is a web page',
    ])
      expect(message).toContain(part)
    expect(message).toContain('http://127.0.0.1:4051 to http://127.0.0.1:4099')
  })

  it.each<[string, object, string]>([
    ['a signal that is none', { signal: 5 }, ConfigurationError.errorName],
    ['a range that is too long', { ports: { from: 1000, to: 2000 } }, ConfigurationError.errorName],
    ['a range that is turned around', { ports: { from: 2000, to: 1999 } }, ConfigurationError.errorName],
    ['a range without an end', { ports: { from: 2000 } }, ConfigurationError.errorName],
    ['a range with a step', { ports: { from: 1, to: 9, step: 2 } }, ConfigurationError.errorName],
    ['too many ports', { ports: Array.from({ length: 1001 }, (_, i) => i + 1) }, ConfigurationError.errorName],
    ['ports that are a number', { ports: 1234 }, ConfigurationError.errorName],
    ['a public address', { hosts: ['8.8.8.8'] }, ConfigurationError.errorName],
    ['a token that cannot stand in a header', { apiToken: 'a b' }, ConfigurationError.errorName],
    ['headers that are none', { headers: { 'a b': 'c' } }, ConfigurationError.errorName],
    ['an endpoint that is none', { endpoint: null }, ConfigurationError.errorName],
    ['a port that is none', { ports: [0] }, ConfigurationError.errorName],
    ['a port that is too high', { ports: [70_000] }, ConfigurationError.errorName],
    ['a port that is a text', { ports: ['1234'] }, ConfigurationError.errorName],
    ['a public host', { hosts: ['lm.example.org'] }, ConfigurationError.errorName],
    ['a metadata address', { hosts: ['169.254.169.254'] }, ConfigurationError.errorName],
    ['an option there is not', { port: 1234 }, ConfigurationError.errorName],
  ])('rejects for %s, and sends nothing', async (_, options, name) => {
    const { fetch, requests } = network({})
    expect(await rejectionOf((async () => discover({ fetch, ...options } as never))())).toEqual(named(name))
    expect(requests).toHaveLength(0)
  })

  it.each([
    'http://gpu-box',
    'http://127.0.0.1:4321',
    'gpu-box/llm',
    'gpu-box?key=hunter2',
    'gpu-box#hunter2',
    'me:hunter2@gpu-box',
    '@gpu-box',
    'gpu-box\\llm',
    'gpu box',
    ' gpu-box',
    'gpu-box:',
    'gpu-box:0',
    'gpu-box:65536',
    'gpu-box:hunter2',
    '*',
    '',
    '[::1',
    '::1]',
    '[gpu-box]',
    '1::2::3',
    '127.0.0.1\n',
  ])('rejects for the host %j, saying what a host is and quoting no secret, and sends nothing', async (host) => {
    const { fetch, requests } = network({})
    const error = (await rejectionOf(discover({ fetch, hosts: ['nas.lan', host] }))) as ConfigurationError
    expect(error).toEqual(named(ConfigurationError.errorName))
    expect(error.source).toBe('the option hosts[1]')
    expect(error.hint).toContain('`endpoint`')
    expect(error.message + error.hint).not.toContain('hunter2')
    expect(requests).toHaveLength(0)
  })

  it.each([
    ['fd12::20', 'http://[fd12::20]:1234'],
    ['[fd12::20]', 'http://[fd12::20]:1234'],
    ['[fd12::20]:4321', 'http://[fd12::20]:4321'],
    ['gpu-box', 'http://gpu-box:1234'],
    ['gpu-box.lan:4321', 'http://gpu-box.lan:4321'],
    ['GPU_BOX', 'http://gpu_box:1234'],
    ['192.168.1.20', 'http://192.168.1.20:1234'],
  ])('tries the host %s as %s', async (host, endpoint) => {
    const { host: address } = new URL(endpoint)
    const { fetch } = network({ [address]: 'lmstudio' })
    expect(await discover({ fetch, hosts: [host] })).toMatchObject({ endpoint, source: 'the option hosts' })
  })

  it('ends at once when the caller aborts', async () => {
    expect(await rejectionOf(discover({ fetch: network({}).fetch, signal: AbortSignal.abort('enough') }))).toBe(
      'enough',
    )
    const controller = new AbortController()
    const { fetch } = stubFetch(() => new Promise<Response>(() => {}))
    const search = rejectionOf(discover({ fetch, signal: controller.signal }))
    controller.abort('enough')
    expect(await search).toBe('enough')
  })
})

describe('diagnose', () => {
  it.each<[string, Record<string, Kind>, string]>([
    ['a server that is ready', { '127.0.0.1:1234': 'lmstudio' }, 'ok'],
    ['another that is ready', { '127.0.0.1:1234': 'openai' }, 'ok'],
    ['one that wants a token', { '127.0.0.1:1234': 'locked' }, 'auth-required'],
    ['another program', { '127.0.0.1:1234': 'page' }, 'wrong-service'],
    ['nothing', {}, 'not-running'],
  ])('says of %s what it is', async (_, servers, code) => {
    const diagnosis = await diagnose({ fetch: network(servers).fetch })
    expect(diagnosis.code).toBe(code)
    expect(diagnosis.summary.length).toBeGreaterThan(10)
    expect(diagnosis.evidence.length).toBeGreaterThan(0)
    expect(diagnosis.steps.length > 0).toBe(code !== 'ok')
  })

  it('rejects for wrong options, and with the reason of an abort', async () => {
    expect(await rejectionOf(diagnose({ timeout: -1 }))).toEqual(named(ConfigurationError.errorName))
    expect(await rejectionOf(diagnose({ signal: AbortSignal.abort('enough') }))).toBe('enough')
  })

  it('sends nothing where that would make the browser ask, unless it may', async () => {
    vi.stubGlobal('document', {})
    vi.stubGlobal('location', new URL('https://app.example.org/'))
    vi.stubGlobal('navigator', { permissions: { query: async () => ({ state: 'prompt' }) } })
    const { fetch, requests } = network({ '127.0.0.1:1234': 'lmstudio' })
    expect(await diagnose({ fetch })).toMatchObject({ code: 'permission-required' })
    expect(requests).toHaveLength(0)
    expect(await diagnose({ fetch, prompt: true })).toMatchObject({ code: 'ok' })
    vi.unstubAllGlobals()
  })
})
