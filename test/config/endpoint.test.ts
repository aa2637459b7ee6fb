import { afterEach, describe, expect, it, vi } from 'vitest'
import { readEndpoint } from '../../src/config/endpoint.js'
import { ConfigurationError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const normalize = (endpoint: string | URL, allowRemote = false): string =>
  readEndpoint(endpoint, allowRemote, 'The option endpoint').endpoint
const errorFor = (endpoint: string | URL, allowRemote = false): ConfigurationError => {
  const error = thrownBy(() => normalize(endpoint, allowRemote))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error).toMatchObject({ source: 'The option endpoint', code: 'invalid-endpoint' })
  return error as ConfigurationError
}

describe('a valid endpoint', () => {
  it.each([
    ['http://127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234//', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234//v1//', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v0', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v0/', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v1', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v1/', 'http://127.0.0.1:1234'],
    ['  http://127.0.0.1:1234/v1 \n', 'http://127.0.0.1:1234'],
    ['HTTP://LOCALHOST:1234/v1', 'http://localhost:1234'],
    ['http://localhost', 'http://localhost'],
    ['http://localhost:80', 'http://localhost'],
    ['https://localhost:443/v1', 'https://localhost'],
    ['http://[::1]:1234/v1', 'http://[::1]:1234'],
    ['http://[::ffff:127.0.0.1]:1234', 'http://[::ffff:7f00:1]:1234'],
    ['http://0x7f.1:1234', 'http://127.0.0.1:1234'],
    ['http://192.168.1.20:1234/api/v1', 'http://192.168.1.20:1234'],
    ['http://gpu-box:1234', 'http://gpu-box:1234'],
    ['http://gpu-box.tail1234.ts.net:1234', 'http://gpu-box.tail1234.ts.net:1234'],
    ['http://100.101.102.103:1234', 'http://100.101.102.103:1234'],
    ['https://studio.local/lm', 'https://studio.local/lm'],
    ['https://studio.local/lm/', 'https://studio.local/lm'],
    ['https://studio.local/lm/v1', 'https://studio.local/lm'],
    ['https://studio.local/lm/api/v1/', 'https://studio.local/lm'],
    ['https://studio.local/a/b/api/v0', 'https://studio.local/a/b'],
    ['https://studio.local/myv1', 'https://studio.local/myv1'],
    ['https://studio.local/v1beta', 'https://studio.local/v1beta'],
    ['https://studio.local/v10', 'https://studio.local/v10'],
    ['https://studio.local/v1/lm', 'https://studio.local/v1/lm'],
    ['https://studio.local/some%20path/v1', 'https://studio.local/some%20path'],
    ['http://127.0.0.1:1234/?', 'http://127.0.0.1:1234'],
  ])('%j becomes %s', (given, expected) => {
    expect(normalize(given)).toBe(expected)
    expect(normalize(normalize(given))).toBe(expected)
    expect(normalize(new URL(given.trim()))).toBe(expected)
  })

  it('can be a public host only with allowRemote', () => {
    expect(normalize('https://lm.example.org/v1', true)).toBe('https://lm.example.org')
    expect(normalize('https://8.8.8.8:1234', true)).toBe('https://8.8.8.8:1234')
    const error = errorFor('https://lm.example.org/v1')
    expect(error.message).toBe(
      'The option endpoint points at lm.example.org, outside this machine and private networks.',
    )
    expect(error.hint).toBe('Set `allowRemote: true` if prompts may leave your network.')
  })
})

describe('an endpoint whose name looks like a local one', () => {
  // Cyrillic letters; the URL parser writes such names in ASCII.
  it.each(['http://l\u043Ec\u0430lhost:1234', 'http://gpu-b\u043Ex:1234', 'http://xn--80ak6aa92e:1234'])(
    '%s needs allowRemote, and the error shows the name in ASCII',
    (endpoint) => {
      expect(errorFor(endpoint).message).toMatch(
        /points at xn--[a-z0-9-]+, outside this machine and private networks\.$/,
      )
      expect(normalize(endpoint, true)).toMatch(/^http:\/\/xn--[a-z0-9-]+:1234$/)
    },
  )
})

describe('an endpoint as people write it', () => {
  it.each([
    // Without a scheme, a host or a port.
    ['localhost:1234', 'http://localhost:1234'],
    ['127.0.0.1:4321', 'http://127.0.0.1:4321'],
    ['192.168.1.20:4321/v1', 'http://192.168.1.20:4321'],
    ['gpu-box:1234/', 'http://gpu-box:1234'],
    ['LocalHost:1234/v1/', 'http://localhost:1234'],
    [':4321', 'http://127.0.0.1:4321'],
    ['4321', 'http://127.0.0.1:4321'],
    [':4321/v1', 'http://127.0.0.1:4321'],
    ['[::1]:4321', 'http://[::1]:4321'],
    ['//127.0.0.1:4321/v1', 'http://127.0.0.1:4321'],
    ['studio.local/lm', 'http://studio.local/lm'],
    ['studio.local:8080/lm/v1', 'http://studio.local:8080/lm'],
    // A bare host has LM Studio's port.
    ['localhost', 'http://localhost:1234'],
    ['localhost:', 'http://localhost:1234'],
    ['127.0.0.1', 'http://127.0.0.1:1234'],
    ['127.0.0.1/', 'http://127.0.0.1:1234'],
    ['127.0.0.1/v1', 'http://127.0.0.1:1234'],
    ['[::1]', 'http://[::1]:1234'],
    ['::1', 'http://[::1]:1234'],
    ['192.168.1.20', 'http://192.168.1.20:1234'],
    ['fd12::20', 'http://[fd12::20]:1234'],
    ['gpu-box', 'http://gpu-box:1234'],
    // Copied with something around it.
    ['"http://192.168.1.20:1234"', 'http://192.168.1.20:1234'],
    ["'http://192.168.1.20:1234/v1'", 'http://192.168.1.20:1234'],
    ['“http://192.168.1.20:1234”', 'http://192.168.1.20:1234'],
    ['<http://192.168.1.20:1234>', 'http://192.168.1.20:1234'],
    ['`localhost:1234`', 'http://localhost:1234'],
    ['"localhost:1234",', 'http://localhost:1234'],
    ['\u200B http://127.0.0.1:1234\u00A0', 'http://127.0.0.1:1234'],
    ['(http://127.0.0.1:1234).', 'http://127.0.0.1:1234'],
    ['http://http://127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['https://http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234'],
    ['192.168.1.20:1234\\v1\\', 'http://192.168.1.20:1234'],
    ['HTTPS://Studio.Local/', 'https://studio.local'],
    ['http:/127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['http:\\\\127.0.0.1:1234', 'http://127.0.0.1:1234'],
    // With a route.
    ['http://gpu-box:1234/v1/chat/completions?x=1', 'http://gpu-box:1234'],
    ['http://127.0.0.1:1234/v1/chat/completions/', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/models#list', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/models/acme/tern-4b', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/embeddings', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/responses', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1/completions', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v0/models', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v1/chat', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/api/v1/models/load', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234/lmstudio-greeting', 'http://127.0.0.1:1234'],
    ['localhost:1234/v1/chat/completions', 'http://localhost:1234'],
    ['https://studio.local/lm/v1/chat/completions?x=1#y', 'https://studio.local/lm'],
    ['http://127.0.0.1:8000/v3/chat/completions', 'http://127.0.0.1:8000/v3'],
    ['http://127.0.0.1:8000/api/chat/completions', 'http://127.0.0.1:8000/api'],
    ['http://127.0.0.1:8000/chat/completions', 'http://127.0.0.1:8000'],
    // The prefix of a proxy is not a route.
    ['https://studio.local/models', 'https://studio.local/models'],
    ['https://studio.local/team/chat', 'https://studio.local/team/chat'],
  ])('%j becomes %s', (given, expected) => {
    expect(normalize(given)).toBe(expected)
  })

  it.each(['lm.example.org', 'lm.example.org:8443/v1', '8.8.8.8:1234', '0x08080808'])(
    '%s without a scheme is remote, and uses TLS where that is allowed',
    (endpoint) => {
      expect(errorFor(endpoint).hint).toBe('Set `allowRemote: true` if prompts may leave your network.')
      expect(normalize(endpoint, true)).toMatch(/^https:\/\//)
    },
  )

  it.each(['169.254.169.254', '0.0.0.0:1234', '[::ffff:169.254.169.254]:80', 'metadata', '0xa9fea9fe', '[fe80::1]'])(
    '%s is rejected as with a scheme',
    (endpoint) => {
      expect(errorFor(endpoint, true).message).toContain('link-local, metadata or unspecified address')
    },
  )
})

describe('a path in a web page', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it.each([
    ['a page', { location: new URL('http://localhost:5173/app/chat?x=1#y') }],
    [
      'a worker made from a blob',
      { location: new URL('blob:http://localhost:5173/1'), origin: 'http://localhost:5173' },
    ],
  ])('is resolved against the address of %s', (_, scope) => {
    for (const [name, value] of Object.entries(scope)) vi.stubGlobal(name, value)
    expect(normalize('/lmstudio')).toBe('http://localhost:5173/lmstudio')
    expect(normalize('/lmstudio/v1/')).toBe('http://localhost:5173/lmstudio')
    expect(normalize('/')).toBe('http://localhost:5173')
  })

  it('is relative to the folder of the page with a leading dot', () => {
    vi.stubGlobal('location', new URL('http://localhost:5173/app/chat'))
    expect(normalize('./lmstudio')).toBe('http://localhost:5173/app/lmstudio')
  })

  it('needs no allowRemote, since it is at the origin of the page; another public host does', () => {
    vi.stubGlobal('location', new URL('https://app.example.org/chat'))
    expect(normalize('/lmstudio')).toBe('https://app.example.org/lmstudio')
    expect(normalize('https://app.example.org/lmstudio')).toBe('https://app.example.org/lmstudio')
    expect(errorFor('//lm.example.org/lmstudio').hint).toContain('allowRemote')
    expect(errorFor('https://app.example.org:8443/lmstudio').hint).toContain('allowRemote')
  })

  it('is rejected in a page that was not served over HTTP', () => {
    vi.stubGlobal('location', new URL('file:///home/me/page.html'))
    expect(errorFor('/lmstudio').message).toContain('is a path outside of a web page')
  })
})

describe('an invalid endpoint', () => {
  it.each([
    'http://169.254.169.254',
    'http://169.254.169.254/latest/meta-data',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]',
    'http://[fd00:ec2::254]',
    'http://[fe80::1]',
    'http://metadata.google.internal',
    'http://100.100.100.200',
    'http://[::ffff:100.100.100.200]:1234',
    'http://[64:ff9b::a83f:8110]/v1',
    'http://[2002:a9fe:a9fe::1]',
    'http://[fd20:ce::254]',
    'http://[fd00:c1::a9fe:a9fe]',
    'http://１６９.254.0xa9fe.',
    'http://0.0.0.0:1234',
    'http://0:1234',
    'http://[::]:1234',
    'http://255.255.255.255',
  ])('%s is rejected even with allowRemote', (endpoint) => {
    for (const allowRemote of [false, true]) {
      const error = errorFor(endpoint, allowRemote)
      expect(error.message).toMatch(/points at \S+, which is a link-local, metadata or unspecified address\.$/)
      expect(error.hint).toContain('For this machine, use http://127.0.0.1:')
    }
  })

  it.each(['::1:1234', '::1:1234/v1', 'http://::1:1234'])('%s is rejected with the hint [::1]:1234', (endpoint) => {
    expect(errorFor(endpoint, true).hint).toBe('Write http://[::1]:1234 instead.')
  })

  it('suggests the loopback address with the same port for an unspecified address', () => {
    expect(errorFor('http://0.0.0.0:4321').hint).toContain('http://127.0.0.1:4321')
  })

  it.each([
    ['ws://127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['ws://127.0.0.1:1234/llm', 'http://127.0.0.1:1234'],
    ['wss://studio.local/llm', 'https://studio.local'],
    ['tcp://10.0.0.1:1234', 'http://10.0.0.1:1234'],
    ['htp://10.0.0.1:1234', 'http://10.0.0.1:1234'],
    ['http//192.168.1.20:4321', 'http://192.168.1.20:4321'],
    ['192.168.1.20:99999', 'http://192.168.1.20:1234'],
    ['99999', 'http://127.0.0.1:1234'],
    ['localhost 1234', 'http://127.0.0.1:1234'],
    ['/lmstudio', 'http://127.0.0.1:1234/lmstudio'],
    ['./lmstudio/', 'http://127.0.0.1:1234/lmstudio'],
    ['/v1', 'http://127.0.0.1:1234/v1'],
    ['undefined', 'http://127.0.0.1:1234'],
    ['null', 'http://127.0.0.1:1234'],
    ['http', 'http://127.0.0.1:1234'],
    [':', 'http://127.0.0.1:1234'],
    ['localhost:0', 'http://localhost:1234'],
    [String.raw`C:\models`, 'http://127.0.0.1:1234'],
    ['c:/models/', 'http://127.0.0.1:1234'],
    // The text itself, completed, would be rejected too.
    ['192.168.1.300', 'http://127.0.0.1:1234'],
    ['192.168.1.300:8080', 'http://127.0.0.1:1234'],
    ['x'.repeat(254), 'http://127.0.0.1:1234'],
  ])('%s is rejected with the suggestion %s', (endpoint, suggestion) => {
    expect(errorFor(endpoint).hint).toMatch(new RegExp(`^Write ${suggestion.replaceAll('.', '\\.')}[ :]`))
  })

  it.each(['/lmstudio', './lmstudio', '../lmstudio'])('%s is rejected outside of a web page', (endpoint) => {
    expect(errorFor(endpoint).message).toBe(`The option endpoint is a path outside of a web page: "${endpoint}".`)
  })

  it.each(['http://undefined:1234', 'https://null/v1'])('%s is rejected, since its host is missing', (endpoint) => {
    const error = errorFor(endpoint)
    expect(error.message).toMatch(/^The option endpoint has the host `(undefined|null)`\.$/)
    expect(error.hint).toBe('Write http://127.0.0.1:1234, or set the variable that holds the host.')
  })

  it.each([
    ['http;//localhost', 'http;'],
    ['http://${HOST}:1234', '${host}'],
    ['${HOST}', '${host}'],
    ['http://{{host}}/v1', '{{host}}'],
    ['localhost,1234', 'localhost,1234'],
    ['http://*:1234', '*'],
    ["http://box's:1234", "box's"],
  ])('%s is rejected, since its host cannot exist', (endpoint, host) => {
    const error = errorFor(endpoint, true)
    expect(error.message).toBe(`The option endpoint has the host \`${host}\`.`)
    expect(error.hint).toBe('Write http://127.0.0.1:1234: a host has only letters, digits, dots and hyphens.')
  })

  it.each(['my_pc:1234', 'müller.local:1234', 'a--b.local', '127。0。0。1:1234'])('%s is a host', (endpoint) => {
    expect(normalize(endpoint)).toMatch(/^http:\/\/[\w.-]+:1234$/)
  })

  it.each(['localhost:0', 'http://localhost:0/v1', 'https://[::1]:0'])('%s is rejected for its port', (endpoint) => {
    expect(errorFor(endpoint, true).message).toBe('The option endpoint has the port 0.')
  })

  it.each([
    'localhost:-1',
    'localhost:12a4',
    'localhost:١٢٣٤',
    'localhost:1234 # LM Studio',
    'localhost:1234, localhost:1235',
    'fe80::1%eth0',
  ])('%s is rejected as an address, not for the scheme `localhost`', (endpoint) => {
    expect(errorFor(endpoint, true).message).toMatch(/^The option endpoint is not a URL: "/)
  })

  it('a user name and a password without a scheme are rejected as such, and not quoted', () => {
    const error = errorFor('anna:hunter2@localhost:1234', true)
    expect(error.message).toBe('The option endpoint contains a user name or password.')
    expect(error.hint).not.toMatch(/anna|hunter2/)
  })

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1',
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:http://127.0.0.1/x',
    'chrome://version',
  ])('%s is rejected for its scheme', (endpoint) => {
    const error = errorFor(endpoint)
    expect(error.message).toMatch(/^The option endpoint has the scheme `[a-z]+:`\.$/)
    expect(error.hint).toMatch(/^Write http:\/\/.*: only http and https are supported\.$/)
  })

  it.each([
    '',
    '   ',
    'http://',
    'http:// 127.0.0.1',
    'not a url',
    '?',
    '#',
    'true',
    `${'x'.repeat(254)}`,
    'http://127.0.0.1:99999',
    'http://[::1',
    'http://300.1.2.3',
  ])('%j is rejected because it is not a URL', (endpoint) => {
    expect(errorFor(endpoint).message).toMatch(/^The option endpoint is not a URL: "/)
  })

  it('does not suggest a port that is out of range', () => {
    const { message, hint } = errorFor('http://192.168.1.20:99999')
    expect(message).toContain('99999')
    expect(hint).toContain('http://192.168.1.20:1234')
  })

  it.each([
    'http://127.0.0.1:1234/?key=hunter2hunter2',
    'http://127.0.0.1:1234/#hunter2hunter2',
    '127.0.0.1:1234?key=hunter2hunter2',
    '127.0.0.1:1234#hunter2hunter2',
    'http://127.0.0.1:99999/v1?key=hunter2hunter2',
  ])('%s is rejected without quoting its query or fragment', (endpoint) => {
    expect(JSON.stringify(errorFor(endpoint))).not.toContain('hunter2')
  })

  it.each([
    'http://me:hunter2hunter2@127.0.0.1:1234',
    'http://hunter2hunter2@127.0.0.1:1234',
    'https://:hunter2hunter2@studio.local',
    'http//me:hunter2hunter2@127.0.0.1:1234',
    'me:hunter2hunter2@127.0.0.1:1234',
    'http://me:hunter2hunter2@127.0.0.1:99999',
    'http://me:hunter2hunter2@bad host/',
    'http:// me:hunter2hunter2@127.0.0.1',
    'sk-lm-abcdefgh:hunter2hunter2hunter',
    'sk-lm-hunter2hunter2',
    '/me:hunter2hunter2@127.0.0.1:1234',
    '/v1?key=hunter2hunter2',
    '//me:hunter2hunter2@127.0.0.1:1234',
    'http://me:hunter2hunter2@127.0.0.1:1234/v1/chat/completions?x=1',
    '"http://me:hunter2hunter2@127.0.0.1:1234"',
  ])('%s is rejected without quoting its credentials', (endpoint) => {
    const error = errorFor(endpoint)
    expect(JSON.stringify(error) + error.stack).not.toContain('hunter2')
  })

  it('can have up to 2048 characters', () => {
    const endpoint = 'http://127.0.0.1:1234/'.padEnd(2048, 'x')
    expect(normalize(endpoint)).toBe(endpoint)
    expect(errorFor(`${endpoint}x`).message).toContain('is not a URL: "http://127.0.0.1:1234/xx')
  })

  it('is quoted up to 100 characters', () => {
    const { message } = errorFor(`not a url ${'x'.repeat(200)}`)
    expect(message).toBe(`The option endpoint is not a URL: "not a url ${'x'.repeat(90)}".`)
  })
})
