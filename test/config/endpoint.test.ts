import { describe, expect, it } from 'vitest'
import { normalizeEndpoint } from '../../src/config/endpoint.js'
import { ConfigurationError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const normalize = (endpoint: string | URL, allowRemote = false): string =>
  normalizeEndpoint(endpoint, allowRemote, 'The option endpoint')
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

  it('suggests the loopback address with the same port for an unspecified address', () => {
    expect(errorFor('http://0.0.0.0:4321').hint).toContain('http://127.0.0.1:4321')
  })

  it.each([
    ['localhost:1234', 'http://localhost:1234'],
    ['127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['192.168.1.20:4321', 'http://192.168.1.20:4321'],
    ['gpu-box:1234/', 'http://gpu-box:1234'],
    ['192.168.1.20:4321/v1', 'http://192.168.1.20:4321'],
    ['localhost:1234/v1', 'http://localhost:1234'],
    ['studio.local', 'http://studio.local'],
    ['ws://127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['tcp://10.0.0.1:1234', 'http://10.0.0.1:1234'],
    ['"http://192.168.1.20:1234"', 'http://192.168.1.20:1234'],
    ["'http://192.168.1.20:1234'", 'http://192.168.1.20:1234'],
    ['1234', 'http://127.0.0.1:1234'],
    [':4321', 'http://127.0.0.1:4321'],
  ])('%s is rejected with the suggestion %s', (endpoint, suggestion) => {
    expect(errorFor(endpoint).hint).toMatch(`Write ${suggestion}`)
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
    '/v1',
    '//127.0.0.1:1234',
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
  ])('%s is rejected without quoting its credentials', (endpoint) => {
    const error = errorFor(endpoint)
    expect(JSON.stringify(error) + error.stack).not.toContain('hunter2')
  })

  it('is quoted up to 100 characters', () => {
    const { message } = errorFor(`not a url ${'x'.repeat(200)}`)
    expect(message).toBe(`The option endpoint is not a URL: "not a url ${'x'.repeat(90)}".`)
  })
})
