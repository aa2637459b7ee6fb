import { describe, expect, it } from 'vitest'
import type { RequestInfo } from '../../src/http/request-info.js'
import { isPage, readPage } from '../../src/http/page-text.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { context } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'

interface Row {
  readonly product: string
  readonly call?: 'complete' | 'embed' | 'listModels' | 'stream'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  readonly class: string
  readonly code: string
}

// With sockets, streams, redirects and hints in test/integration/error-corpus.test.ts, which is too slow to judge each rule.
const CORPUS = (fixtureJSON('errors/corpus.json') as readonly Row[]).filter(
  ({ call, status }) => call !== 'stream' && (status < 300 || status >= 400),
)

const CONTEXTS: Readonly<Record<string, RequestInfo>> = {
  embed: { ...context, route: '/v1/embeddings' },
  listModels: { ...context, method: 'GET', route: '/v1/models' },
}

function classify({ status, body, headers: init = {}, call = 'complete' }: Row) {
  const headers = new Headers(init)
  const page = typeof body === 'string' && isPage(body) ? { body: '', page: readPage(body, headers) } : { body }
  return errorFromResponse({ status, headers, ...page }, CONTEXTS[call] ?? context)
}

describe('the errors of servers', () => {
  it.each(CORPUS.map((row, index) => [`${index}: ${row.product}`, row] as const))('are classified, %s', (_, row) => {
    expect(classify(row)).toMatchObject({ name: row.class, code: row.code })
  })
})

const codeOf = (status: number, error: unknown, route?: string): string =>
  errorFromResponse({ status, body: { error } }, route === undefined ? context : { ...context, route }).code

describe('the `code` and the `type` of a server', () => {
  it.each([
    ['model_load_failed', 'model-load'],
    ['previous_response_not_found', 'unknown-response'],
    ['mcp_connection_error', 'integration-unreachable'],
    ['plugin_connection_error', 'integration-unreachable'],
    ['job_not_found', 'job-not-found'],
    ['model_not_found', 'model-not-found'],
    ['invalid_model', 'model-not-found'],
    ['model_not_available', 'model-not-found'],
    ['model_not_supported', 'model-not-found'],
    ['insufficient_quota', 'quota-exceeded'],
    ['budget_exceeded', 'quota-exceeded'],
    ['quota_exceeded', 'quota-exceeded'],
    ['rate_limit_error', 'rate-limit'],
    ['rate_limit_exceeded', 'rate-limit'],
    ['too_many_requests', 'rate-limit'],
    ['RateLimitError', 'rate-limit'],
    ['invalid_api_key', 'auth-required'],
    ['authentication_error', 'auth-required'],
    ['no_api_key', 'auth-required'],
    ['key_model_access_denied', 'permission'],
    ['tag_model_access_denied', 'permission'],
    ['permission_error', 'permission'],
    ['permission_denied', 'permission'],
    ['TemplateError', 'chat-template'],
    ['invalid_request_message_order', 'chat-template'],
    ['invalid_json_schema', 'unsupported-schema'],
    ['invalid_function_parameters', 'unsupported-schema'],
    ['image_parse_error', 'unreadable-image'],
    ['exceed_context_size_error', 'context-length'],
    ['context_length_exceeded', 'context-length'],
    ['string_above_max_length', 'context-length'],
    ['unsupported_parameter', 'unsupported-field'],
    ['unknown_parameter', 'unsupported-field'],
    ['extra_forbidden', 'unsupported-field'],
  ])('%s means %s, and only as a whole', (name, code) => {
    expect(codeOf(400, { message: 'nope', code: name })).toBe(code)
    expect(codeOf(400, { message: 'nope', code: `x${name}` })).toBe('invalid-request')
    expect(codeOf(400, { message: 'nope', code: `${name}x` })).toBe('invalid-request')
  })

  it.each([
    ['billing_hard_limit', 'quota-exceeded'],
    ['invalid_image_url', 'unreadable-image'],
    ['unsupported_image_media_type', 'unreadable-image'],
  ])('%s means %s by its beginning', (name, code) => {
    expect(codeOf(400, { message: 'nope', code: name })).toBe(code)
    expect(codeOf(400, { message: 'nope', code: `x${name}` })).toBe('invalid-request')
  })

  it.each([
    ['model_load_failed', 'Failed to load. Error: Model is not llm.', 'wrong-model-type'],
    ['model_load_failed', 'Failed to load. Error: Model not found', 'model-not-found'],
    ['invalid_model', 'This is not an embedding model', 'wrong-model-type'],
    ['not_found_error', 'model: acme/auk', 'model-not-found'],
    ['not_found_error', 'the model: acme/auk', 'invalid-request'],
    ['xnot_found_error', 'model: acme/auk', 'invalid-request'],
    ['not_found_errors', 'model: acme/auk', 'invalid-request'],
  ])('%s with the message “%s” means %s', (code, message, expected) => {
    expect(codeOf(400, { message, code })).toBe(expected)
  })
})

describe('the message of a server', () => {
  it.each([
    ['context-length', 'keep the first 9001 tokens'],
    ['context-length', 'must have less than 8192 tokens'],
    ['context-length', 'the input is too long'],
    ['context-length', '`inputs` too big'],
    ['context-length', 'prompt too large'],
    ['context-length', '`max_new_tokens` must be 1 or more'],
    ['context-length', 'max_new_tokens must be 1 or more'],
    ['context-length', '9001 tokens exceed the limit'],
    ['wrong-model-type', 'Model is not a LLM'],
    ['wrong-model-type', 'does not support the embedding api'],
    ['wrong-model-type', 'does not support completion'],
    ['wrong-model-type', 'does not support decision'],
    ['wrong-model-type', 'this is not a chat model'],
    ['wrong-model-type', 'it only support embeddings'],
    ['model-not-found', 'model with requested name not found'],
    ['model-not-found', 'model with requested name is not found'],
    ['tunnel-offline', ' error code 1033 '],
    ['invalid-request', 'an error code: 1033'],
    ['invalid-request', 'error code: 1033 is odd'],
    ['quota-exceeded', 'not enough credit'],
    ['rate-limit', 'the server busy'],
    ['rate-limit', 'the server is busy'],
    ['rate-limit', 'the server is too busy'],
    ['unsupported-field', 'extra param: not permitted'],
    ['model-required', 'several models loaded, specify one'],
    ['model-required', 'multiple models are currently loaded. Please specify a model'],
    ['unknown-response', 'not found: there is no such previous_response_id'],
    ['unknown-response', "response 'resp_17' was not found"],
    ['unknown-response', 'response resp-17 not found'],
    ['job-not-found', 'job_not_found'],
    ['job-not-found', 'job not found'],
    ['model-not-found', 'model_not_found'],
    ['request-too-large', 'at most 16 images'],
    ['no-vision', 'image is not supported'],
    ['no-vision', 'image inputs are not supported'],
    ['no-vision', 'it support only text'],
    ['no-vision', "only 'text' content"],
    ['no-vision', 'only support text contents'],
    ['no-vision', 'only text content'],
    ['unreadable-image', 'cannot decode the image'],
    ['unreadable-image', 'failed downloading image'],
    ['unreadable-image', 'invalid base64 image'],
    ['unreadable-image', 'the image is malformed'],
    ['unreadable-image', 'the image type is unsupported'],
    ['unreadable-image', 'base64 cannot be decoded'],
    ['no-tools', 'does not support tool'],
    ['no-tools', 'tool-calling is not enabled'],
    ['no-tools', 'tool call is not available'],
    ['no-tools', 'function is not available'],
    ['chat-template', 'the role must alternate'],
    ['chat-template', 'a system message at the end is not supported'],
    ['chat-template', 'cannot have two or more assistant messages'],
    ['chat-template', 'the role is not supported'],
    ['chat-template', 'roles are supported: user'],
    ['unsupported-format', 'response_format of type text is unsupported'],
    ['unsupported-format', "'response_format' is not known"],
    ['unsupported-format', 'structured output is not there'],
    ['unsupported-schema', 'json_schema of the tool has an error'],
    ['unsupported-schema', 'failed to parse schema'],
    ['unsupported-schema', 'failed to parse json schema'],
    ['unsupported-schema', 'failed to parse jsonschema'],
    ['model-load', 'failure to load the weights'],
    ['model-load', 'fail to load'],
    ['model-load', "couldn't load it"],
    ['model-load', 'could not load it'],
    ['model-load', 'it requires approximately 21 GB of system memory'],
    ['model-load', 'it require memory'],
    ['model-load', 'it requires more memory'],
    ['model-load', 'during the load it ran out of memory'],
    ['invalid-request', 'cannot load the large image'],
    ['max-tokens', 'max_tokens is too large'],
    ['max-tokens', "'max_tokens' (32000) exceeds it"],
    ['max-tokens', 'max_output_tokens or max_tokens must be less than it'],
    ['max-tokens', 'max_tokens value too high'],
    ['max-tokens', 'at most 4096 completion tokens'],
    ['loading', 'Loading model'],
    ['loading', 'loading the model'],
    ['loading', 'model acme/tern is loading'],
    ['loading', 'model acme/tern is still being loading'],
    ['engine-crashed', 'the engine has crashed'],
    ['engine-crashed', 'the model crashed'],
    ['engine-crashed', 'process 17 was terminated'],
    ['engine-crashed', 'runner terminated'],
    ['engine-crashed', 'runner process has stopped'],
    ['engine-crashed', 'the engine loop is dead'],
    ['engine-crashed', 'engine died'],
    ['engine-crashed', 'outofmemory'],
    ['engine-crashed', 'out of memory'],
    ['unsupported-field', "'min_p' is not allowed"],
    ['unsupported-field', 'parameter min_p of this request is not recognized'],
    ['auth-required', 'no api key'],
    ['auth-required', 'wrong LM Studio api-key'],
    ['auth-required', 'invalid authorization token'],
    ['auth-required', 'missing auth_token'],
    ['auth-required', 'missing accesstoken'],
    ['auth-required', 'apikey is required'],
    ['auth-required', 'api key in the header is not valid'],
    ['auth-required', 'unauthorised'],
    ['auth-required', 'unauthorized'],
    ['rate-limit', 'ratelimit reached'],
    ['rate-limit', 'rate-limit reached'],
    ['rate-limit', 'rate limit reached'],
  ])('mean %s: %s', (code, message) => expect(codeOf(400, message)).toBe(code))

  it.each([
    ['input-too-long', { message: 'nope', code: 'context_length_exceeded' }],
    ['input-too-long', 'the n_ctx is odd'],
    ['input-too-long', 'must have less than 512 of all tokens'],
    ['input-too-long', 'longer than the maximum of 512 characters'],
    ['batch-too-large', 'at most 96 strings'],
    ['batch-too-large', 'the list of inputs can have at most 96 items'],
  ])('mean %s for an embedding: %j', (code, error) => expect(codeOf(400, error, '/v1/embeddings')).toBe(code))

  it('do not blame the context where a model is loaded', () => {
    expect(codeOf(400, 'the context length is odd', '/api/v1/models/load')).toBe('invalid-request')
    expect(codeOf(400, 'the context length is odd')).toBe('context-length')
  })

  it.each([
    ['loading', 500, 'warming up'],
    ['loading', 425, 'warming up'],
    ['loading', 200, 'warming up'],
    ['loading', 500, 'model x is being loaded, please wait'],
    ['loading', 500, 'model x is currently being loaded, try again'],
    ['loading', 500, 'model x is still currently loading'],
    ['loading', 503, 'not ready'],
    ['loading', 503, 'not ready yet'],
    ['invalid-request', 400, 'warming up'],
    ['api', 499, 'warming up'],
    ['auth-required', 499, 'authentication required'],
    ['server-error', 500, 'authentication required'],
    ['rate-limit', 499, 'throttled'],
    ['server-error', 500, 'throttled'],
    ['api', 200, 'throttled'],
    ['quota-exceeded', 402, 'nope'],
    ['auth-required', 403, 'invalid api key'],
    ['auth-required', 403, 'incorrect apikey'],
    ['auth-required', 403, 'missing api_token'],
  ])('mean %s with status %i: %s', (code, status, message) => expect(codeOf(status, message)).toBe(code))
})

describe('a page', () => {
  it.each([
    ['sign-in-page', 499, 'Sign in'],
    ['sign-in-page', 400, 'Login'],
    ['sign-in-page', 400, 'log-on'],
    ['sign-in-page', 400, '/oauth2/start'],
    ['sign-in-page', 400, '/oauth/start'],
    ['sign-in-page', 400, 'type=password'],
    ['sign-in-page', 400, 'type="password'],
    ['server-error', 500, 'Sign in'],
    ['tunnel-offline', 530, 'error code 1033'],
    ['tunnel-offline', 530, 'error code: 1033'],
  ])('means %s with status %i: %s', (code, status, page) => {
    expect(errorFromResponse({ status, body: '', page }, context).code).toBe(code)
  })
})
