import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { context } from '../helpers/client.js'
import { fixtureJSON, fixtureText } from '../helpers/fixtures.js'

type ErrorClass = abstract new (...args: never[]) => errors.ProviderError

const {
  ApiError,
  AuthenticationError,
  ContextLengthError,
  InvalidRequestError,
  ModelLoadError,
  ModelNotFoundError,
  NetworkError,
  PermissionError,
  RateLimitError,
  UnsupportedEndpointError,
} = errors

const errorOf = (
  status: number,
  body: unknown,
  { headers = {}, ...info }: { headers?: Record<string, string>; sentToken?: boolean; route?: string } = {},
): errors.ProviderError => errorFromResponse({ status, body, headers: new Headers(headers) }, { ...context, ...info })

const ISSUES_OF_TOOL = [
  { path: ['tools', 0, 'function', 'parameters', 'type'], message: 'Invalid literal value, expected "object"' },
]

describe('errorFromResponse', () => {
  it.each([400, 422])('refers to the server log where a %i has no reason', (status) => {
    expect(errorOf(status, '').hint).toContain('Look at the log of the server')
  })

  it.each([
    { error: { message: null, code: 'tern_asleep' } },
    { error: { type: 'tern_asleep' } },
    { code: 'tern_asleep' },
  ])('quotes the name of an error without words: %j', (body) => {
    expect(errorOf(400, body).message).toContain('“tern_asleep”')
    expect(errorOf(400, body).serverMessage).toBeUndefined()
  })

  it.each([{ status: 503 }, { statusCode: 503 }, { status_code: 503 }, { code: '503' }])(
    'takes the status of an error in a success from %j',
    (fields) => expect(errorOf(200, { message: 'no', ...fields })).toMatchObject({ code: 'server-error', status: 200 }),
  )

  it.each<[string, number, ErrorClass, object]>([
    ['catch-all', 200, UnsupportedEndpointError, { code: 'wrong-path', isRetryable: false }],
    ['catch-all', 404, UnsupportedEndpointError, { code: 'wrong-path' }],
    ['auth-missing', 401, AuthenticationError, { code: 'auth-required', serverCode: 'invalid_api_key' }],
    ['auth-malformed', 401, AuthenticationError, { code: 'auth-required' }],
    ['auth-unknown', 401, AuthenticationError, { code: 'auth-required' }],
    ['permission-denied', 403, PermissionError, { code: 'permission', param: 'integrations' }],
    ['messages-required', 400, InvalidRequestError, { code: 'invalid-request' }],
    ['json-object', 400, InvalidRequestError, { code: 'unsupported-format' }],
    ['tool-choice-object', 400, InvalidRequestError, { code: 'invalid-request' }],
    ['embeddings-input', 400, InvalidRequestError, { code: 'invalid-request' }],
    ['image-url', 400, InvalidRequestError, { code: 'unreadable-image' }],
    ['invalid-messages', 400, InvalidRequestError, { code: 'invalid-request' }],
    ['native-unrecognized-keys', 400, InvalidRequestError, { code: 'unsupported-field' }],
    ['responses-invalid-request', 400, InvalidRequestError, { code: 'invalid-request' }],
    ['messages-error', 400, InvalidRequestError, { code: 'invalid-request' }],
    [
      'native-invalid-union',
      400,
      InvalidRequestError,
      { issues: [{ path: ['input'], message: expect.stringContaining('discriminator') as string }] },
    ],
    ['zod-in-string', 400, InvalidRequestError, { issues: ISSUES_OF_TOOL }],
    ['zod-bare', 400, InvalidRequestError, { issues: ISSUES_OF_TOOL }],
    ['load-failed', 400, ModelLoadError, { code: 'model-load', isRetryable: false }],
    ['load-failed', 404, ModelLoadError, { code: 'model-load' }],
    ['no-models-loaded', 400, ModelNotFoundError, { code: 'no-models-loaded' }],
    ['no-models-loaded', 404, ModelNotFoundError, { code: 'no-models-loaded' }],
    ['no-models-loaded-string', 400, ModelNotFoundError, { code: 'no-models-loaded' }],
    ['native-model-not-found', 404, ModelNotFoundError, { code: 'model-not-found' }],
    ['native-model-not-found', 400, ModelNotFoundError, { code: 'model-not-found' }],
    ['model-unloaded', 400, ModelLoadError, { code: 'model-unloaded', isRetryable: true }],
    ['model-unloaded', 200, ModelLoadError, { code: 'model-unloaded', isRetryable: true }],
    ['engine-gone', 400, ModelLoadError, { code: 'engine-crashed', isRetryable: false }],
    ['compute-error', 500, ModelLoadError, { code: 'engine-crashed', isRetryable: false }],
    ['crash', 500, ModelLoadError, { code: 'engine-crashed' }],
    ['crash', 200, ModelLoadError, { code: 'engine-crashed' }],
    ['context-exceeded', 200, ContextLengthError, { code: 'context-length', isRetryable: false }],
    ['context-exceeded', 500, ContextLengthError, { code: 'context-length' }],
    ['context-keep-first', 400, ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
    ['context-n-keep', 400, ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
    ['engine-context-size', 400, ContextLengthError, { promptTokens: 9001, contextLength: 8192 }],
  ])('classifies the fixture %s with status %i', (name, status, type, fields) => {
    const error = errorOf(status, fixtureJSON(`errors/${name}.json`))
    expect(error.constructor).toBe(type)
    expect(error).toMatchObject({ ...fields, status, endpoint: context.endpoint })
  })

  it('keeps the message, code, type and parameter of the server', () => {
    const error = errorOf(400, fixtureJSON('errors/load-failed.json'))
    expect(error).toMatchObject({
      serverMessage: expect.stringContaining('requires approximately 21.4 GB') as string,
      serverCode: 'model_load_failed',
      serverType: 'invalid_request_error',
      param: 'model',
    })
    expect(error.message).toContain('requires approximately 21.4 GB')
    expect(error.message).toContain('POST /v1/chat/completions')
  })

  it.each<[string, ErrorClass, string]>([
    ['Channel Error', ModelLoadError, 'engine-crashed'],
    ['Error loading model.', ModelLoadError, 'model-load'],
    ['Model loading was stopped due to insufficient system resources.', ModelLoadError, 'model-load'],
    ['Model was unloaded while the request was queued.', ModelLoadError, 'model-unloaded'],
    ['No model is currently loaded', ModelNotFoundError, 'no-models-loaded'],
    ['The model `puffin` does not exist.', ModelNotFoundError, 'model-not-found'],
    ["The model 'puffin' doesn't exist", ModelNotFoundError, 'model-not-found'],
    ["model 'puffin' not found, try pulling it first", ModelNotFoundError, 'model-not-found'],
    ['No such model: puffin', ModelNotFoundError, 'model-not-found'],
    ['Unknown model puffin', ModelNotFoundError, 'model-not-found'],
    ['Failed to load model "m". Error: Model not found', ModelNotFoundError, 'model-not-found'],
    ['Failed to load model "m". Error: Model is not llm.', InvalidRequestError, 'wrong-model-type'],
    ['Model is not embedding.', InvalidRequestError, 'wrong-model-type'],
    ['This model is not an embedding model', InvalidRequestError, 'wrong-model-type'],
    ['Stored response resp_1 not found', InvalidRequestError, 'unknown-response'],
    ['previous_response_id resp_1 has expired', InvalidRequestError, 'unknown-response'],
    ['Could not find stored response resp_1: unknown previous_response_id', InvalidRequestError, 'unknown-response'],
    ["This model's maximum context length is 8192 tokens.", ContextLengthError, 'context-length'],
    [
      'The number of tokens to keep from the initial prompt is greater than the context length',
      ContextLengthError,
      'context-length',
    ],
    ['input exceeds the context window', ContextLengthError, 'context-length'],
    ["'messages' field is required", InvalidRequestError, 'invalid-request'],
    ['Unrecognized key(s) in object: context_length', InvalidRequestError, 'unsupported-field'],
  ])('classifies the message: %s', (message, type, code) => {
    const error = errorOf(400, { error: message })
    expect(error.constructor).toBe(type)
    expect(error).toMatchObject({ code, serverMessage: message })
  })

  it.each<[string, ErrorClass, string]>([
    ['mcp_connection_error', ApiError, 'integration-unreachable'],
    ['plugin_connection_error', ApiError, 'integration-unreachable'],
    ['model_not_found', ModelNotFoundError, 'model-not-found'],
    ['exceed_context_size_error', ContextLengthError, 'context-length'],
  ])('classifies an error by its type or its code: %s', (word, type, code) => {
    for (const body of [{ error: { message: 'x', type: word } }, { error: { message: 'x', code: word } }]) {
      const error = errorOf(400, body)
      expect(error.constructor).toBe(type)
      expect(error.code).toBe(code)
    }
  })

  it.each<[string, string, number | undefined, number | undefined]>([
    [
      'max-tokens',
      "This model's maximum context length is 128000 tokens. However, you requested 65535 output tokens and your prompt contains at least 62466 input tokens, for a total of at least 128001 tokens.",
      62_466,
      128_000,
    ],
    [
      'max-tokens',
      'maximum context length is 4097 tokens, however you requested 4226 tokens (4066 in your prompt; 160 for the completion)',
      4066,
      4097,
    ],
    [
      'max-tokens',
      "maximum context length is 2048 tokens. However, your request has 8 input tokens plus 2045 'max_tokens'.",
      8,
      2048,
    ],
    [
      'max-tokens',
      "'max_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 900 input tokens",
      900,
      32_768,
    ],
    [
      'max-tokens',
      'maximum context length of 900 tokens. You requested a total of 1000 tokens: 100 tokens from the input messages and 900 tokens for the completion.',
      100,
      900,
    ],
    [
      'max-tokens',
      '`inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1887 `inputs` tokens and 1024 `max_new_tokens`',
      1887,
      2048,
    ],
    ['max-tokens', 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000', 190_000, 200_000],
    [
      'context-length',
      'maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the messages, 10000 in the completion).',
      112_946,
      16_384,
    ],
    [
      'context-length',
      "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
      61_709,
      40_960,
    ],
    [
      'context-length',
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      40_000,
      32_768,
    ],
    ['context-length', 'prompt is too long: 210000 tokens > 200000 maximum', 210_000, 200_000],
    ['context-length', 'Requested tokens (4226) exceed context window of 4096', 4226, 4096],
    ['context-length', 'Prompt length 9000 is greater than max_seq_len 8192', 9000, 8192],
    [
      'context-length',
      'However, your messages resulted in over 3000 tokens. maximum context length is 2048',
      3000,
      2048,
    ],
  ])('classifies an overflow as %s, with the numbers of: %s', (code, message, promptTokens, contextLength) => {
    expect(errorOf(400, { error: message })).toMatchObject({
      name: 'ContextLengthError',
      code,
      promptTokens,
      contextLength,
    })
  })

  it.each<[string, string]>([
    ["This model's maximum context length is 512 tokens.", 'input-too-long'],
    [
      'input (992 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
      'input-too-long',
    ],
    ['batch size 100 > maximum allowed batch size 32', 'batch-too-large'],
    ['Too many inputs: at most 96 texts', 'batch-too-large'],
  ])('classifies for an embedding: %s', (message, code) => {
    expect(errorOf(400, { error: message }, { route: '/v1/embeddings' }).code).toBe(code)
  })

  it.each<[string, number, unknown, string, string]>([
    [
      'a code before the words',
      400,
      { error: { message: 'Model not found', code: 'context_length_exceeded' } },
      'ContextLengthError',
      'context-length',
    ],
    [
      'a code before the status',
      403,
      { error: { message: 'no', code: 'model_not_found' } },
      'ModelNotFoundError',
      'model-not-found',
    ],
    [
      'words before the status',
      500,
      { error: 'The model `auk` does not exist.' },
      'ModelNotFoundError',
      'model-not-found',
    ],
    [
      'the status of the inner error',
      500,
      { error: 'Engine protocol predict request returned 400: {"error":{"code":400,"message":"x"}}' },
      'InvalidRequestError',
      'invalid-request',
    ],
    [
      'the type of an error within a 500',
      500,
      { object: 'error', message: 'x', type: 'BadRequestError', param: null, code: null },
      'InvalidRequestError',
      'invalid-request',
    ],
    [
      'a load that fails before a context that it names',
      500,
      { error: 'Failed to load the model: lower the context length' },
      'ModelLoadError',
      'model-load',
    ],
    [
      'an image that cannot be loaded',
      400,
      { error: 'Failed to load image' },
      'InvalidRequestError',
      'unreadable-image',
    ],
    [
      'a field with the name of another subject',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'context_length'], msg: 'Extra inputs are not permitted' }] },
      'InvalidRequestError',
      'unsupported-field',
    ],
    [
      'a grammar within a stream',
      200,
      { error: { message: 'failed to parse grammar' } },
      'InvalidRequestError',
      'unsupported-schema',
    ],
  ])('prefers %s', (_, status, body, name, code) => {
    expect(errorOf(status, body)).toMatchObject({ name, code })
  })

  it.each<[string, string]>([
    ['chat-template', 'System role not supported'],
    ['chat-template', "Unexpected role 'system' after role 'user'"],
    ['chat-template', 'Failed to apply prompt template'],
    ['unsupported-schema', 'Unable to build grammar for tool get_tide'],
    ['unreadable-image', 'Could not process image'],
    ['unreadable-image', 'Failed to fetch image from URL'],
    ['no-vision', 'This model cannot process images'],
    ['no-vision', 'image_url is not supported'],
    ['max-tokens', 'max_tokens must be less than 4096'],
    ['max-tokens', 'max_completion_tokens exceeds the model limit'],
    ['context-length', 'Token limit exceeded: 9000 > 8192'],
    ['model-load', 'failed to allocate memory while loading model'],
    ['model-load', 'insufficient memory to load the model'],
    ['engine-crashed', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
    ['engine-crashed', 'The model process exited unexpectedly'],
    ['loading', 'Model is warming up'],
    ['loading', 'model loading in progress'],
    ['loading', 'llm server loading model'],
    ['unsupported-field', 'property stream_options is unsupported'],
    ['unsupported-format', 'json_schema is not supported'],
    ['no-tools', 'Tools are not supported'],
    ['model-not-found', 'model auk is not supported'],
    ['unknown-response', 'Response resp_1 not found'],
  ])('classifies a 500 as %s by its words: %s', (code, message) => {
    expect(errorOf(500, { error: message }).code).toBe(code)
  })

  it.each([
    ['text.format', 'Required'],
    ['tools.8.type', 'Invalid'],
  ])('names the parameter %s in message, issues and hint', (param, message) => {
    const error = errorOf(400, { error: { message, type: 'invalid_request_error', param, code: null } })
    expect(error.message).toContain(`field \`${param}\``)
    expect(error).toMatchObject({ param, issues: [{ path: [param], message }] })
    expect(error.hint).toBe(`Fix \`${param}\`, or leave it out if the server does not support it.`)
  })

  it('names a parameter once, if the message of the server has it', () => {
    const error = errorOf(400, { error: { message: 'min_p is too small', param: 'min_p' } })
    expect(error.message).not.toContain('field')
    expect(error.hint).toContain('Fix `min_p`')
  })

  it('names no field, and gives a hint without one, where the server names none', () => {
    const error = errorOf(400, { error: 'nope' })
    expect(error.message).toBe(
      `The server at ${context.endpoint} rejected the request: “nope” (400, POST /v1/chat/completions).`,
    )
    expect(error).toMatchObject({ issues: [{ path: [], message: 'nope' }] })
    expect(error.hint).toContain('Fix what the server names')
  })

  it.each([
    ['BadRequestError', 'invalid-request'],
    ['validation', 'invalid-request'],
    ['validation_error', 'invalid-request'],
    ['UnprocessableEntityError', 'invalid-request'],
    ['not_found_error', 'wrong-path'],
    ['NotFoundError', 'wrong-path'],
    ['unavailable_error', 'server-error'],
    ['overloaded_error', 'server-error'],
    ['ServiceUnavailable', 'server-error'],
    ['service_unavailable', 'server-error'],
    ['service_unavailable_error', 'server-error'],
    ['ServiceUnavailableError', 'server-error'],
  ])('reads the type %s within a 500 as %s, and keeps any other status', (type, code) => {
    const body = { error: { message: 'nope', type } }
    expect(errorOf(500, body)).toMatchObject({ code, isRetryable: code === 'server-error' })
    expect(errorOf(502, body)).toMatchObject({ code: 'server-error', isRetryable: true })
    for (const other of [`x${type}`, `${type}x`]) {
      expect(errorOf(500, { error: { message: 'nope', type: other } })).toMatchObject({
        code: 'server-error',
        isRetryable: false,
      })
    }
  })

  it.each([
    ["field 'min_p' is odd", 'min_p'],
    ['field "min_p" is odd', 'min_p'],
    ['field `min_p` is odd', 'min_p'],
    ["key(s) in object: 'min_p'", 'min_p'],
    ["key: 'min_p'", 'min_p'],
    ["param:'tools[0].type' is odd", 'tools[0].type'],
    ['property: top_k_2', 'top_k_2'],
    ["'min_p' field", 'min_p'],
    ["'tools[0].type' parameter", 'tools[0].type'],
    ["'min_p': is not allowed", 'min_p'],
    ['`min_p` is not supported', 'min_p'],
    ['"min_p": extra inputs are odd', 'min_p'],
    ["'min_p' is required", 'min_p'],
  ])('reads the name of a field in: %s', (message, field) => {
    expect(errorOf(422, { error: message })).toMatchObject({ issues: [{ path: [field], message }] })
  })

  it.each(["'a b' is required", "'7up' is required", 'x is required', 'field: word', "option 'min_p"])(
    'reads no name of a field in: %s',
    (message) => expect(errorOf(422, { error: message })).toMatchObject({ issues: [{ path: [], message }] }),
  )

  it.each<[readonly unknown[], string]>([
    [[{ loc: ['query', 'limit'], msg: 'x' }], 'limit'],
    [[{ loc: ['tools', 'body'], msg: 'x' }], 'tools.body'],
    [
      [
        { loc: ['body'], msg: 'x' },
        { loc: ['body', 'top_p'], msg: 'y' },
      ],
      'top_p',
    ],
  ])('names the field of the issues %j', (detail, field) => {
    expect(errorOf(422, { detail }).hint).toContain(`Fix \`${field}\``)
  })

  it('names no field for issues that have no path', () => {
    expect(errorOf(422, { detail: [{ loc: ['body'], msg: 'x' }] }).hint).toContain('Fix what the server names')
  })

  it.each(['stream_options', 'stream_options.include_usage'])('has the option that adds the field %s', (param) => {
    for (const message of ['Extra inputs are not permitted', 'nope']) {
      expect(errorOf(400, { error: { message, param } }).hint).toBe('Set the option `includeUsage` to `false`.')
    }
  })

  it.each<[string, string, (string | number)[]]>([
    ['no-vision', 'This model does not support images', ['messages']],
    ['unreadable-image', 'Failed to load image', ['messages']],
    ['chat-template', 'System role not supported', ['messages']],
    ['no-tools', 'Tools are not supported', ['tools']],
    ['unsupported-format', 'json_schema is not supported', ['response_format']],
    ['wrong-model-type', 'Model is not embedding.', ['model']],
    ['unknown-response', 'Stored response resp_1 not found', ['previousResponseId']],
    ['request-too-large', 'too many images', []],
    ['unsupported-schema', 'failed to parse grammar', []],
  ])('lists an issue with the field of the error %s', (code, message, path) => {
    expect(errorOf(400, { error: message })).toMatchObject({ code, issues: [{ path, message }] })
  })

  it('lists an issue with the input that is too many', () => {
    const error = errorOf(400, { error: 'Too many inputs: at most 96 texts' }, { route: '/v1/embeddings' })
    expect(error).toMatchObject({ issues: [{ path: ['input'], message: 'Too many inputs: at most 96 texts' }] })
  })

  it('has a hint of its own for a 403 without a word, which Ollama sends for an origin', () => {
    expect(errorOf(403, '').hint).toContain('origin')
    expect(errorOf(403, { error: 'nope' }).hint).not.toContain('origin')
  })

  it.each([
    [429, { error: { code: 'insufficient_quota', message: 'x' } }, 'quota-exceeded', false],
    [429, { error: 'x' }, 'rate-limit', true],
    [503, { error: 'Loading model' }, 'loading', true],
    [503, { error: 'x' }, 'server-error', true],
  ])('reads Retry-After of a %i with the body %j', (status, body, code, isRetryable) => {
    const error = errorOf(status, body, { headers: { 'retry-after': '2' } })
    expect(error).toMatchObject({ code, isRetryable, retryAfterMs: 2000 })
  })

  it('does not retry what a tunnel or a missing encryption causes', () => {
    expect(errorOf(530, 'error code: 1033')).toMatchObject({ code: 'tunnel-offline', isRetryable: false })
    expect(errorOf(400, 'The plain HTTP request was sent to HTTPS port')).toMatchObject({
      code: 'tls',
      isRetryable: false,
      hint: 'Use https:// instead of http:// in the endpoint.',
    })
  })

  it('hints at an update where LM Studio does not know a route of a later version', () => {
    const body = fixtureJSON('errors/catch-all.json')
    expect(errorOf(200, body, { route: '/api/v1/chat' }).hint).toContain('Update to LM Studio 0.4.0 or later')
    expect(errorOf(200, body, { route: '/v1/models' }).hint).not.toContain('Update')
  })

  it('recognizes a page only where it is one', () => {
    const response = { status: 400, body: '', page: 'Sign in' }
    expect(errorFromResponse(response, context).code).toBe('sign-in-page')
    expect(errorFromResponse({ status: 400, body: 'Sign in' }, context).code).toBe('invalid-request')
  })

  it.each<[unknown, string]>([
    [{ error: "Unknown parameter: 'min_p'." }, 'min_p'],
    [{ error: 'Unrecognized request argument supplied: min_p' }, 'min_p'],
    [{ error: 'json: unknown field "min_p"' }, 'min_p'],
    [{ error: "got an unexpected keyword argument 'min_p'" }, 'min_p'],
    [{ error: { message: 'x', code: 'unsupported_parameter', param: 'min_p' } }, 'min_p'],
    [[{ code: 'unrecognized_keys', keys: ['min_p'], path: [], message: 'Unrecognized key(s) in object' }], 'min_p'],
    [
      {
        detail: [
          { type: 'extra_forbidden', loc: ['body', 'guided_options', 'x'], msg: 'Extra inputs are not permitted' },
        ],
      },
      'guided_options.x',
    ],
  ])('names the field that the server does not support: %j', (body, field) => {
    const error = errorOf(422, body)
    expect(error.code).toBe('unsupported-field')
    expect(error.hint).toContain(`Leave out \`${field}\``)
  })

  it('reads the numbers of a context overflow from the message of vLLM', () => {
    const message = "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens."
    expect(errorOf(400, { error: message })).toMatchObject({ promptTokens: 9001, contextLength: 8192 })
  })

  it.each<[number, ErrorClass, string, boolean]>([
    [200, ApiError, 'api', false],
    [400, InvalidRequestError, 'invalid-request', false],
    [401, AuthenticationError, 'auth-required', false],
    [403, PermissionError, 'permission', false],
    [404, UnsupportedEndpointError, 'wrong-path', false],
    [405, UnsupportedEndpointError, 'wrong-path', false],
    [408, ApiError, 'request-timeout', true],
    [409, ApiError, 'api', false],
    [413, InvalidRequestError, 'request-too-large', false],
    [418, ApiError, 'api', false],
    [422, InvalidRequestError, 'invalid-request', false],
    [429, RateLimitError, 'rate-limit', true],
    [500, NetworkError, 'server-error', false],
    [501, UnsupportedEndpointError, 'wrong-path', false],
    [502, NetworkError, 'server-error', true],
    [503, NetworkError, 'server-error', true],
    [504, NetworkError, 'server-error', true],
  ])('classifies status %i when the body says nothing known', (status, type, code, isRetryable) => {
    for (const body of ['', { error: 'nope' }]) {
      const error = errorOf(status, body)
      expect(error.constructor).toBe(type)
      expect(error).toMatchObject({ status, code, isRetryable })
    }
    expect(errorOf(status, '').message).toContain(String(status))
  })

  it.each([[{}], [{ error: '' }], [{ error: null }], [null]])(
    'reports the status when the body %j has no message',
    (body) => {
      const error = errorOf(418, body) as errors.ApiError
      expect(error.constructor).toBe(ApiError)
      expect(error.message).toContain('418')
      expect(error.serverMessage).toBeUndefined()
    },
  )

  it('quotes a plain text body', () => {
    const error = errorOf(503, fixtureText('errors/plain.txt'))
    expect(error.constructor).toBe(NetworkError)
    expect(error.message).toContain('upstream connect error or disconnect/reset before headers')
  })

  it.each([
    'Unexpected endpoint or method. (GET /api/v1/models)',
    'Context size has been exceeded.',
    'No models loaded',
    'model not found',
  ])('classifies a 401 as a missing token, even with the message: %s', (message) => {
    expect(errorOf(401, { error: message }).constructor).toBe(AuthenticationError)
  })

  it('distinguishes a 401 without a token from a 401 that rejects the token', () => {
    expect(errorOf(401, {}, { sentToken: false }).code).toBe('auth-required')
    expect(errorOf(401, {}, { sentToken: true }).code).toBe('auth-rejected')
  })

  it('classifies a 403 and a 429 by the status, whatever the message', () => {
    expect(errorOf(403, { error: 'model not found' }).constructor).toBe(PermissionError)
    expect(errorOf(429, { error: 'context length budget used up' }).constructor).toBe(RateLimitError)
  })

  it.each([429, 503])('reads Retry-After of a %i', (status) => {
    expect(errorOf(status, {}, { headers: { 'retry-after': '2' } })).toMatchObject({ retryAfterMs: 2000 })
  })

  it('leaves `retryAfterMs` undefined without Retry-After', () => {
    expect((errorOf(429, {}) as errors.RateLimitError).retryAfterMs).toBeUndefined()
  })

  it.each([
    ['/api/v1/models/load', '0.4.0'],
    ['/v1/responses', '0.3.29'],
    ['/v1/messages', '0.4.1'],
  ])('names the LM Studio version that added the missing route %s', (route, since) => {
    for (const error of [errorOf(404, '', { route }), errorOf(200, fixtureJSON('errors/catch-all.json'), { route })]) {
      expect(error.constructor).toBe(UnsupportedEndpointError)
      expect(error).toMatchObject({ since, hint: expect.stringContaining(`LM Studio ${since}`) as string })
      expect(error.toJSON()).toMatchObject({ since })
    }
  })

  it('names no version for a missing route that every version has', () => {
    const error = errorOf(404, '', { route: '/v1/models' })
    expect(error).not.toHaveProperty('since')
    expect(error.hint).toContain('bare address')
  })

  it('distinguishes an unknown download from a missing route', () => {
    const body = { error: { type: 'job_not_found', message: 'Download job "job_1" not found.' } }
    const error = errorOf(404, body, { route: '/api/v1/models/download/status/job_1' })
    expect(error.constructor).toBe(ApiError)
    expect(error.code).toBe('job-not-found')
  })

  it('redacts credentials, and the secrets of the request, in every field', () => {
    const body = {
      error: {
        message: 'Malformed hunter2hunter2 or sk-lm-abcdefgh:ABCDEFGHIJ0123456789',
        code: 'hunter2hunter2',
        type: 'a',
        param: 'hunter2hunter2',
      },
    }
    const scrub = (text: string): string => text.replaceAll('hunter2hunter2', '[redacted]')
    for (const status of [200, 400, 401, 404, 500]) {
      const error = errorFromResponse({ status, body }, { ...context, scrub })
      expect(error.message).toContain('Malformed [redacted] or sk-lm-[redacted]')
      expect(JSON.stringify(error) + error.stack).not.toMatch(/hunter2|ABCDEFGHIJ/)
    }
  })

  it('classifies a body in which secrets of the request match numbers and keys', () => {
    const scrub = (text: string): string =>
      ['8192', '"message"', '"error":'].reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
    const body = fixtureJSON('errors/engine-context-size.json')
    const error = errorFromResponse({ status: 400, body }, { ...context, scrub })
    expect(error).toMatchObject({ name: 'ContextLengthError', promptTokens: 9001, contextLength: 8192 })
  })

  it('classifies a body of deeply nested brackets by its status', () => {
    const depth = 32_000
    const body = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown
    expect(errorOf(400, body).constructor).toBe(InvalidRequestError)
  })
})
