import { createLMStudio, type ChatRequest, type LMStudioOptions } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'

/** Text of a given length that no redaction matches. */
const words = (length: number): string => 'lo '.repeat(length).slice(0, length - 1) + 'x'

async function errorFor(body: unknown, options: LMStudioOptions = {}, prompt = 'Hi') {
  const fetch = async (): Promise<Response> => Response.json(body, { status: 400 })
  return caught(createLMStudio({ fetch, ...options }).complete({ model: 'm', prompt }))
}

describe('the limits of what an error quotes', () => {
  test.each([
    ['serverMessage', 500, (text: string) => ({ error: { message: text } })],
    ['serverType', 100, (text: string) => ({ error: { message: 'no', type: text } })],
    ['serverCode', 100, (text: string) => ({ error: { message: 'no', code: text } })],
    ['param', 100, (text: string) => ({ error: { message: 'no', param: text } })],
  ])('%s is cut after %i characters', async (fact, limit, body) => {
    expect(await errorFor(body(words(limit)))).toHaveProperty(fact, words(limit))
    expect(await errorFor(body(words(limit + 1)))).toHaveProperty(fact, `${words(limit + 1).slice(0, limit)}…`)
  })

  test('the message of an issue is cut after 200 characters, and a key of its path after 100', async () => {
    const issue = (key: number, message: number) => ({ error: [{ path: [words(key)], message: words(message) }] })
    expect((await errorFor(issue(100, 200))).issues).toEqual([{ path: [words(100)], message: words(200) }])
    expect((await errorFor(issue(101, 201))).issues).toEqual([
      { path: [`${words(101).slice(0, 100)}…`], message: `${words(201).slice(0, 200)}…` },
    ])
  })

  test.each([
    [50, 50],
    [51, 50],
  ])('of %i issues, %i are kept', async (sent, kept) => {
    const issues = Array.from({ length: sent }, (_, index) => ({ path: ['tools', index], message: 'Required' }))
    const error = await errorFor({ error: issues })
    expect(error.issues).toHaveLength(kept)
    expect(error.issues!.at(-1)!.path).toEqual(['tools', kept - 1])
  })

  test('of 1000 issues about a request with a large image, 50 are kept', async () => {
    const image = `data:image/png;base64,${'A'.repeat(4_000_000)}`
    const issues = Array.from({ length: 1000 }, (_, index) => ({ path: ['tools', index], message: 'Required' }))
    const fetch = async (): Promise<Response> => Response.json({ error: issues }, { status: 400 })
    const error = await caught(
      createLMStudio({ fetch }).complete({
        model: 'm',
        messages: [{ role: 'user', content: [{ type: 'image', image }] }],
      }),
    )
    expect(error.name).toBe('InvalidRequestError')
    expect(error.issues).toHaveLength(50)
  })
})

describe('the limits of redaction', () => {
  test('a token of 6 characters is redacted, and one of 5 is not', async () => {
    expect((await errorFor({ error: 'rejected abc123' }, { apiToken: 'abc123' })).serverMessage).toBe(
      'rejected [redacted]',
    )
    expect((await errorFor({ error: 'rejected abc12' }, { apiToken: 'abc12' })).serverMessage).toBe('rejected abc12')
  })

  test('a prompt of 12 characters is redacted, and one of 11 is not', async () => {
    const quote = (prompt: string) => errorFor({ error: `rejected: ${prompt}` }, {}, prompt)
    expect((await quote('twelve chars')).serverMessage).toBe('rejected: [redacted]')
    expect((await quote('eleven char')).serverMessage).toBe('rejected: eleven char')
  })

  test('a part of 12 characters in the path of an MCP server is redacted, and one of 11 is not', async () => {
    const quote = async (part: string) => {
      const integrations: ChatRequest['integrations'] = [
        { type: 'ephemeral-mcp', serverLabel: 'tools', serverUrl: `https://mcp.example.org/v1/${part}` },
      ]
      const fetch = async (): Promise<Response> => Response.json({ error: `no ${part} here` }, { status: 400 })
      return caught(createLMStudio({ fetch }).chat({ model: 'm', input: 'Hi', integrations }))
    }
    expect((await quote('abcdefghij12')).serverMessage).toBe('no [redacted] here')
    expect((await quote('abcdefghij1')).serverMessage).toBe('no abcdefghij1 here')
  })
})
