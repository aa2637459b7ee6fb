import { describe, expect, it } from 'vitest'
import { excerpt, redact, toSafeText } from '../../src/errors/redact.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'.repeat(4)

describe('redact', () => {
  it.each([
    ['an LM Studio token', `The token ${TOKEN} was refused.`, 'ABCDEFGHIJ'],
    ['a token in quotes', `{"token":"${TOKEN}"}`, 'ABCDEFGHIJ'],
    ['a token that the server has masked', 'provided: sk-lm-ab12****', 'ab12'],
    ['two tokens', `${TOKEN} and ${TOKEN}`, 'ABCDEFGHIJ'],
    ['a bearer header', 'Authorization: Bearer s3cr3tvalue', 's3cr3tvalue'],
    ['a bearer header in lower case', 'authorization: bearer s3cr3tvalue', 's3cr3tvalue'],
    ['a basic header', 'Authorization: Basic dXNlcjpzM2NyM3R2YWx1ZQ==', 'dXNlcjpz'],
    ['an authorization header without a scheme', 'authorization: s3cr3tvalue', 's3cr3tvalue'],
    ['headers printed as JSON', '{"Authorization":"Bearer s3cr3tvalue","x-api-key":"s3cr3tvalue"}', 's3cr3tvalue'],
    ['headers printed by Node', "{ authorization: 'Bearer s3cr3tvalue', 'x-api-key': 's3cr3tvalue' }", 's3cr3tvalue'],
    ['an x-api-key header', 'X-API-Key: s3cr3tvalue', 's3cr3tvalue'],
    ['an API key in a query', 'GET /v1/models?api_key=s3cr3tvalue failed', 's3cr3tvalue'],
    ['an apiKey in an object', 'apiKey: "s3cr3tvalue"', 's3cr3tvalue'],
    ['credentials in a URL', 'fetch http://user:s3cr3tvalue@10.0.0.5:1234/ failed', 's3cr3tvalue'],
    ['a user name in a URL', 'fetch http://s3cr3tvalue@10.0.0.5:1234/ failed', 's3cr3tvalue'],
    ['an image as a data URL', `data:image/png;base64,${IMAGE}`, 'iVBOR'],
    ['a short image as a data URL', 'url data:image/jpeg;base64,/9j/4AAQSkZJRg==', '4AAQ'],
    ['a data URL with a charset', 'data:text/plain;charset=utf-8;base64,c2VjcmV0', 'c2VjcmV0'],
    ['long base64', `image ${IMAGE} refused`, 'iVBOR'],
    ['long base64url', `key ${'AbC-_9'.repeat(30)}`, 'AbC-_9AbC'],
  ])('removes %s', (_, text, secret) => {
    expect(redact(text)).not.toContain(secret)
    expect(redact(text)).toContain('[redacted]')
  })

  it('keeps the text around a secret', () => {
    expect(redact(`before ${TOKEN} after`)).toMatch(/^before .* after$/)
    expect(redact('connect to http://me:pw@10.0.0.5:1234/v1 failed')).toMatch(
      /^connect to .*10\.0\.0\.5:1234\/v1 failed$/,
    )
  })

  it.each([
    'Nothing listens at http://127.0.0.1:1234: the connection was refused.',
    'Failed to load model "acme/heron-base". This model requires approximately 21.4 GB of memory.',
    'Trying to keep the first 9001 tokens when context the overflows.',
    "'messages' field is required",
    'A task-oriented sk-lm model',
    'See https://lmstudio.ai/docs/app/api and mail someone@example.org.',
    'An API token is required. Create an API key first.',
    'POST /v1/chat/completions: the server said no.',
    'データ: 七羽のカモメ 🐦',
    '',
    '```json\n{"type":"object","properties":{}}\n```',
  ])('does not change ordinary text: %j', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('does not change the word basic in ordinary text', () => {
    expect(redact('Only basic features are supported.')).toBe('Only basic features are supported.')
  })
})

describe('the limits of redaction', () => {
  it('redacts what follows several spaces', () => {
    expect(redact('Bearer  s3cr3t')).toBe('Bearer [redacted]')
    expect(redact('Basic \t abcdeF12')).toBe('Basic [redacted]')
  })

  it('keeps a run of 119 base64 characters and redacts one of 120', () => {
    const run = (length: number): string => 'aB3/'.repeat(30).slice(0, length)
    expect(redact(`key ${run(119)} end`)).toBe(`key ${run(119)} end`)
    expect(redact(`key ${run(120)} end`)).toBe('key [redacted] end')
  })

  it('keeps 7 characters after the word Basic and redacts 8', () => {
    expect(redact('Basic abcdeF1')).toBe('Basic abcdeF1')
    expect(redact('Basic abcdeF12')).toBe('Basic [redacted]')
  })
})

describe('toSafeText', () => {
  it('keeps a text of 8,000 characters and cuts one of 8,001', () => {
    const text = (length: number): string => 'ab '.repeat(3000).slice(0, length - 1) + 'z'
    expect(toSafeText(text(8000))).toBe(text(8000))
    expect(toSafeText(text(8001))).toBe(`${text(8001).slice(0, 8000)}…`)
  })
})

describe('excerpt', () => {
  it('returns a short text without the white space around it', () => {
    expect(excerpt(' \n a short text \n')).toBe('a short text')
  })

  it('keeps a text of 500 characters and cuts one of 501', () => {
    const text = (length: number): string => 'ab '.repeat(200).slice(0, length - 1) + 'z'
    expect(excerpt(text(500))).toBe(text(500))
    expect(excerpt(text(501))).toBe(`${text(501).slice(0, 500)}…`)
  })

  it('cuts at the length that is given', () => {
    expect(excerpt('abc', 3)).toBe('abc')
    expect(excerpt('abcd', 3)).toBe('abc…')
  })

  it('replaces control characters and line breaks, so that the text stays on one line', () => {
    expect(excerpt('\u001b[2J\u001b]0;title\u0007 one\r\n\ttwo\u009b31m\u007f three')).toBe(
      '[2J ]0;title  one two 31m  three',
    )
  })

  it('replaces bidirectional controls, separators of lines and half surrogate pairs, but keeps the joiners of emoji', () => {
    expect(excerpt('a\u202eb\u2066c\u2028d\u2029e\ud800f\u200eg')).toBe('a b c d e f g')
    expect(excerpt('\u{1f469}\u200d\u{1f4bb}')).toBe('\u{1f469}\u200d\u{1f4bb}')
  })

  it('redacts a secret that the cut would go through', () => {
    expect(excerpt(`${'x '.repeat(240)}Bearer ${'s3cr3t'.repeat(20)}`)).not.toContain('s3cr3t')
    expect(excerpt(`${'x '.repeat(245)}${TOKEN}`)).not.toContain('abcdefgh')
  })
})
