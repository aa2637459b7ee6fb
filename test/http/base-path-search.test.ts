import { describe, expect, it } from 'vitest'
import { ApiError, InvalidResponseError, UnsupportedEndpointError } from '../../src/errors/index.js'
import { createBasePaths, isUnknownRoute, nextBasePath, rememberBasePath } from '../../src/http/base-path-search.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT } from '../helpers/client.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const GENERATION: RequestSpec = { method: 'POST', route: CHAT, kind: 'generation' }
const NATIVE: RequestSpec = { method: 'GET', route: '/api/v1/models', kind: 'read' }

const missing = (status: number, endpoint?: string): UnsupportedEndpointError =>
  new UnsupportedEndpointError('x', { status, ...(endpoint === undefined ? {} : { endpoint }) })
const notJSON = new InvalidResponseError('x', { code: 'not-json' })

describe('isUnknownRoute', () => {
  it.each<[boolean, string, unknown, RequestSpec]>([
    [true, 'a missing route', missing(404), GENERATION],
    [true, 'a page for a read', notJSON, READ],
    [false, 'a page for a generation, which may have run', notJSON, GENERATION],
    [false, 'another invalid response', new InvalidResponseError('x', { code: 'body-too-long' }), READ],
    [false, 'another error', new ApiError('x'), READ],
    [false, 'an exception', new TypeError('x'), READ],
  ])('is %s for %s', (expected, _, error, spec) => expect(isUnknownRoute(error, spec)).toBe(expected))
})

describe('nextBasePath', () => {
  const paths = () => createBasePaths(['/v1', '', '/api'])

  it('returns the candidates in their order, and none after the last', () => {
    expect(nextBasePath(paths(), READ, missing(404), ['/v1'])).toBe('')
    expect(nextBasePath(paths(), READ, missing(404), ['/v1', ''])).toBe('/api')
    expect(nextBasePath(paths(), READ, missing(404), ['/v1', '', '/api'])).toBeUndefined()
  })

  it("returns none for a route of LM Studio's own API", () => {
    expect(nextBasePath(paths(), NATIVE, missing(404), ['/v1'])).toBeUndefined()
  })

  it('returns the path that another call has found meanwhile, if it was not tried', () => {
    const found = { ...paths(), current: '/api', isCertain: true }
    expect(nextBasePath(found, READ, missing(404), ['/v1'])).toBe('/api')
    expect(nextBasePath(found, READ, missing(404), ['/v1', '/api'])).toBeUndefined()
  })

  it.each([
    [200, 'http://127.0.0.1:1234', undefined],
    [200, 'http://127.0.0.1:1234/llm', ''],
    [200, undefined, ''],
    [404, 'http://127.0.0.1:1234', ''],
  ])('after the status %i of %s returns %j', (status, endpoint, expected) => {
    expect(nextBasePath(paths(), READ, missing(status, endpoint), ['/v1'])).toBe(expected)
  })
})

describe('rememberBasePath', () => {
  it('is certain after a generation, and not after a read', () => {
    const paths = createBasePaths(['/v1', '/v3', ''])
    expect(paths).toMatchObject({ current: '/v1', isCertain: false })
    rememberBasePath(paths, READ, '/v3')
    expect(paths).toMatchObject({ current: '/v3', isCertain: false })
    rememberBasePath(paths, GENERATION, '')
    expect(paths).toMatchObject({ current: '', isCertain: true })
    rememberBasePath(paths, READ, '/v1')
    expect(paths).toMatchObject({ current: '', isCertain: true })
  })

  it("learns nothing from a route of LM Studio's own API", () => {
    const paths = createBasePaths(['/v1', '/v3'])
    rememberBasePath(paths, NATIVE, '/v3')
    expect(paths).toMatchObject({ current: '/v1', isCertain: false })
  })
})
