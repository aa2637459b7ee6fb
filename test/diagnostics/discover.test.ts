import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { BrowserAccessError, ConfigurationError, ProviderError, ServiceNotFoundError } from '../../src/errors/index.js'
import { settle } from '../helpers/deferred.js'
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
// `discover` remembers what it found, so each test needs a new module.
beforeEach(async () => {
  vi.resetModules()
  ;({ discover } = await import('../../src/diagnostics/discover.js'))
  ;({ diagnose } = await import('../../src/diagnostics/diagnose.js'))
})

const named = (name: string): unknown => expect.objectContaining({ name })

describe('discover', () => {
  it('finds LM Studio at the default address', async () => {
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
      'at the given endpoint',
      { '192.168.1.20:1234': 'lmstudio', '127.0.0.1:1234': 'lmstudio' },
      { endpoint: 'http://192.168.1.20:1234/v1' },
      'http://192.168.1.20:1234',
    ],
    [
      'in preference to another server',
      { '127.0.0.1:1234': 'openai', '127.0.0.1:4321': 'lmstudio' },
      { ports: [4321] },
      'http://127.0.0.1:4321',
    ],
    ['if it requires a token', { '127.0.0.1:1234': 'locked' }, {}, 'http://127.0.0.1:1234'],
  ])('finds LM Studio %s', async (_, servers, options, endpoint) => {
    expect(await discover({ fetch: network(servers).fetch, ...options })).toMatchObject({ endpoint, isLMStudio: true })
  })

  it('finds another server if there is no LM Studio', async () => {
    expect(
      await discover({ fetch: network({ 'localhost:1234': 'openai', '127.0.0.1:1234': 'page' }).fetch }),
    ).toMatchObject({ endpoint: 'http://localhost:1234', isLMStudio: false, api: 'openai' })
  })

  it('sends the token and headers to the given endpoint only', async () => {
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
      expect(headers.get('authorization'), url).toBe(isGiven ? `Bearer ${TOKEN}` : null)
      expect(headers.get('x-key'), url).toBe(isGiven ? TOKEN : null)
    }
    expect(new Set(requests.map(({ url }) => new URL(url).host))).toEqual(
      new Set(['localhost:5000', '127.0.0.1:1234', 'localhost:1234', '[::1]:1234', '127.0.0.1:6000']),
    )
  })

  it.each([
    ['http://127.0.0.1:1234', {}],
    ['http://localhost:1234/v1/', {}],
    ['http://127.0.0.1:6000', { ports: [6000] }],
    ['http://gpu-box:1234', { hosts: ['gpu-box'] }],
  ])(
    'sends the token and headers to the given endpoint %s, which is also a default or listed address',
    async (endpoint, more) => {
      const { origin, host } = new URL(endpoint)
      const { fetch, requests } = network({ [host]: 'lmstudio' })
      const options = { fetch, endpoint, apiToken: TOKEN, headers: { 'x-key': TOKEN }, ...more }
      // The second time, only the remembered address is requested.
      for (let round = 0; round < 2; round++) {
        expect(await discover(options)).toMatchObject({ endpoint: origin, source: 'the option endpoint' })
      }
      const [given, other] = [true, false].map((isGiven) =>
        requests.filter(({ url }) => (new URL(url).host === host) === isGiven),
      )
      expect(given!.map(({ headers }) => headers.get('authorization'))).toEqual(Array(4).fill(`Bearer ${TOKEN}`))
      expect(given!.map(({ headers }) => headers.get('x-key'))).toEqual(Array(4).fill(TOKEN))
      expect(other!.map(({ headers }) => headers.get('authorization') ?? headers.get('x-key'))).toEqual(
        other!.map(() => null),
      )
    },
  )

  it('lists every address in the error when it finds nothing', async () => {
    const error = await rejectionOf(discover({ fetch: network({ '127.0.0.1:4321': 'page' }).fetch, ports: [4321] }))
    expect(error).toEqual(named(ServiceNotFoundError.errorName))
    const { message, attempts = [] } = error as ServiceNotFoundError
    expect(attempts.map(({ endpoint, source, code }) => [endpoint, source, code])).toEqual([
      ['http://127.0.0.1:1234', 'the default address', 'not-running'],
      ['http://localhost:1234', 'the default address', 'not-running'],
      ['http://[::1]:1234', 'the default address', 'not-running'],
      ['http://127.0.0.1:4321', 'the option ports', 'not-json'],
    ])
    expect(attempts[0]?.reason).toMatch(/^Nothing is listening at http:\/\/127\.0\.0\.1:1234/)
    expect(attempts[3]?.reason).toMatch(/^The response is a web page/)
    expect(message).toMatch(
      /^No LM Studio was found at http:\/\/127\.0\.0\.1:1234, http:\/\/localhost:1234, http:\/\/\[::1\]:1234 or http:\/\/127\.0\.0\.1:4321\. The response is a web page/,
    )
    expect(message).not.toContain('Nothing is listening')
  })

  it('carries what happened at each address over a wire', async () => {
    const error = (await rejectionOf(discover({ fetch: network({}).fetch }))) as ServiceNotFoundError
    const wire = JSON.parse(JSON.stringify(error)) as { attempts: unknown[] }
    expect(wire.attempts).toHaveLength(3)
    expect(ProviderError.fromJSON(wire)).toMatchObject({ attempts: error.attempts })
  })

  it('remembers the LM Studio it found and checks it before it returns it again', async () => {
    const { fetch, requests } = network({ '127.0.0.1:4321': 'lmstudio' })
    await discover({ fetch, ports: [4321] })
    const before = requests.length
    expect(await discover({ fetch, ports: [4321] })).toMatchObject({ endpoint: 'http://127.0.0.1:4321' })
    expect(new Set(requests.slice(before).map(({ url }) => new URL(url).host))).toEqual(new Set(['127.0.0.1:4321']))
    expect(await discover({ fetch: network({ '127.0.0.1:1234': 'lmstudio' }).fetch, ports: [4321] })).toMatchObject({
      endpoint: 'http://127.0.0.1:1234',
    })
  })

  it('prefers a given endpoint to the remembered one', async () => {
    const { fetch } = network({ '127.0.0.1:1234': 'lmstudio', '127.0.0.1:4321': 'lmstudio' })
    await discover({ fetch })
    expect(await discover({ fetch, endpoint: 'http://127.0.0.1:4321' })).toMatchObject({
      endpoint: 'http://127.0.0.1:4321',
    })
  })

  it('does not remember another server, so that it finds an LM Studio that starts later', async () => {
    const options = { ports: [4321] }
    expect(await discover({ ...options, fetch: network({ '127.0.0.1:1234': 'openai' }).fetch })).toMatchObject({
      isLMStudio: false,
    })
    const { fetch } = network({ '127.0.0.1:1234': 'openai', '127.0.0.1:4321': 'lmstudio' })
    expect(await discover({ ...options, fetch })).toMatchObject({ endpoint: 'http://127.0.0.1:4321' })
    const gone = network({ '127.0.0.1:1234': 'lmstudio', '127.0.0.1:4321': 'openai' })
    expect(await discover({ ...options, fetch: gone.fetch })).toMatchObject({ endpoint: 'http://127.0.0.1:1234' })
  })

  it('does not find LM Studio at a path that it does not know', async () => {
    const { fetch } = stubFetch((request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith('/wrong/')) throw refused()
      return json({ error: `Unexpected endpoint or method. (GET ${pathname})` })
    })
    const error = await rejectionOf(discover({ fetch, endpoint: 'http://127.0.0.1:1234/wrong' }))
    expect(error).toEqual(named(ServiceNotFoundError.errorName))
  })

  it('tries a range of ports on this machine only, eight at a time, and summarizes it in the message', async () => {
    let [open, most] = [0, 0]
    const { fetch, requests } = stubFetch(async () => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      throw refused()
    })
    const range = { from: 4000, to: 4999 }
    const error = await rejectionOf(discover({ fetch, ports: range, hosts: ['gpu-box'] }))
    const { message, attempts } = error as ServiceNotFoundError
    expect(requests.length).toBe(1004)
    expect(requests.filter(({ url }) => url.includes('gpu-box')).map(({ url }) => new URL(url).port)).toEqual(['1234'])
    expect(most).toBe(8)
    expect(attempts).toHaveLength(1004)
    expect(message).toMatch(/^No LM Studio was found at http.*, http:\/\/127\.0\.0\.1:4003 or 996 more addresses\.$/)
  })

  it('explains each kind of result in the message once, without the ports where nothing listens', async () => {
    const { fetch } = network({ '127.0.0.1:4050': 'page', '127.0.0.1:4060': 'page' })
    const error = await rejectionOf(discover({ fetch, ports: { from: 4000, to: 4099 } }))
    const { message, attempts } = error as ServiceNotFoundError
    expect(message.match(/The response is a web page/g)).toHaveLength(1)
    expect(attempts?.filter(({ code }) => code === 'not-json').map(({ endpoint }) => endpoint)).toEqual([
      'http://127.0.0.1:4050',
      'http://127.0.0.1:4060',
    ])
  })

  it('has the hint of the browser if the browser keeps the page from the server', async () => {
    const { fetch } = stubFetch(() => {
      throw new BrowserAccessError('CORS is off.', { reason: 'cors-disabled' })
    })
    const error = await rejectionOf(discover({ fetch }))
    expect(error).toMatchObject({ name: 'ServiceNotFoundError', code: 'not-running' })
    expect((error as ServiceNotFoundError).hint).toContain('Enable CORS')
  })

  it('accepts a list and a range of 1000 ports', async () => {
    for (const ports of [Array.from({ length: 1000 }, (_, i) => i + 10_001), { from: 10_001, to: 11_000 }]) {
      const { fetch } = network({ '127.0.0.1:1234': 'lmstudio' })
      expect(await discover({ fetch, ports })).toMatchObject({ endpoint: 'http://127.0.0.1:1234' })
    }
  })

  it.each([[[0]], [[65_536]], [{ from: 65_000, to: 65_536 }]])(
    'rejects the ports %j by the option’s name',
    async (ports) => {
      const error = await rejectionOf(discover({ fetch: network({}).fetch, ports }))
      expect((error as Error).message).toContain('The option ports must be at most 1000 ports from 1 to 65535')
    },
  )

  it('requests each address once, whatever goes wrong there', async () => {
    const { fetch, requests } = stubFetch(() => json({}, { status: 503 }))
    await rejectionOf(discover({ fetch }))
    const urls = requests.map(({ url }) => url)
    expect(urls.filter((url) => url.endsWith('/lmstudio-greeting'))).toHaveLength(3)
    expect(new Set(urls).size).toBe(urls.length)
  })

  it('accepts the ports 1 and 65535', async () => {
    const { fetch, requests } = network({})
    await rejectionOf(discover({ fetch, ports: [1, 65_535] }))
    expect(requests.map(({ url }) => new URL(url).port)).toEqual(expect.arrayContaining(['1', '65535']))
  })

  it('names at most eight addresses in the message', async () => {
    const messageFor = async (to: number) =>
      ((await rejectionOf(discover({ fetch: network({}).fetch, ports: { from: 4001, to } }))) as Error).message
    expect(await messageFor(4005)).toMatch(/http:\/\/127\.0\.0\.1:4004 or http:\/\/127\.0\.0\.1:4005\.$/)
    expect(await messageFor(4006)).toMatch(/http:\/\/127\.0\.0\.1:4005 or 1 more address\.$/)
  })

  it.each([
    ['1.5 seconds by default', undefined, 1_500],
    ['the given timeout', 700, 700],
  ])('limits each request to %s', async (_, timeout, limit) => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { fetch, requests } = stubFetch(() => new Promise<Response>(() => {}))
    let thrown: unknown
    void rejectionOf(discover({ fetch, ...(timeout === undefined ? {} : { timeout }) })).then(
      (error) => (thrown = error),
    )
    await vi.advanceTimersByTimeAsync(limit - 1)
    expect(requests).toHaveLength(3)
    expect(thrown).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(thrown).toEqual(named(ServiceNotFoundError.errorName))
    expect((thrown as Error).message).toContain(`${limit} ms`)
    expect(requests).toHaveLength(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('aborts the requests that are still in progress once it has found LM Studio', async () => {
    const signals: AbortSignal[] = []
    const { fetch } = stubFetch((request) => {
      const { host, pathname } = new URL(request.url)
      if (host !== '127.0.0.1:1234') {
        signals.push(request.signal)
        return new Promise(() => {})
      }
      return json(pathname === '/lmstudio-greeting' ? { lmstudio: true } : fixtureJSON('models-v1.json'))
    })
    expect(await discover({ fetch })).toMatchObject({ endpoint: 'http://127.0.0.1:1234' })
    await settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it.each<[string, object, string]>([
    ['a number as signal', { signal: 5 }, ConfigurationError.errorName],
    ['a range of 1001 ports', { ports: { from: 1000, to: 2000 } }, ConfigurationError.errorName],
    ['a range that ends before it starts', { ports: { from: 2000, to: 1999 } }, ConfigurationError.errorName],
    ['a range without an end', { ports: { from: 2000 } }, ConfigurationError.errorName],
    ['a range with a step', { ports: { from: 1, to: 9, step: 2 } }, ConfigurationError.errorName],
    ['a list of 1001 ports', { ports: Array.from({ length: 1001 }, (_, i) => i + 1) }, ConfigurationError.errorName],
    ['a number as ports', { ports: 1234 }, ConfigurationError.errorName],
    ['a public address as host', { hosts: ['8.8.8.8'] }, ConfigurationError.errorName],
    ['a token that a header cannot carry', { apiToken: 'a b' }, ConfigurationError.errorName],
    ['an invalid header name', { headers: { 'a b': 'c' } }, ConfigurationError.errorName],
    ['null as endpoint', { endpoint: null }, ConfigurationError.errorName],
    ['port 0', { ports: [0] }, ConfigurationError.errorName],
    ['port 65536', { ports: [65_536] }, ConfigurationError.errorName],
    ['a string as port', { ports: ['1234'] }, ConfigurationError.errorName],
    ['a public host name', { hosts: ['lm.example.org'] }, ConfigurationError.errorName],
    ['a metadata address', { hosts: ['169.254.169.254'] }, ConfigurationError.errorName],
    ['an unknown option', { port: 1234 }, ConfigurationError.errorName],
  ])('rejects %s and sends nothing', async (_, options, name) => {
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
  ])('rejects the host %j without quoting it, and sends nothing', async (host) => {
    const { fetch, requests } = network({})
    const error = (await rejectionOf(discover({ fetch, hosts: ['nas.lan', host] }))) as ConfigurationError
    expect(error).toEqual(named(ConfigurationError.errorName))
    expect(error.source).toBe('the option hosts[1]')
    expect(error.hint).toContain('`endpoint`')
    expect(error.message).toBe('The option hosts[1] is not a host name or an address.')
    expect(error.hint).not.toContain('hunter2')
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

  it('rejects with the reason of the signal as soon as it aborts', async () => {
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
    ['LM Studio with a model', { '127.0.0.1:1234': 'lmstudio' }, 'ok'],
    ['another server with a model', { '127.0.0.1:1234': 'openai' }, 'ok'],
    ['a server that requires a token', { '127.0.0.1:1234': 'locked' }, 'auth-required'],
    ['another program', { '127.0.0.1:1234': 'page' }, 'wrong-service'],
    ['nothing', {}, 'not-running'],
  ])('diagnoses %s', async (_, servers, code) => {
    const diagnosis = await diagnose({ fetch: network(servers).fetch })
    expect(diagnosis.code).toBe(code)
    expect(diagnosis.summary.length).toBeGreaterThan(10)
    expect(diagnosis.evidence.length).toBeGreaterThan(0)
    expect(diagnosis.steps.length > 0).toBe(code !== 'ok')
  })

  it('rejects invalid options, and rejects with the reason of an abort', async () => {
    expect(await rejectionOf(diagnose({ timeout: -1 }))).toEqual(named(ConfigurationError.errorName))
    expect(await rejectionOf(diagnose({ signal: AbortSignal.abort('enough') }))).toBe('enough')
  })

  it('sends nothing where a request would open a permission prompt, unless prompt is set', async () => {
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
