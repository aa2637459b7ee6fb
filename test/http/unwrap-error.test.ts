import { describe, expect, it } from 'vitest'
import { unwrapError } from '../../src/http/unwrap-error.js'

/** The innermost message, and what the layers around it name. */
function unwrap(body: unknown) {
  const { core, layers } = unwrapError(body)
  const pick = (name: string): unknown => layers.map((layer) => layer[name]).find((value) => value !== undefined)
  return { core, type: pick('type'), code: pick('code') }
}

const coreOf = (body: unknown): unknown => unwrapError(body).core

describe('the error behind other words', () => {
  it.each<[string, unknown]>([
    ['refused: {"error":"X"}', 'X'],
    ['refused: {"message":"X"}', 'X'],
    ['refused: {"detail":"X"}', 'X'],
    ['refused: {"errors":[{"message":"X"}]}', [{ message: 'X' }]],
    ['refused: [{"message":"X"}]', [{ message: 'X' }]],
    ['refused: [{"msg":"X"}]', [{ msg: 'X' }]],
    ["refused: {'error': None, 'message': 'X'}", 'X'],
  ])('is found in %s', (text, core) => expect(coreOf(text)).toEqual(core))

  it.each([
    'see {"error":""}',
    'see {"error":" "}',
    'see {"error":null}',
    'see {"error":7}',
    'see {"x":"X"}',
    'see [{"x":"X"}]',
    'see [{"message":""}]',
    'see ["X"]',
    'see [null]',
    'see []',
    '} see {',
  ])('is not %s', (text) => expect(coreOf(text)).toBe(text))

  it('is found at the fourth bracket and not at a later one', () => {
    expect(coreOf('[a] {b} [c] {"error":"X"}')).toBe('X')
    const text = '[a] {b} [c] {d} {"error":"X"}'
    expect(coreOf(text)).toBe(text)
  })

  it('is found in a text of 16,384 characters and not in a longer one', () => {
    const text = 'refused: {"error":"X"}'.padEnd(16_384)
    expect(coreOf(text)).toBe('X')
    expect(coreOf(`${text} `)).toBe(`${text} `)
  })
})

describe('JSON alone in a text', () => {
  it.each<[string, unknown]>([
    ['  {"error":"X"}', 'X'],
    ['"X"', '"X"'],
    ['[1,2]', [1, 2]],
    [" ['a', 'b']", ['a', 'b']],
  ])('is the error: %s', (text, core) => expect(coreOf(text)).toEqual(core))
})

describe('what Python prints', () => {
  it.each<[string, unknown]>([
    [`[{'msg': 'a "quote"', 'loc': ('body', 3)}]`, [{ msg: 'a "quote"', loc: ['body', 3] }]],
    [`[{'msg': "it's (None)", 'x': None}]`, [{ msg: "it's (None)", x: null }]],
    [String.raw`[{'msg': 'it\'s \\ X', 'a': True, 'b': False}]`, [{ msg: "it's \\ X", a: true, b: false }]],
    [String.raw`[{"msg": "it's a \"quote\"", 'x': ''}]`, [{ msg: 'it\'s a "quote"', x: '' }]],
  ])('is read as JSON: %s', (text, core) => expect(coreOf(`failed: ${text}`)).toEqual(core))
})

describe('the words in front of an error', () => {
  it.each([
    'Engine protocol predict request returned 400',
    'Error code: 400',
    'error code 400',
    'Request failed with status 400',
    'status code: 400',
    'Status Code 400',
    'status: 400',
    'got HTTP 400',
  ])('give the status: %s', (words) => {
    expect(unwrap(`${words} - {"error":"X"}`)).toMatchObject({ core: 'X', code: 400 })
    expect(unwrap(words)).toMatchObject({ core: words, code: 400 })
  })

  it.each(['returned 200', 'returned 4000', 'returned400', 'code 400', 'prehttp 400', 'returned 600'])(
    'give no status: %s',
    (words) => expect(unwrap(`${words} {"error":"X"}`).code).toBeUndefined(),
  )

  it('give the class of an exception', () => {
    expect(unwrap('litellm.BadRequestError: no').type).toBe('BadRequestError')
    expect(unwrap('BadRequestErrors, aError and an Error: no').type).toBeUndefined()
  })

  it('count as far as the first 300 characters where they wrap no error', () => {
    const words = ' returned 500 '
    expect(unwrap('x'.repeat(300 - words.length) + words).code).toBe(500)
    expect(unwrap('x'.repeat(301 - words.trimEnd().length) + words).code).toBeUndefined()
  })
})

describe('an error in fields', () => {
  it.each<[unknown, unknown]>([
    [{ error: 'Bad Request', message: 'b', statusCode: 400 }, 'Bad Request: b'],
    [{ error: 'invalid_token', error_description: 'b' }, 'invalid_token: b'],
    [{ error: 'a', detail: 'b' }, 'a: b'],
    [{ error: 'b', message: 'a b c' }, 'a b c'],
    [{ error: 'a', message: ' ' }, 'a'],
    [{ error: 'a', message: ['b'] }, 'a'],
    [{ errorMessage: 'a', errorType: 't' }, 'a'],
    [{ error_code: 7, error_msg: 'a' }, 'a'],
    [{ Message: 'a' }, 'a'],
    [{ error: { code: 'c', innererror: { message: 'a' } } }, 'a'],
    [{ error: { details: 'a' } }, 'a'],
    [{ type: 'https://errors.example/7', title: 'a', status: 400 }, 'a'],
    [{ errorCode: 'a', messageId: 'b' }, undefined],
    [{ error: [], message: 'b' }, []],
    [{ errors: [{ msg: 'a' }], message: 'b' }, [{ msg: 'a' }]],
    [{ errors: ['a'], message: 'b' }, 'b'],
    [{ errors: ['a'], msg: 'b' }, ['a']],
    [{ message: 'a', detail: 'b' }, 'a'],
    [{ detail: 'a', msg: 'b' }, 'a'],
    [{ msg: 'a', error_message: 'b' }, 'a'],
    [{ error_message: 'a', reason: 'b' }, 'a'],
    [{ reason: 'a' }, 'a'],
    [{ error: { type: 't' }, message: 'a' }, 'a'],
    [[{ error: 'a' }, { error: 'b' }], 'a'],
    [[{ error: '' }], [{ error: '' }]],
    [['a'], ['a']],
    [{ error: 7 }, undefined],
    [7, 7],
  ])('of %j is %j', (body, core) => expect(coreOf(body)).toEqual(core))
})
