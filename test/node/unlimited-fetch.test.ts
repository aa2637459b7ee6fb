import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { unlimitedFetch } from '../../src/node/unlimited-fetch.js'

type Options = Readonly<Record<string, unknown>>
interface Dispatcher {
  compose(interceptor: (dispatch: unknown) => unknown): Dispatcher
  close(): Promise<void>
}
type AgentClass = new (options?: Options) => Dispatcher

// Reading `Headers` loads undici.
void globalThis.Headers
const platform = globalThis as unknown as Record<symbol, Dispatcher | undefined>
// Node 24 has both names and uses the first.
const [first, second] = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`)) as [symbol, symbol]
const key = Number.parseInt(process.versions['undici']!, 10) >= 8 ? second : first
const usual = platform[key]!
const PlatformAgent = usual.constructor as AgentClass

// A thirtieth of the server's pause, so that the test also works on a busy machine.
const LIMITS = { headersTimeout: 50, bodyTimeout: 50 }
const PAUSE = 1500

/** The platform's agent, but with limits that a test can wait for. */
class Agent extends PlatformAgent {
  constructor(options?: Options) {
    super({ ...LIMITS, ...options })
  }
}

/** An agent as a program may set it. */
class ProxyAgent extends PlatformAgent {}

/** Pauses before the headers, or in the middle of the body. */
const server = createServer(({ url }, response) => {
  if (url === '/headers') setTimeout(() => response.end('late'), PAUSE)
  else {
    response.write('ear')
    setTimeout(() => response.end('ly'), PAUSE)
  }
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

afterEach(() => {
  platform[key] = usual
  vi.unstubAllGlobals()
})

const read = async (fetch: typeof globalThis.fetch, path: string): Promise<string> =>
  (await fetch(origin + path)).text()

const codeOf = async (answer: Promise<string>): Promise<unknown> => {
  const error = (await answer.then(
    (text) => text,
    (reason: unknown) => reason,
  )) as { cause?: { code?: unknown } }
  return error.cause?.code ?? error
}

describe('a pause longer than the limits of the platform’s dispatcher', () => {
  test.concurrent.each([
    ['/headers', 'UND_ERR_HEADERS_TIMEOUT', 'late'],
    ['/body', 'UND_ERR_BODY_TIMEOUT', 'early'],
  ])('before or in %s ends fetch but not unlimitedFetch', async (path, code, text) => {
    platform[key] = new Agent()
    const theirs = codeOf(read(globalThis.fetch, path))
    const ours = read(unlimitedFetch, path)
    expect(await theirs).toBe(code)
    expect(await ours).toBe(text)
  })
})

/** Returns the option `dispatcher` of each call to the platform's fetch. */
function dispatchers(times: number): unknown[] {
  const seen: unknown[] = []
  vi.stubGlobal('fetch', (_: unknown, init?: { dispatcher?: unknown }) => void seen.push(init?.dispatcher))
  for (let call = 0; call < times; call++) void unlimitedFetch('http://127.0.0.1:1')
  return seen
}

describe('the dispatcher', () => {
  test('has the platform’s own class, and is the same for all calls', () => {
    const [one, other] = dispatchers(2)
    expect(one).toBeInstanceOf(PlatformAgent)
    expect(one).not.toBe(usual)
    expect(other).toBe(one)
  })

  const custom: readonly (readonly [name: string, make: () => unknown])[] = [
    ['of another class', () => new ProxyAgent()],
    ['with limits of its own', () => new PlatformAgent(LIMITS)],
    ['with certificates', () => new PlatformAgent({ connect: { ca: 'ours' } })],
    ['with a factory', () => new PlatformAgent({ factory: () => usual })],
    ['with interceptors', () => usual.compose((dispatch) => dispatch)],
    ['that is undefined', () => undefined],
  ]

  test.each(custom)('%s is not replaced', (_, make) => {
    platform[key] = make() as Dispatcher | undefined
    expect(dispatchers(1)).toEqual([undefined])
  })

  test('that a program set keeps its limits', async () => {
    platform[key] = new PlatformAgent(LIMITS)
    expect(await codeOf(read(unlimitedFetch, '/headers'))).toBe('UND_ERR_HEADERS_TIMEOUT')
  })

  test('is checked for every call', () => {
    expect(dispatchers(1)[0]).toBeDefined()
    platform[key] = new ProxyAgent()
    expect(dispatchers(1)).toEqual([undefined])
    platform[key] = usual
    expect(dispatchers(1)[0]).toBeDefined()
  })
})

test('passes the arguments of the caller on', () => {
  const fetch = vi.fn()
  vi.stubGlobal('fetch', fetch)
  const init = Object.freeze({ method: 'POST', body: '{}' })
  void unlimitedFetch('http://127.0.0.1:1/', init)
  expect(fetch).toHaveBeenCalledExactlyOnceWith('http://127.0.0.1:1/', { ...init, dispatcher: expect.anything() })
})

test('sets the option of fetch in Bun', () => {
  const fetch = vi.fn()
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('process', { versions: { bun: '1.3.0' } })
  void unlimitedFetch('http://127.0.0.1:1/', { method: 'GET' })
  expect(fetch).toHaveBeenCalledExactlyOnceWith('http://127.0.0.1:1/', { method: 'GET', timeout: false })
})

test('finds the dispatcher of undici 8 under its own symbol', () => {
  const before = { [first]: platform[first], [second]: platform[second] }
  platform[first] = new ProxyAgent()
  platform[second] = new PlatformAgent()
  const process = { versions: { undici: '8.1.0' } }
  vi.stubGlobal('process', process)
  expect(dispatchers(1)[0]).toBeInstanceOf(PlatformAgent)
  process.versions.undici = '7.29.1'
  expect(dispatchers(1)).toEqual([undefined])
  Object.assign(globalThis, before)
})
