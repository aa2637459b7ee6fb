import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/config/resolve-config.js'
import { thrownBy } from '../helpers/provider-errors.js'

const pathsOf = (endpoint: string, basePath?: string): readonly string[] =>
  resolveOptions({ endpoint, basePath }).basePaths

describe('the base paths that are tried', () => {
  it.each([
    ['http://127.0.0.1:8000', ['/v1', '']],
    ['http://127.0.0.1:8000/v1', ['/v1']],
    ['http://127.0.0.1:8000/v1/chat/completions', ['/v1']],
    ['http://127.0.0.1:8000/v3', ['/v1', '']],
    ['http://127.0.0.1:8000/api/v1/', ['/v1', '/api/v1']],
    ['http://127.0.0.1:8000//api/v0//', ['/v1', '/api/v0']],
    ['http://127.0.0.1:8000/lm/api/v1', ['/v1', '/api/v1']],
  ])('are /v1 and what was given with %s', (endpoint, paths) => {
    expect(pathsOf(endpoint)).toEqual(paths)
  })

  it.each([
    ['/v3', '/v3'],
    ['v3', '/v3'],
    [' /v3/ ', '/v3'],
    ['//api//v3//', '/api/v3'],
    ['/v3/chat/completions', '/v3'],
    ['', ''],
    ['/', ''],
    ['/v1', '/v1'],
  ])('are only the option basePath: %j', (basePath, expected) => {
    expect(pathsOf('http://127.0.0.1:8000', basePath)).toEqual([expected])
  })

  it('are the option and the path of an API that was given with the endpoint', () => {
    expect(pathsOf('http://127.0.0.1:8000/v1', '')).toEqual(['', '/v1'])
  })

  it.each([
    ['http://127.0.0.1:8000/v3', '/v3', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000/lm/v3/', '/v3', 'http://127.0.0.1:8000/lm'],
    ['http://api:8000', '/api', 'http://api:8000'],
    ['http://api', '/api', 'http://api'],
    ['http://127.0.0.1:8000/lm', '', 'http://127.0.0.1:8000/lm'],
  ])('do not repeat the path of %s with the option %j', (endpoint, basePath, expected) => {
    expect(resolveOptions({ endpoint, basePath }).endpoint).toBe(expected)
  })

  it.each(['http://127.0.0.1:8000/v3', '/v3?x=1', '/v3#x', '/a/../b', '/%2E%2e/b', '/a b', '/a\nb', '\\v3', '/v3/[x]'])(
    'cannot be %j',
    (basePath) => {
      expect(thrownBy(() => pathsOf('http://127.0.0.1:8000', basePath))).toMatchObject({
        name: 'ConfigurationError',
        code: 'invalid-option',
        source: 'the option basePath',
        hint: expect.stringContaining("'/v3'") as string,
      })
    },
  )

  it.each([null, 3, [], true])('cannot be %j, which is not a string', (basePath) => {
    expect(thrownBy(() => pathsOf('http://127.0.0.1:8000', basePath as never))).toMatchObject({
      message: 'The option basePath must be a string.',
    })
  })
})
