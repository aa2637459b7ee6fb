import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { fixtureJSON, fixtureText } from '../helpers/fixtures.js'
import { context } from '../helpers/client.js'

type Type = abstract new (...args: never[]) => errors.ProviderError
const error = (
  status: number,
  body: unknown,
  headers?: Record<string, string>,
  sentToken = false,
): errors.ProviderError =>
  errorFromResponse(
    { status, body, ...(headers === undefined ? {} : { headers: new Headers(headers) }) },
    { ...context, sentToken },
  )

describe('recorded refusals', () => {
  it.each<[string, number, Type, object]>([
    ['catch-all', 200, errors.UnsupportedEndpointError, { isRetryable: false }],
    ['catch-all', 404, errors.UnsupportedEndpointError, {}],
    ['auth-missing', 401, errors.AuthenticationError, { code: 'auth-required', serverCode: 'invalid_api_key' }],
    ['auth-malformed', 401, errors.AuthenticationError, {}],
    ['auth-unknown', 401, errors.AuthenticationError, {}],
    ['permission-denied', 403, errors.PermissionError, { param: 'integrations' }],
    ['messages-required', 400, errors.InvalidRequestError, {}],
    ['json-object', 400, errors.InvalidRequestError, {}],
    ['tool-choice-object', 400, errors.InvalidRequestError, {}],
    ['embeddings-input', 400, errors.InvalidRequestError, {}],
    ['image-url', 400, errors.InvalidRequestError, {}],
    ['invalid-messages', 400, errors.InvalidRequestError, {}],
    [
      'native-invalid-union',
      400,
      errors.InvalidRequestError,
      { issues: [{ path: ['input'], message: expect.stringContaining('discriminator') }] },
    ],
    ['native-unrecognized-keys', 400, errors.InvalidRequestError, {}],
    ['responses-invalid-request', 400, errors.InvalidRequestError, {}],
    [
      'zod-in-string',
      400,
      errors.InvalidRequestError,
      { issues: [expect.objectContaining({ path: ['tools', 0, 'function', 'parameters', 'type'] })] },
    ],
    [
      'zod-bare',
      400,
      errors.InvalidRequestError,
      { issues: [expect.objectContaining({ path: ['tools', 0, 'function', 'parameters', 'type'] })] },
    ],
    ['load-failed', 400, errors.ModelLoadError, {}],
    ['load-failed', 404, errors.ModelLoadError, {}],
    ['no-models-loaded', 400, errors.ModelNotFoundError, { code: 'no-models-loaded' }],
    ['no-models-loaded', 404, errors.ModelNotFoundError, {}],
    ['no-models-loaded-string', 400, errors.ModelNotFoundError, { code: 'no-models-loaded' }],
    ['native-model-not-found', 404, errors.ModelNotFoundError, {}],
    ['native-model-not-found', 400, errors.ModelNotFoundError, {}],
    ['model-unloaded', 400, errors.ModelLoadError, { code: 'model-unloaded', isRetryable: true }],
    ['model-unloaded', 200, errors.ModelLoadError, { code: 'model-unloaded' }],
    ['engine-gone', 400, errors.ModelLoadError, { isRetryable: false }],
    ['context-exceeded', 200, errors.ContextLengthError, {}],
    ['context-exceeded', 500, errors.ContextLengthError, {}],
    ['context-keep-first', 400, errors.ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
    ['context-n-keep', 400, errors.ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
    ['engine-context-size', 400, errors.ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
    ['compute-error', 500, errors.ModelLoadError, { code: 'engine-crashed' }],
    ['crash', 500, errors.ModelLoadError, { code: 'engine-crashed' }],
    ['crash', 200, errors.ModelLoadError, { code: 'engine-crashed' }],
    ['messages-error', 400, errors.InvalidRequestError, {}],
  ])('%s with status %i', (name, status, type, facts) => {
    const result = error(status, fixtureJSON(`errors/${name}.json`))
    expect(result).toBeInstanceOf(type)
    expect(result).toMatchObject({ ...facts, status, endpoint: context.endpoint })
    expect(result.constructor).toBe(type)
    expect(result.hint.length).toBeGreaterThan(10)
    expect(result.message).toContain(context.endpoint)
  })

  it('keeps the words of the server', () => {
    expect(error(400, fixtureJSON('errors/load-failed.json'))).toMatchObject({
      serverMessage: expect.stringContaining('21.4 GB') as string,
      serverCode: 'model_load_failed',
      serverType: 'invalid_request_error',
      param: 'model',
    })
    expect(error(400, fixtureJSON('errors/json-object.json'))).toMatchObject({
      serverMessage: expect.stringContaining('json_schema') as string,
    })
  })
})

describe('wordings', () => {
  it.each<[string, Type]>([
    ['Channel Error', errors.ModelLoadError],
    ['Error loading model.', errors.ModelLoadError],
    ['Model loading was stopped due to insufficient system resources.', errors.ModelLoadError],
    ['Model was unloaded while the request was queued.', errors.ModelLoadError],
    ['No model is currently loaded', errors.ModelNotFoundError],
    ['The model `puffin` does not exist.', errors.ModelNotFoundError],
    ["The model 'puffin' doesn't exist", errors.ModelNotFoundError],
    ["model 'puffin' not found, try pulling it first", errors.ModelNotFoundError],
    ['No such model: puffin', errors.ModelNotFoundError],
    ['Unknown model puffin', errors.ModelNotFoundError],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens.",
      errors.ContextLengthError,
    ],
    [
      'The number of tokens to keep from the initial prompt is greater than the context length',
      errors.ContextLengthError,
    ],
    ['input exceeds the context window', errors.ContextLengthError],
    ["'messages' field is required", errors.InvalidRequestError],
    ['Unrecognized key(s) in object: context_length', errors.InvalidRequestError],
  ])('%s', (message, type) => expect(error(400, { error: message }).constructor).toBe(type))

  it('reads the numbers of an overflow in the words of vLLM', () => {
    expect(
      error(400, { error: "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens." }),
    ).toMatchObject({ promptTokens: 9001, contextLength: 8192 })
  })
})

describe('statuses without known words', () => {
  it.each<[number, Type, boolean]>([
    [200, errors.ApiError, false],
    [400, errors.InvalidRequestError, false],
    [401, errors.AuthenticationError, false],
    [403, errors.PermissionError, false],
    [404, errors.UnsupportedEndpointError, false],
    [405, errors.UnsupportedEndpointError, false],
    [408, errors.ApiError, true],
    [409, errors.ApiError, false],
    [413, errors.InvalidRequestError, false],
    [418, errors.ApiError, false],
    [422, errors.InvalidRequestError, false],
    [429, errors.RateLimitError, true],
    [500, errors.NetworkError, false],
    [501, errors.UnsupportedEndpointError, false],
    [502, errors.NetworkError, true],
    [503, errors.NetworkError, true],
    [504, errors.NetworkError, true],
  ])('%i', (status, type, isRetryable) => {
    for (const body of ['', {}, { error: '' }, { error: null }, 'nope', { error: 'nope' }, [], null, 7]) {
      const result = error(status, body)
      expect(result.constructor).toBe(type)
      expect(result).toMatchObject({ status, isRetryable })
      expect(result.message.length).toBeGreaterThan(20)
    }
  })

  it.each([
    ['proxy-502.html', 502],
    ['express-404.html', 404],
    ['plain.txt', 503],
  ])('%s does not throw, and does not print a page', (name, status) => {
    const result = error(status, fixtureText(`errors/${name}`))
    expect(errors.NetworkError.isInstance(result)).toBe(true)
    expect(result.message.length).toBeLessThan(900)
  })
})

describe('precedence', () => {
  it.each([
    fixtureJSON('errors/catch-all.json'),
    { error: 'Unexpected endpoint or method. (GET /api/v1/models)' },
    { error: 'Context size has been exceeded.' },
    { error: 'No models loaded' },
    { error: 'model not found' },
  ])('a 401 asks for a token whatever it says: %j', (body) =>
    expect(error(401, body)).toBeInstanceOf(errors.AuthenticationError),
  )

  it('a 401 says whether a token was missing or refused', () => {
    expect(error(401, {}, {}, false).code).toBe('auth-required')
    expect(error(401, {}, {}, true).code).toBe('auth-rejected')
    expect(error(401, {}, {}, true).hint).not.toBe(error(401, {}, {}, false).hint)
  })

  it('a 403 and a 429 are what they are whatever they say', () => {
    expect(error(403, { error: 'model not found' })).toBeInstanceOf(errors.PermissionError)
    expect(error(429, { error: 'context length budget used up' })).toBeInstanceOf(errors.RateLimitError)
  })

  it('a missing model on a 404 is not a missing route', () => {
    expect(error(404, { error: { message: 'x', code: 'model_not_found' } })).toBeInstanceOf(errors.ModelNotFoundError)
  })
})

describe('Retry-After', () => {
  it('is told with a 429 and a 503', () => {
    expect(error(429, {}, { 'retry-after': '2' })).toMatchObject({ retryAfterMs: 2000 })
    expect(error(503, {}, { 'retry-after': '2' })).toMatchObject({ retryAfterMs: 2000 })
    expect((error(429, {}) as errors.RateLimitError).retryAfterMs).toBeUndefined()
  })
})

describe('secrets', () => {
  it('are removed, also those only the sender knows', () => {
    const scrub = (text: string): string => text.replaceAll('hunter2hunter2', '[redacted]')
    const body = {
      error: {
        message: 'Malformed hunter2hunter2 or sk-lm-abcdefgh:ABCDEFGHIJ0123456789',
        code: 'hunter2hunter2',
        type: 'a',
        param: 'hunter2hunter2',
      },
    }
    for (const status of [200, 400, 401, 404, 500]) {
      const result = errorFromResponse({ status, body }, { ...context, scrub })
      expect(JSON.stringify(result) + result.stack).not.toMatch(/hunter2|ABCDEFGHIJ/)
    }
  })

  it('that are numbers or words of JSON break no body', () => {
    const scrub = (text: string): string =>
      ['8192', '"message"', '"error":'].reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
    const body = fixtureJSON('errors/engine-context-size.json')
    expect(errorFromResponse({ status: 400, body }, { ...context, scrub })).toBeInstanceOf(errors.ContextLengthError)
  })

  it('does not fail over a body of brackets', () => {
    const depth = 32_000
    expect(
      errorFromResponse(
        { status: 400, body: JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown },
        context,
      ),
    ).toBeInstanceOf(errors.InvalidRequestError)
  })
})

describe('a model that is not what was wanted', () => {
  it.each([
    'Failed to load model "m". Error: Model is not llm.',
    'Model is not embedding.',
    'This model is not an embedding model',
  ])('is told as such: %s', (error) => {
    expect(errorFromResponse({ status: 400, body: { error } }, context)).toMatchObject({
      name: 'InvalidRequestError',
      code: 'wrong-model-type',
    })
  })

  it('is not there, though the server says that it failed to load', () => {
    const error = 'Failed to load model "m". Error: Model not found'
    expect(errorFromResponse({ status: 400, body: { error } }, context).name).toBe('ModelNotFoundError')
  })
})

describe('a route that is not there', () => {
  const missing = (route: string, status = 404, body: unknown = '') =>
    errorFromResponse({ status, body }, { ...context, route })

  it.each([
    ['/api/v1/models/load', '0.4.0'],
    ['/v1/responses', '0.3.29'],
    ['/v1/messages', '0.4.1'],
  ])('names the version that brings %s', (route, since) => {
    for (const error of [missing(route), missing(route, 200, fixtureJSON('errors/catch-all.json'))]) {
      expect(error).toBeInstanceOf(errors.UnsupportedEndpointError)
      expect(error).toMatchObject({ since, hint: expect.stringContaining(`LM Studio ${since}`) as string })
      expect(error.toJSON()).toMatchObject({ since })
    }
  })

  it('names none where every version has it', () => {
    expect(missing('/v1/models')).not.toHaveProperty('since')
    expect(missing('/v1/models').hint).toBe(new errors.UnsupportedEndpointError('').hint)
  })

  it('is told from a download that is not there', () => {
    const error = missing('/api/v1/models/download/status/job_1', 404, {
      error: { type: 'job_not_found', message: 'Download job "job_1" not found.' },
    })
    expect(error.constructor).toBe(errors.ApiError)
    expect(error).toMatchObject({ code: 'job-not-found' })
  })
})
