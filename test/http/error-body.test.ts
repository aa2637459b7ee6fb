import { describe, expect, it } from 'vitest'
import { hasError, parseErrorBody, type ServerError } from '../../src/http/error-body.js'
import { fixtureJSON, fixtureNames, fixtureText } from '../helpers/fixtures.js'

const parse = (body: unknown, scrub = (text: string): string => text): ServerError => parseErrorBody(body, scrub).shown

const FIXTURES = fixtureNames('.json').filter((name) => name.startsWith('errors/') && name !== 'errors/corpus.json')

describe('parseErrorBody', () => {
  it.each([
    ['auth-missing', /token is required/, { type: 'invalid_request', code: 'invalid_api_key', param: undefined }],
    ['auth-malformed', /Malformed LM Studio API token/, { code: 'invalid_api_key' }],
    ['catch-all', /Unexpected endpoint or method\. \(POST/, { type: undefined, code: undefined }],
    ['compute-error', /^Compute error\.$/, {}],
    ['context-exceeded', /^Context size has been exceeded\.$/, {}],
    [
      'engine-context-size',
      /exceeds the available context size/,
      { type: 'exceed_context_size_error', code: '400', promptTokens: 9001, contextLength: 8192 },
    ],
    ['load-failed', /^Failed to load model "acme\/heron-base"/, { code: 'model_load_failed', param: 'model' }],
    ['messages-error', /max_tokens: Field required/, { type: 'invalid_request_error' }],
    ['messages-required', /'messages' field is required/, {}],
    ['native-invalid-union', /Invalid discriminator/, { code: 'invalid_union', param: 'input' }],
    ['native-model-not-found', /not found/, { type: 'model_not_found', code: undefined }],
    ['no-models-loaded', /^No models loaded/, { type: 'invalid_request_error', param: 'model', code: undefined }],
    ['no-models-loaded-string', /^No models loaded/, {}],
    ['permission-denied', /Permission denied/, { param: 'integrations' }],
    ['tool-choice-object', /Invalid tool_choice type/, {}],
  ])('reads the message and the fields of the fixture %s', (name, message, fields) => {
    const body = fixtureJSON(`errors/${name}.json`)
    expect(hasError(body)).toBe(true)
    expect(parse(body).message).toMatch(message)
    expect(parse(body)).toMatchObject(fields)
  })

  it.each(['zod-in-string', 'zod-bare'])('reads the issues, with their paths, of the fixture %s', (name) => {
    const error = parse(fixtureJSON(`errors/${name}.json`))
    expect(error.issues).toEqual([
      { path: ['tools', 0, 'function', 'parameters', 'type'], message: 'Invalid literal value, expected "object"' },
    ])
    expect(error.message).toMatch(/^tools\.0\.function\.parameters\.type: Invalid literal/)
  })

  it.each(FIXTURES)('reads the same message from %s, whether it is parsed or text', (name) => {
    expect(parse(fixtureText(name).trim())).toEqual(parse(fixtureJSON(name)))
    expect(parse(fixtureJSON(name)).message).not.toBe('')
  })

  it.each([
    ['a string in `error`', { error: 'X' }],
    ['an object in `error`', { error: { message: 'X' } }],
    ['`error` before a top-level message', { error: { message: 'X' }, message: 'Y' }],
    ['a message without `error`', { message: 'X' }],
    ['a message next to an empty `error`', { error: '', message: 'X' }],
    ['a message next to an `error` without one', { error: { type: 't' }, message: 'X' }],
    ['a message next to an `error` that is null', { error: null, message: 'X' }],
    ['the `detail` of FastAPI', { detail: 'X' }],
    ['an `error` inside `error`', { error: { error: 'X' } }],
    ["Anthropic's envelope", { type: 'error', error: { type: 'api_error', message: 'X' } }],
    ['JSON in the string `error`', { error: JSON.stringify({ error: { message: 'X' } }) }],
    ['JSON in the message of an object', { error: { message: JSON.stringify({ message: 'X' }) } }],
    [
      'JSON in JSON in JSON',
      { error: JSON.stringify({ error: JSON.stringify({ error: JSON.stringify({ error: 'X' }) }) }) },
    ],
    ['a plain string', 'X'],
    ['a plain string with white space around it', '\n  X\n'],
    ['a body that was not parsed', '{"error":"X"}'],
  ])('reads the message from %s', (_, body) => expect(parse(body).message).toBe('X'))

  it.each([
    [undefined, ''],
    [null, ''],
    ['', ''],
    ['  ', ''],
    [{}, ''],
    [{ error: {} }, ''],
    [{ error: '' }, ''],
    [{ error: null }, ''],
    [true, 'true'],
  ])('finds no fields and no issues in %j', (body, message) => {
    expect(parse(body)).toEqual({
      message,
      type: undefined,
      code: undefined,
      param: undefined,
      issues: [],
      promptTokens: undefined,
      contextLength: undefined,
    })
  })

  it('keeps a message that only looks like JSON', () => {
    expect(parse({ error: '[red] is not {blue}' }).message).toBe('[red] is not {blue}')
  })

  it('returns a numeric code as a string', () => {
    expect(parse({ error: { message: 'X', code: 400 } }).code).toBe('400')
  })

  it("ignores the type of Anthropic's envelope", () => {
    expect(parse({ type: 'error', error: { message: 'X' } }).type).toBeUndefined()
  })

  it('prefers the fields of the innermost error to those around it', () => {
    const inner = { message: 'X', type: 'context_error', code: 'too_long', param: 'messages' }
    const outer = {
      message: JSON.stringify({ error: inner }),
      type: 'proxy_error',
      code: 'bad_gateway',
      param: 'model',
    }
    expect(parse({ error: outer })).toMatchObject(inner)
  })

  it('reads fields next to a string `error`', () => {
    const body = { error: 'X', code: 'c', type: 't', param: 'p' }
    expect(parse(body)).toMatchObject({ code: 'c', type: 't', param: 'p' })
  })

  it('combines the fields of nested JSON with those around it', () => {
    const inner = { message: 'X', type: 'exceed_context_size_error', n_prompt_tokens: 7, n_ctx: 5 }
    const message = JSON.stringify({ error: inner })
    expect(parse({ error: { message, param: 'p' } })).toMatchObject({
      message: 'X',
      type: 'exceed_context_size_error',
      param: 'p',
      promptTokens: 7,
      contextLength: 5,
    })
  })

  it.each<[string, unknown, object]>([
    [
      'the engine of LM Studio',
      { error: 'Engine protocol predict request returned 400: {"error":{"code":400,"message":"X","type":"t"}}' },
      { message: 'X', type: 't', code: '400' },
    ],
    [
      'an engine whose message has braces of its own',
      { error: { message: 'Engine {7} returned 500: {"error":{"message":"X {y}"}}', type: 'outer' } },
      { message: 'X {y}', type: 'outer' },
    ],
    [
      'LiteLLM around JSON',
      {
        error: {
          message:
            'litellm.BadRequestError: OpenAIException - {"error":{"message":"X","param":"p"}}. Received Model Group=m',
          code: '400',
        },
      },
      { message: 'X', param: 'p', type: 'BadRequestError' },
    ],
    [
      'LiteLLM around what Python prints',
      {
        error: {
          message: `litellm.APIError: Error code: 500 - {'error': {'message': "it's X", 'type': None, 'param': ('a', 'b'), 'stream': True}}`,
        },
      },
      { message: "it's X", code: '500' },
    ],
    ['Python with escaped quotes', "Error code: 400 - {'error': 'it\\'s X'}", { message: "it's X" }],
    [
      'vLLM',
      { object: 'error', message: 'X', type: 'BadRequestError', param: null, code: 400 },
      { message: 'X', type: 'BadRequestError' },
    ],
    ['TGI', { error: 'X', error_type: 'validation' }, { message: 'X', type: 'validation' }],
    ['KoboldCpp', { detail: { msg: 'X', type: 'service_unavailable' } }, { message: 'X', type: 'service_unavailable' }],
    ['Gemini', [{ error: { code: 400, message: 'X' } }], { message: 'X', code: '400' }],
    [
      'Mistral',
      { object: 'error', message: { detail: [{ loc: ['body', 'n'], msg: 'X' }] }, type: 't' },
      { message: 'body.n: X', type: 't' },
    ],
  ])('unwraps the error of %s', (_, body, expected) => {
    expect(parse(body)).toMatchObject(expected)
  })

  it.each([
    'Unexpected token } in JSON',
    'bad {',
    '[object Object]',
    'Only {user} and [tool] roles are supported',
    'see {"a":1}',
  ])('keeps a message with brackets that wrap no error: %s', (message) =>
    expect(parse({ error: message }).message).toBe(message),
  )

  it('lists the keys that zod does not know as the path of the issue', () => {
    const issue = { code: 'unrecognized_keys', keys: ['a', 'b'], path: ['tools', 0], message: 'Unrecognized' }
    expect(parse([issue]).issues).toEqual([{ path: ['tools', 0, 'a', 'b'], message: 'Unrecognized' }])
  })

  it('ignores token counts that are not numbers', () => {
    expect(parse({ error: { message: 'X', n_ctx: '8192', n_prompt_tokens: null } })).toMatchObject({
      promptTokens: undefined,
      contextLength: undefined,
    })
  })

  it('reads the issues of vLLM', () => {
    const body = { detail: [{ loc: ['body', 'top_p'], msg: 'ensure this value is less than 1', type: 'value_error' }] }
    expect(parse(body).issues).toEqual([{ path: ['body', 'top_p'], message: 'ensure this value is less than 1' }])
  })

  it('reads issues that lack a path or a message, and skips what is not an issue', () => {
    const { issues, message } = parse([{ code: 'unrecognized_keys' }, { message: 'no', path: null }, 'x', null])
    expect(issues).toEqual([
      { path: [], message: 'unrecognized_keys' },
      { path: [], message: 'no' },
    ])
    expect(message).toBe('unrecognized_keys; no')
  })

  it('returns a list without issues as JSON', () => {
    expect(parse({ error: ['first', 'second'] }).message).toBe('["first","second"]')
  })

  it('keeps 500 characters of a message and 100 of a code', () => {
    const complete = parse({ error: { message: 'm '.repeat(249) + 'mm', code: 'c '.repeat(49) + 'cc' } })
    expect(complete.message).toBe('m '.repeat(249) + 'mm')
    expect(complete.code).toBe('c '.repeat(49) + 'cc')
    const cut = parse({ error: { message: 'm '.repeat(249) + 'mmm', code: 'c '.repeat(49) + 'ccc' } })
    expect(cut.message).toBe('m '.repeat(249) + 'mm…')
    expect(cut.code).toBe('c '.repeat(49) + 'cc…')
  })

  it('keeps 200 characters of the message of an issue and 100 of a key in its path', () => {
    const [complete] = parse([{ path: ['k '.repeat(49) + 'kk'], message: 'm '.repeat(99) + 'mm' }]).issues
    expect(complete).toEqual({ path: ['k '.repeat(49) + 'kk'], message: 'm '.repeat(99) + 'mm' })
    const [cut] = parse([{ path: ['k '.repeat(49) + 'kkk'], message: 'm '.repeat(99) + 'mmm' }]).issues
    expect(cut).toEqual({ path: ['k '.repeat(49) + 'kk…'], message: 'm '.repeat(99) + 'mm…' })
  })

  it.each([
    [50, 50],
    [51, 50],
  ])('of %i issues, returns the first %i', (count, returned) => {
    const list = Array.from({ length: count }, (_, index) => ({ path: [index], message: 'is wrong' }))
    expect(parse(list).issues).toEqual(list.slice(0, returned))
  })

  it('unwraps six layers and leaves the seventh as it is', () => {
    const wrap = (layers: number): unknown => (layers === 0 ? 'X' : { error: wrap(layers - 1) })
    expect(parse(wrap(5)).message).toBe('X')
    expect(parse(wrap(6)).message).toBe('X')
    expect(parse(wrap(7)).message).toBe('{"error":"X"}')
  })

  it('redacts credentials, and the secrets that the caller passes', () => {
    const body = { error: { message: 'No Bearer abcdefghij for hunter2hunter2.', code: 'hunter2hunter2' } }
    const error = parse(body, (text) => text.replaceAll('hunter2hunter2', '[redacted]'))
    expect(error.message).toBe('No Bearer [redacted] for [redacted].')
    expect(error.code).toBe('[redacted]')
  })

  it('redacts credentials in the messages and the paths of issues', () => {
    const secret = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
    const { issues } = parse([{ path: ['headers', secret], message: `not ${secret}` }])
    expect(issues).toEqual([{ path: ['headers', 'sk-lm-[redacted]'], message: 'not sk-lm-[redacted]' }])
  })

  it('does not throw for brackets nested as deep as an error body allows', () => {
    const depth = 32_000
    const body = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown
    expect(() => parse({ error: body })).not.toThrow()
    expect(() => parse('{"error":'.repeat(depth))).not.toThrow()
  })
})

describe('what an error is classified by', () => {
  const rawOf = (body: unknown) => parseErrorBody(body, (text) => text.replaceAll(/\w/g, '*')).raw

  it('lists every code and type, innermost first, whatever is shown', () => {
    const inner = { message: 'X', code: 'a', type: 'b', error_type: 'c' }
    const body = { error: { message: JSON.stringify(inner), code: 7, type: '' }, type: 'error', code: null }
    expect(rawOf(body)).toMatchObject({ message: 'X', names: ['a', 'b', 'c', '7'] })
  })

  it.each([
    [400, 400],
    [599, 599],
    ['503', 503],
    [399, undefined],
    [600, undefined],
    ['invalid_api_key', undefined],
  ])('reads the code %j as the status %j', (code, status) => {
    expect(rawOf({ error: { message: 'X', code } }).status).toBe(status)
  })

  it('finds a status behind a code that is none', () => {
    expect(rawOf({ code: 502, error: { message: 'X', code: 'bad_gateway' } }).status).toBe(502)
  })

  it('keeps 8,192 characters of the message', () => {
    expect(rawOf({ error: 'x'.repeat(8_192) }).message).toBe('x'.repeat(8_192))
    expect(rawOf({ error: 'x'.repeat(8_193) }).message).toBe('x'.repeat(8_192))
  })
})

describe('scrubbing', () => {
  it('gets 8,192 characters of each text', () => {
    const lengths: number[] = []
    parse({ error: { message: 'x'.repeat(9_000), code: 'c' } }, (text) => {
      lengths.push(text.length)
      return text
    })
    // The message and the code, and a separator in front of each of three fields.
    expect(lengths).toEqual([8_192 + 1 + 3])
  })

  it('keeps texts apart that contain the character between them', () => {
    expect(parse({ error: { message: 'a\0b', code: 'c' } })).toMatchObject({ message: 'a b', code: 'c' })
  })

  it('shows only the keys of a path that are names or numbers', () => {
    expect(parse([{ path: ['tools', null, { a: 1 }, 0], message: 'X' }]).issues).toEqual([
      { path: ['tools', 0], message: 'X' },
    ])
  })
})

describe('hasError', () => {
  it.each([
    [{ error: 'x' }],
    [{ error: {} }],
    [{ error: { message: 'x' } }],
    [{ error: [] }],
    [{ error: 1 }],
    [{ error: true }],
    [{ type: 'error' }],
    [{ object: 'error' }],
  ])('hasError is true for %j', (body) => expect(hasError(body)).toBe(true))

  it.each([
    [{ error: null }],
    [{ error: undefined }],
    [{ error: false }],
    [{ error: '' }],
    [{}],
    [{ message: 'x' }],
    [null],
    [undefined],
    ['error'],
    [['error']],
    [1],
  ])('hasError is false for %j', (body) => expect(hasError(body)).toBe(false))
})
