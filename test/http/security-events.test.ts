import { describe, expect, it } from 'vitest'
import type { LMStudioOptions, LogEvent } from '../../src/config/options.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT, json, refused, stubFetch, testClient } from '../helpers/client.js'

const MIB = 1024 * 1024
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

/** Creates a client and returns the security events that it has logged so far. */
function watch(options: LMStudioOptions) {
  const events: LogEvent[] = []
  const client = testClient({ ...options, logger: (event) => events.push(event) })
  return { client, events: () => events.filter(({ type }) => type === 'security') }
}

describe('an unusual endpoint', () => {
  it.each<[string, string, LMStudioOptions?]>([
    ['https://lm.example.org', 'is outside this machine and private networks.', { allowRemote: true }],
    [
      'http://8.8.8.8:1234',
      'is outside this machine and private networks, and it is not encrypted.',
      { allowRemote: true },
    ],
    ['http://192.168.1.20:22', 'has port 22, which other services use.'],
    ['http://0x7f.1:1234', 'writes the address 127.0.0.1 in another notation.'],
    ['http://2130706433:1234', 'writes the address 127.0.0.1 in another notation.'],
    ['http://017700000001:1234', 'writes the address 127.0.0.1 in another notation.'],
    ['127.1:1234', 'writes the address 127.0.0.1 in another notation.'],
    ['http://[::ffff:127.0.0.1]:1234', 'has an IPv4 address in IPv6 notation.'],
    ['http://gpu-bоx.local:1234', 'has a name with letters that can look like others.'],
  ])('is logged once for each client: %s', async (endpoint, aspects, options = {}) => {
    const { client, events } = watch({ ...options, endpoint, fetch: stubFetch(json({})).fetch })
    await client.requestJSON({ method: 'GET', route: '/v1/models', kind: 'read' })
    await client.requestJSON({ method: 'GET', route: '/v1/models', kind: 'read' })
    expect(events()).toEqual([
      {
        level: 'warn',
        type: 'security',
        code: 'unusual-endpoint',
        message: `The endpoint ${client.config.endpoint} is unusual: it ${aspects}`,
      },
    ])
  })

  it.each([
    undefined,
    'http://127.0.0.1:1234',
    'http://127.0.0.1:9',
    'localhost:1234',
    ':4321',
    'http://[::1]:1234',
    'http://[::1]:80',
    'http://192.168.1.20:1234',
    'http://192.168.1.20',
    'https://192.168.1.20:443/lm',
    'http://GPU-Box:8080',
    'http://studio.local:1234/v1',
    'https://[fd12::20]:1234',
  ])('is not %s', (endpoint) => {
    expect(watch({ endpoint }).events()).toEqual([])
  })

  it('is logged without a path of the URL that was not kept', () => {
    const { events } = watch({ endpoint: 'http://0x7f.1:1234/v1/models?key=hunter2hunter2' })
    expect(JSON.stringify(events())).not.toContain('hunter2')
  })
})

describe('a token that is not encrypted', () => {
  it.each<[string, LMStudioOptions]>([
    ['a token', { endpoint: 'http://192.168.1.20:1234', apiToken: TOKEN }],
    ['a token from a function', { endpoint: 'http://192.168.1.20:1234', apiToken: () => TOKEN }],
  ])('logs a warning that %s is sent unencrypted to another machine', (_, options) => {
    const events: LogEvent[] = []
    testClient({ ...options, logger: (event) => events.push(event) })
    expect(events).toEqual([
      { level: 'warn', type: 'security', message: expect.stringContaining('192.168.1.20') as string },
    ])
    expect(JSON.stringify(events)).not.toContain('ABCDEFGHIJ')
  })

  it.each<[string, LMStudioOptions]>([
    ['a token over TLS', { endpoint: 'https://192.168.1.20:1234', apiToken: TOKEN }],
    ['a token to this machine', { apiToken: TOKEN }],
    ['no token', { endpoint: 'http://192.168.1.20:1234' }],
    ['an empty token', { endpoint: 'http://192.168.1.20:1234', apiToken: '' }],
  ])('logs no warning for %s', (_, options) => {
    const events: LogEvent[] = []
    testClient({ ...options, logger: (event) => events.push(event) })
    expect(events).toEqual([])
  })

  it('needs no logger', () => {
    expect(() => testClient({ endpoint: 'http://192.168.1.20:22', apiToken: TOKEN })).not.toThrow()
  })
})

describe('an unusually large request', () => {
  const spec = (body: string, kind: RequestSpec['kind'] = 'generation'): RequestSpec => ({
    method: 'POST',
    route: CHAT,
    kind,
    body,
  })
  const event = (bytes: number) => ({
    level: 'warn',
    type: 'security',
    code: 'large-request',
    method: 'POST',
    route: CHAT,
    message: `The request is unusually large: ${bytes} bytes (POST ${CHAT}).`,
  })

  it.each([
    ['ASCII', 'x'.repeat(8 * MIB), 'x'],
    ['other text', '→'.repeat((8 * MIB) / 4) + 'é'.repeat(MIB), '.'],
  ])('is one of more than 8 MiB: %s', async (_, body, more) => {
    const { client, events } = watch({ fetch: stubFetch(json({})).fetch })
    await client.requestJSON(spec(body))
    expect(events()).toEqual([])
    await client.requestJSON(spec(body + more))
    expect(events()).toEqual([event(8 * MIB + 1)])
  })

  it('is logged once for a call that is repeated, and again for the next call', async () => {
    const { client, events } = watch({ fetch: stubFetch(refused(), json({})).fetch })
    await client.requestJSON(spec('x'.repeat(9 * MIB)))
    expect(events()).toEqual([event(9 * MIB)])
    await client.requestJSON(spec('x'.repeat(10 * MIB)))
    expect(events()).toEqual([event(9 * MIB), event(10 * MIB)])
  })
})
