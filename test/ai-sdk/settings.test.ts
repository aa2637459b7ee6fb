import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { ConfigurationError } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/ai-sdk'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { callError, MODEL, promptOf, useServer, versions } from './support.js'

const mock = useServer()

async function send(call: Partial<LanguageModelV3CallOptions> & { readonly reasoning?: string }) {
  const { warnings } = await mock
    .provider()(MODEL)
    .doGenerate({ prompt: promptOf('Hello.'), ...call })
  return { body: mock.lastBody(), warnings }
}

const look = { type: 'function' as const, name: 'look', inputSchema: { type: 'object' as const, properties: {} } }

describe('settings of the AI SDK', () => {
  test('sends each under the name of the wire', async () => {
    const { body, warnings } = await send({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: -0.1,
    })
    expect(body).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hello.' }],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 100,
      stop: ['END'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: -0.1,
      stream: false,
    })
    expect(warnings).toEqual([])
  })

  test('sends nothing for what is not set', async () => {
    const { body } = await send({ stopSequences: [], tools: [], responseFormat: { type: 'text' } })
    expect(body).toEqual({ model: MODEL, messages: [{ role: 'user', content: 'Hello.' }], stream: false })
  })

  test.each([
    [{ type: 'auto' as const }, 'auto'],
    [{ type: 'none' as const }, 'none'],
    [{ type: 'required' as const }, 'required'],
    [{ type: 'tool' as const, toolName: 'look' }, 'required'],
  ])('sends the tool choice %j', async (toolChoice, sent) => {
    const { body } = await send({ tools: [{ ...look, description: 'Looks.' }], toolChoice })
    expect(body).toMatchObject({
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } },
        },
      ],
      tool_choice: sent,
    })
  })

  test('sends only the tool that must be called', async () => {
    const { body } = await send({
      tools: [look, { ...look, name: 'listen' }],
      toolChoice: { type: 'tool', toolName: 'listen' },
    })
    expect(body['tools']).toMatchObject([{ function: { name: 'listen' } }])
  })

  test('warns about tools of other providers and leaves them out', async () => {
    const { body, warnings } = await send({
      tools: [{ type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} }],
      toolChoice: { type: 'required' },
    })
    expect(warnings).toEqual([{ type: 'unsupported', feature: 'provider-defined tool openai.web_search' }])
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('tool_choice')
  })

  test('warns once about what a tool or an output has and LM Studio has no field for', async () => {
    const { body, warnings } = await send({
      tools: [
        { ...look, strict: true, inputExamples: [{ input: {} }] },
        { ...look, name: 'listen', strict: true },
        { ...look, name: 'wait', strict: false, inputExamples: [] },
      ],
      responseFormat: { type: 'json', schema: { type: 'object' }, description: 'A letter.' },
    })
    expect(warnings).toEqual([
      { type: 'unsupported', feature: 'strict tools' },
      { type: 'unsupported', feature: 'input examples of tools' },
      { type: 'unsupported', feature: 'a description of the output' },
    ])
    expect(body['tools']).toMatchObject([
      { function: { name: 'look' } },
      { function: { name: 'listen' } },
      { function: { name: 'wait' } },
    ])
  })

  test('sends a schema with its name', async () => {
    const schema = { type: 'object' as const, properties: { a: { type: 'string' as const } } }
    const { body } = await send({ responseFormat: { type: 'json', schema, name: 'letter' } })
    expect(body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'letter', strict: true, schema },
    })
  })

  test.each([
    ['none', 'none'],
    ['high', 'high'],
    ['provider-default', undefined],
  ])('sends the reasoning level %s of ai 7', async (reasoning, effort) => {
    const { body, warnings } = await send({ reasoning })
    expect(body['reasoning_effort']).toBe(effort)
    expect(warnings).toEqual([])
  })

  test('sends the nearest reasoning level to one that LM Studio does not know, with a warning', async () => {
    const { body, warnings } = await send({ reasoning: 'max' })
    expect(body['reasoning_effort']).toBe('xhigh')
    expect(warnings).toMatchObject([{ type: 'compatibility', feature: 'reasoning' }])
  })

  test('sends the headers of the call that have a value', async () => {
    await send({ headers: { 'x-team': 'gulls', 'x-none': undefined } })
    expect(mock.lastCall().headers).toMatchObject({ 'x-team': 'gulls' })
    expect(mock.lastCall().headers).not.toHaveProperty('x-none')
  })
})

describe('the header user-agent', () => {
  afterEach(() => vi.unstubAllGlobals())

  test.each(versions)('names $version to the server', async ({ ai }) => {
    await ai.generateText({ model: mock.provider()(MODEL), prompt: 'Hello.' })
    expect(mock.lastCall().headers['user-agent']).toMatch(/^ai\/\d/)
  })

  test('stays out of requests of a page, which would need the permission of the server', async () => {
    const sent: Headers[] = []
    const fetch: typeof globalThis.fetch = (_, init) => {
      sent.push(new Headers(init?.headers))
      return Promise.resolve(Response.json({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }))
    }
    vi.stubGlobal('document', {})
    vi.stubGlobal('location', new URL('http://localhost:5173/'))
    const headers = { 'User-Agent': 'ai/7.0.0', 'x-team': 'gulls' }
    await createLMStudio({ fetch })(MODEL).doGenerate({ prompt: promptOf('Hello.'), headers })
    expect(sent.map((one) => [one.get('user-agent'), one.get('x-team')])).toEqual([[null, 'gulls']])
  })
})

describe('settings of LM Studio', () => {
  const settings = {
    reasoningEffort: 'low',
    minP: 0.1,
    repeatPenalty: 1.1,
    logitBias: { '42': -5 },
    ttlSeconds: 300,
    draftModel: 'acme/heron-base',
    extraBody: { top_a: 0.2 },
  }
  const sent = {
    reasoning_effort: 'low',
    min_p: 0.1,
    repeat_penalty: 1.1,
    logit_bias: { '42': -5 },
    ttl: 300,
    draft_model: 'acme/heron-base',
    top_a: 0.2,
  }

  test('are sent for every call of a model that has them', async () => {
    await mock
      .provider()(MODEL, settings)
      .doGenerate({ prompt: promptOf('Hello.') })
    expect(mock.lastBody()).toMatchObject(sent)
  })

  test.each(versions)('are sent for one call in $version', async ({ ai }) => {
    await ai.generateText({ model: mock.provider()(MODEL), prompt: 'Hello.', providerOptions: { lmstudio: settings } })
    expect(mock.lastBody()).toMatchObject(sent)
  })

  test('of a call replace those of the model and the reasoning level of the AI SDK', async () => {
    const model = mock.provider().languageModel(MODEL, { minP: 0.1, ttlSeconds: 60, reasoningEffort: 'low' })
    const call = { prompt: promptOf('Hello.'), reasoning: 'medium' }
    await model.doGenerate(call)
    expect(mock.lastBody()).toMatchObject({ min_p: 0.1, ttl: 60, reasoning_effort: 'medium' })
    await model.doGenerate({ ...call, providerOptions: { lmstudio: { ttlSeconds: 300, reasoningEffort: 'high' } } })
    expect(mock.lastBody()).toMatchObject({ min_p: 0.1, ttl: 300, reasoning_effort: 'high' })
  })

  test('of other providers are ignored', async () => {
    const { body } = await send({ providerOptions: { openai: { user: 'me' } } })
    expect(body).toEqual({ model: MODEL, messages: [{ role: 'user', content: 'Hello.' }], stream: false })
  })

  test('that are undefined in the call stay those of the model', async () => {
    const model = mock.provider().languageModel(MODEL, { minP: 0.1 })
    await model.doGenerate({ prompt: promptOf('Hello.'), providerOptions: { lmstudio: { minP: undefined } } as never })
    expect(mock.lastBody()).toMatchObject({ min_p: 0.1 })
  })

  test.each([
    [null, 'null'],
    [[], 'an array'],
  ])('of the call are refused if they are not an object: %j', async (options, shown) => {
    const error = await callError(send({ providerOptions: { lmstudio: options } as never }))
    expect(error.message).toContain(`The providerOptions.lmstudio options must be an object, not ${shown}.`)
    expect(mock.server.calls).toEqual([])
  })

  test.each([
    [{ reasoningEfort: 'low' }, 'does not exist (did you mean `reasoningEffort`?)'],
    [{ minP: 2 }, 'must be a number from 0 to 1'],
  ])('are refused if one is wrong: %j', async (wrong, message) => {
    expect(() => mock.provider()(MODEL, wrong as object)).toThrow(ConfigurationError)
    const error = await callError(send({ providerOptions: { lmstudio: wrong } }))
    const [key] = Object.keys(wrong)
    expect(error.message).toContain(`The providerOptions.lmstudio option ${key!} ${message}.`)
    expect(error).toMatchObject({ name: 'AI_APICallError', code: 'invalid-option', isRetryable: false })
    expect(mock.server.calls).toEqual([])
  })
})
