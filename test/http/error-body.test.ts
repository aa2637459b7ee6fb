import { describe, expect, it } from 'vitest'
import { hasError, parseErrorBody } from '../../src/http/error-body.js'
import { fixtureJSON, fixtureNames, fixtureText } from '../helpers/fixtures.js'

const bodies = fixtureNames('.json').filter((name) => name.startsWith('errors/'))

describe('recorded bodies', () => {
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
  ])('%s gives its message and its facts', (name, message, facts) => {
    const body = fixtureJSON(`errors/${name}.json`)
    expect(hasError(body)).toBe(true)
    expect(parseErrorBody(body).message).toMatch(message)
    expect(parseErrorBody(body)).toMatchObject(facts)
  })

  it.each(['zod-in-string', 'zod-bare'])('%s gives the issues with their paths', (name) => {
    const error = parseErrorBody(fixtureJSON(`errors/${name}.json`))
    expect(error.issues).toEqual([
      { path: ['tools', 0, 'function', 'parameters', 'type'], message: 'Invalid literal value, expected "object"' },
    ])
    expect(error.message).toMatch(/^tools\.0\.function\.parameters\.type: Invalid literal/)
  })

  it.each(bodies)('%s gives the same error as parsed JSON and as its text', (name) => {
    expect(parseErrorBody(fixtureText(name).trim())).toEqual(parseErrorBody(fixtureJSON(name)))
    expect(parseErrorBody(fixtureJSON(name)).message).not.toBe('')
  })
})

describe('shapes', () => {
  it.each([
    ['a text', { error: 'X' }],
    ['an object', { error: { message: 'X' } }],
    ['an object and a message besides', { error: { message: 'X' }, message: 'Y' }],
    ['a message alone', { message: 'X' }],
    ['a message beside an empty error', { error: '', message: 'X' }],
    ['a message beside an error without one', { error: { type: 't' }, message: 'X' }],
    ['a message beside an error that is null', { error: null, message: 'X' }],
    ['the detail of FastAPI', { detail: 'X' }],
    ['an error inside the error', { error: { error: 'X' } }],
    ['Anthropic’s', { type: 'error', error: { type: 'api_error', message: 'X' } }],
    ['JSON in a text', { error: JSON.stringify({ error: { message: 'X' } }) }],
    ['JSON in the message of an object', { error: { message: JSON.stringify({ message: 'X' }) } }],
    [
      'JSON in JSON in JSON',
      { error: JSON.stringify({ error: JSON.stringify({ error: JSON.stringify({ error: 'X' }) }) }) },
    ],
    ['a bare text', 'X'],
    ['a bare text with white space', '\n  X\n'],
    ['a body as text', '{"error":"X"}'],
  ])('reads %s', (_, body) => expect(parseErrorBody(body).message).toBe('X'))

  it.each([[undefined], [null], [''], ['  '], [{}], [{ error: {} }], [{ error: '' }], [{ error: null }], [true]])(
    'finds no issue, and no fact that is not there, in %j',
    (body) => {
      expect(parseErrorBody(body)).toMatchObject({ type: undefined, code: undefined, param: undefined, issues: [] })
      expect(typeof parseErrorBody(body).message).toBe('string')
    },
  )

  it.each([[undefined], [null], [''], ['  '], [{ error: {} }], [{ error: '' }]])('has no message for %j', (body) =>
    expect(parseErrorBody(body).message).toBe(''),
  )

  it('keeps a text that only looks like JSON', () => {
    expect(parseErrorBody({ error: '[red] is not {blue}' }).message).toBe('[red] is not {blue}')
  })

  it('reads a code that is a number as text', () => {
    expect(parseErrorBody({ error: { message: 'X', code: 400 } }).code).toBe('400')
  })

  it('does not take the name of Anthropic’s envelope for the type of the error', () => {
    expect(parseErrorBody({ type: 'error', error: { message: 'X' } }).type).toBeUndefined()
  })

  it('reads facts beside a text, and those inside nested JSON', () => {
    expect(parseErrorBody({ error: 'X', code: 'c', type: 't', param: 'p' })).toMatchObject({
      code: 'c',
      type: 't',
      param: 'p',
    })
    const inner = JSON.stringify({
      error: { message: 'X', type: 'exceed_context_size_error', n_prompt_tokens: 7, n_ctx: 5 },
    })
    expect(parseErrorBody({ error: { message: inner, param: 'p' } })).toMatchObject({
      message: 'X',
      type: 'exceed_context_size_error',
      param: 'p',
      promptTokens: 7,
      contextLength: 5,
    })
  })

  it('takes token counts only when they are numbers', () => {
    expect(parseErrorBody({ error: { message: 'X', n_ctx: '8192', n_prompt_tokens: null } })).toMatchObject({
      promptTokens: undefined,
      contextLength: undefined,
    })
  })

  it('reads the issues of vLLM', () => {
    const body = { detail: [{ loc: ['body', 'top_p'], msg: 'ensure this value is less than 1', type: 'value_error' }] }
    expect(parseErrorBody(body).issues).toEqual([
      { path: ['body', 'top_p'], message: 'ensure this value is less than 1' },
    ])
  })

  it('reads issues that lack a path or a message', () => {
    const { issues, message } = parseErrorBody([
      { code: 'unrecognized_keys' },
      { message: 'no', path: null },
      'x',
      null,
    ])
    expect(issues).toEqual([
      { path: [], message: 'unrecognized_keys' },
      { path: [], message: 'no' },
    ])
    expect(message).toBe('unrecognized_keys; no')
  })

  it('says something of a list that holds no issue', () => {
    expect(parseErrorBody({ error: ['first', 'second'] }).message).toContain('first')
  })
})

describe('limits', () => {
  it('cuts a long message, and a long code', () => {
    const error = parseErrorBody({ error: { message: 'word '.repeat(10_000), code: 'c '.repeat(500) } })
    expect(error.message.length).toBeLessThan(600)
    expect(error.code!.length).toBeLessThan(200)
  })

  it('cuts a long list of issues', () => {
    const list = Array.from({ length: 5000 }, (_, index) => ({ path: ['a', index], message: 'is wrong' }))
    expect(parseErrorBody(list).message.length).toBeLessThan(600)
  })

  it('removes secrets, also those only the caller knows', () => {
    const body = { error: { message: 'No Bearer abcdefghij for hunter2hunter2.', code: 'hunter2hunter2' } }
    const error = parseErrorBody(body, (text) => text.replaceAll('hunter2hunter2', '[redacted]'))
    expect(JSON.stringify(error)).not.toMatch(/abcdefghij|hunter2/)
  })

  it('removes secrets from issues, their paths too', () => {
    const secret = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
    const error = parseErrorBody([{ path: ['headers', secret], message: `not ${secret}` }])
    expect(JSON.stringify(error)).not.toContain('ABCDEFGHIJ')
  })

  it('does not fail over brackets as deep as an error body can hold', () => {
    const depth = 32_000
    const body = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown
    expect(() => parseErrorBody({ error: body })).not.toThrow()
    expect(() => parseErrorBody('{"error":'.repeat(depth))).not.toThrow()
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
  ])('is true for %j', (body) => expect(hasError(body)).toBe(true))
  it.each([
    [{ error: null }],
    [{ error: undefined }],
    [{ error: false }],
    [{}],
    [{ message: 'x' }],
    [null],
    [undefined],
    ['error'],
    [['error']],
    [1],
  ])('is false for %j', (body) => expect(hasError(body)).toBe(false))
})
