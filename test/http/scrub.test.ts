import { describe, expect, it } from 'vitest'
import { createScrub, integrationSecrets } from '../../src/http/scrub.js'

const bodyWith = (fields: object): string => JSON.stringify({ model: 'm', ...fields })

describe('createScrub', () => {
  it('replaces every occurrence of a secret', () => {
    const scrub = createScrub(['hunter2'], [])
    expect(scrub('hunter2 and hunter2!')).toBe('[redacted] and [redacted]!')
  })

  it('replaces a secret that is escaped as in JSON', () => {
    const scrub = createScrub(['pass"word\\1'], [])
    expect(scrub(JSON.stringify({ sent: 'pass"word\\1' }))).toBe('{"sent":"[redacted]"}')
  })

  it('replaces a secret that is escaped as in a URL', () => {
    expect(createScrub(['a word/1'], [])('/?sent=a%20word%2F1&x')).toBe('/?sent=[redacted]&x')
  })

  it('replaces a secret with half a character, which cannot be escaped', () => {
    expect(createScrub(['abc\ud83ddef'], [])('an abc\ud83ddef')).toBe('an [redacted]')
  })

  it('replaces secrets of 6 characters and keeps shorter ones, which may be ordinary words', () => {
    expect(createScrub(['abcdef'], [])('an abcdef')).toBe('an [redacted]')
    expect(createScrub(['abcde'], [])('an abcde')).toBe('an abcde')
  })

  it.each(['...gh12345678', '…gh12345678', 'sk-abcde***', '****gh12345678', '"gh12345678"', 'GH12345678'])(
    'replaces a part of a token that is quoted as %s',
    (part) => {
      for (const secret of ['sk-abcdefgh12345678', 'Bearer sk-abcdefgh12345678']) {
        const text = createScrub([secret], [])(`Incorrect API key provided: ${part}.`)
        expect(text).toMatch(/^Incorrect API key provided: .{0,4}\[redacted\].{0,4}$/)
        expect(text).not.toMatch(/abcd|234/)
      }
    },
  )

  it('keeps 7 characters of a token, and a word', () => {
    const scrub = createScrub(['sk-message-12345678'], [])
    expect(scrub('key ...2345678, field message')).toBe('key ...2345678, field message')
  })

  it.each([
    ['messages', { messages: [{ role: 'user', content: [{ type: 'text', text: 'tell me a secret' }] }] }],
    ['prompt', { prompt: 'tell me a secret' }],
    ['input', { input: ['tell me a secret'] }],
    ['system_prompt', { system_prompt: 'tell me a secret' }],
    ['instructions', { instructions: 'tell me a secret' }],
    ['questions', { questions: [{ predicate: 'tell me a secret' }] }],
  ])('replaces a text of `%s`', (_, fields) => {
    expect(createScrub([], [bodyWith(fields)])('bad: tell me a secret.')).toBe('bad: [redacted].')
  })

  const described = { name: 'get_weather', description: 'tell me a secret' }
  it.each([
    ['the description of a tool', { tools: [{ type: 'function', function: described }] }],
    ['the description of a tool of `/v1/responses`', { tools: [{ type: 'function', ...described }] }],
    [
      'the schema of a tool',
      { tools: [{ function: { parameters: { properties: { city: { enum: ['tell me a secret'] } } } } }] },
    ],
    ['the schema of the output', { text: { format: { schema: { description: 'tell me a secret' } } } }],
    ['a stop sequence', { stop: ['tell me a secret'] }],
    ['the only stop sequence', { stop: 'tell me a secret' }],
    ['a field that is not known', { guided_regex: 'tell me a secret' }],
    ['a field within one that is not known', { metadata: { user: ['tell me a secret'] } }],
  ])('replaces %s', (_, fields) => {
    expect(createScrub([], [bodyWith(fields)])('bad: tell me a secret.')).toBe('bad: [redacted].')
  })

  it.each(['name', 'id', 'status', 'model', 'effort'])('replaces the `%s` in a field of `extraBody`', (field) => {
    const scrub = createScrub([], [bodyWith({ metadata: { user: { [field]: 'Ada Quillfeather' } } })])
    expect(scrub(`unknown ${field} Ada Quillfeather`)).toBe(`unknown ${field} [redacted]`)
  })

  it('replaces a name that is a field of `extraBody` itself, and keeps its field names and types', () => {
    const scrub = createScrub([], [bodyWith({ name: 'Ada Quillfeather', guidedDecoding: { type: 'structuralTag' } })])
    expect(scrub('no Ada Quillfeather in guidedDecoding, structuralTag')).toBe(
      'no [redacted] in guidedDecoding, structuralTag',
    )
  })

  it('keeps names and settings of the request', () => {
    const scrub = createScrub(
      [],
      [
        bodyWith({
          tools: [
            { type: 'function', function: { name: 'getWeatherOf2Towns', parameters: { required: ['townName2'] } } },
          ],
          tool_choice: 'requiredOrNone1',
          reasoning_effort: 'xHighAndMore2',
          previous_response_id: 'resp_0a1B2c3D4e5F',
        }),
      ],
    )
    const text = 'getWeatherOf2Towns townName2 requiredOrNone1 xHighAndMore2 resp_0a1B2c3D4e5F'
    expect(scrub(text)).toBe(text)
  })

  // No identifier, so that only its field can make it a name.
  const WORD = 'aB3dE6gH9jK2'
  const scrubWord = (fields: object): string => createScrub([], [bodyWith(fields)])(`refused: ${WORD}`)

  it.each([
    'model',
    'instance_id',
    'job_id',
    'previous_response_id',
    'tool_choice',
    'allowed_tools',
    'required',
    'reasoning',
    'reasoning_effort',
    'effort',
    'encoding_format',
    'quantization',
  ])('keeps the value of the setting `%s`, and replaces it within content', (field) => {
    expect(scrubWord({ [field]: WORD })).toBe(`refused: ${WORD}`)
    expect(scrubWord({ input: [{ [field]: WORD }] })).toBe('refused: [redacted]')
  })

  it.each(['role', 'type', 'name', 'id', 'call_id', 'tool_call_id', 'status'])(
    'keeps the value of `%s` within content, tools, formats and integrations',
    (field) => {
      for (const place of ['messages', 'input', 'questions', 'tools', 'response_format', 'text', 'integrations']) {
        expect(scrubWord({ [place]: [{ inner: { [field]: WORD } }] })).toBe(`refused: ${WORD}`)
      }
    },
  )

  it('keeps a name of 200 characters and replaces a longer one', () => {
    const name = WORD.repeat(17).slice(0, 200)
    const scrub = (text: string): string => createScrub([], [bodyWith({ tools: [{ name: text }] })])(text)
    expect(scrub(name)).toBe(name)
    expect(scrub(`${name}a`)).toBe('[redacted]')
  })

  it('keeps the host of an MCP server, and replaces its path', () => {
    const server = { server_url: 'https://mcp2.example.org/aB3dE6gH9jK2' }
    const scrub = createScrub([], [bodyWith({ integrations: [server] })])
    expect(scrub('cannot reach https://mcp2.example.org')).toBe('cannot reach https://mcp2.example.org')
    expect(scrub('no aB3dE6gH9jK2')).toBe('no [redacted]')
  })

  it('passes over fields without a value', () => {
    const messages = [{ role: 'assistant', content: null, tool_calls: [{ function: null }] }]
    const scrub = createScrub([], [bodyWith({ messages, tools: [null, 7], prompt: 'tell me a secret' })])
    expect(scrub('bad: tell me a secret')).toBe('bad: [redacted]')
  })

  it('reads a body that an interceptor has made an object, and skips what is not one', () => {
    const scrub = createScrub([], ['not JSON', undefined, ['a list of texts'], { prompt: 'tell me a secret' }])
    expect(scrub('not JSON: a list of texts, tell me a secret')).toBe('not JSON: a list of texts, [redacted]')
  })

  it('replaces content of 12 characters and keeps shorter content', () => {
    expect(createScrub([], [bodyWith({ prompt: 'twelve chars' })])('a twelve chars b')).toBe('a [redacted] b')
    expect(createScrub([], [bodyWith({ prompt: 'eleven char' })])('a eleven char b')).toBe('a eleven char b')
  })

  it('keeps other fields of the request, such as the model', () => {
    const scrub = createScrub([], [bodyWith({ model: 'acme/tern-4b-long-name' })])
    expect(scrub('unknown acme/tern-4b-long-name')).toBe('unknown acme/tern-4b-long-name')
  })

  it.each(['integrations', 'tools'])('replaces the secrets of an MCP server in `%s`', (field) => {
    const server = { type: 'ephemeral_mcp', server_url: 'https://mcp.example.org', headers: { 'x-key': 'hunter2' } }
    expect(createScrub([], [bodyWith({ [field]: [server] })])('sent hunter2')).toBe('sent [redacted]')
  })
})

describe('integrationSecrets', () => {
  it('lists header values of an MCP server, with and without their scheme', () => {
    expect(integrationSecrets([{ headers: { authorization: 'Bearer abc' } }])).toEqual(
      expect.arrayContaining(['Bearer abc', 'abc']),
    )
  })

  it('lists the field `authorization` of an MCP server', () => {
    expect(integrationSecrets([{ authorization: 'Basic abc' }])).toEqual(expect.arrayContaining(['Basic abc', 'abc']))
  })

  it('lists the path, query values and long path segments of the URL of an MCP server', () => {
    const path = '/mcp/0123456789ab/0123456789a?key=k1&other=k2'
    const secrets = integrationSecrets([{ server_url: `https://mcp.example.org${path}` }])
    expect(secrets.filter((secret) => secret !== '')).toEqual([path, 'k1', 'k2', '0123456789ab'])
  })

  it('lists no part of a URL without a path', () => {
    const secrets = integrationSecrets([{ server_url: 'https://mcp.example.org' }])
    expect(secrets.filter((secret) => secret !== '')).toEqual([])
  })

  it.each([[undefined], ['plugin'], [{}]])('lists no secrets for %j, which is not an array', (integrations) => {
    expect(integrationSecrets(integrations)).toEqual([])
  })

  it('lists no secrets for plugins given by name and for null', () => {
    expect(integrationSecrets(['mcp/playwright', null]).filter((secret) => secret !== '')).toEqual([])
  })
})
