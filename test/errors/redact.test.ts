import { describe, expect, it } from 'vitest'
import { excerpt, MAX_ERROR_TEXT, redact } from '../../src/errors/redact.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'.repeat(4)

describe('redact', () => {
  it.each([
    ['an LM Studio token', `The token ${TOKEN} was refused.`, 'ABCDEFGHIJ'],
    ['a token in quotes', `{"token":"${TOKEN}"}`, 'ABCDEFGHIJ'],
    ['a token the server has masked itself', 'provided: sk-lm-ab12****', 'ab12'],
    ['two tokens', `${TOKEN} and ${TOKEN}`, 'ABCDEFGHIJ'],
    ['a bearer header', 'Authorization: Bearer s3cr3tvalue', 's3cr3tvalue'],
    ['a bearer header in lower case', 'authorization: bearer s3cr3tvalue', 's3cr3tvalue'],
    ['a basic header', 'Authorization: Basic dXNlcjpzM2NyM3R2YWx1ZQ==', 'dXNlcjpz'],
    ['an authorization without a scheme', 'authorization: s3cr3tvalue', 's3cr3tvalue'],
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

  it('leaves what stands around a secret', () => {
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
  ])('leaves ordinary text as it is: %j', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('leaves the word basic in ordinary text as it is', () => {
    expect(redact('Only basic features are supported.')).toBe('Only basic features are supported.')
  })
})

describe('excerpt', () => {
  it('leaves a short text as it is, but for white space around it', () => {
    expect(excerpt(' \n a short text \n')).toBe('a short text')
  })

  it('cuts a long text to what a person reads, and shows that it did', () => {
    const text = excerpt('word '.repeat(1000))
    expect(text.length).toBeLessThanOrEqual(MAX_ERROR_TEXT + 1)
    expect(text.endsWith('…')).toBe(true)
  })

  it('leaves a text of exactly the length whole', () => {
    expect(excerpt('a b '.repeat(25).trim(), 99)).toHaveLength(99)
  })

  it('takes out what would act on a terminal, and leaves line ends and tabs', () => {
    expect(excerpt('\u001b[2J\u001b]0;title\u0007 one\r\n\ttwo\u009b31m\u007f three')).toBe(
      '[2J ]0;title  one \n\ttwo 31m  three',
    )
  })

  it('removes a secret that the cut would go through', () => {
    expect(excerpt(`${'x '.repeat(240)}Bearer ${'s3cr3t'.repeat(20)}`)).not.toContain('s3cr3t')
    expect(excerpt(`${'x '.repeat(245)}${TOKEN}`)).not.toContain('abcdefgh')
  })
})
