import { tool } from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { toLoopRequest } from '../../src/tools/loop-request.js'
import { thrownBy } from '../helpers/provider-errors.js'
import { caught } from '../integration/support/caught.js'
import { fakeProvider } from './fake-provider.js'
import { CALLS_WEATHER, FINAL, request, variants, weather } from './weather.js'

describe.each(variants)('%s', (_, run) => {
  test.each<[string, unknown, string[], string?]>([
    ['no request', undefined, [''], 'must be an object'],
    ['no tools', { ...request, tools: undefined }, ['tools'], 'must be an array of tools'],
    ['tools that are not an array', { ...request, tools: weather }, ['tools'], 'must be an array of tools'],
    ['a tool without a name', { ...request, tools: [{}] }, ['tools.0.name']],
    ['a tool with an empty name', { ...request, tools: [{ name: '' }] }, ['tools.0.name']],
    [
      'a tool whose execute is not a function',
      { ...request, tools: [{ name: 'look', execute: 'sea' }] },
      ['tools.0.execute'],
      'must be a function',
    ],
    [
      'a tool whose parameters are not an object',
      { ...request, tools: [{ name: 'a', parameters: v.string() }] },
      ['parameters'],
      'must be the schema of an object',
    ],
    ['two tools with the same name', { ...request, tools: [weather, weather] }, ['tools.1.name']],
    ['no rounds', { ...request, maxRounds: 0 }, ['maxRounds'], 'must be a whole number, 1 or greater'],
    ['half a round', { ...request, maxRounds: 1.5 }, ['maxRounds'], 'must be a whole number, 1 or greater'],
    ['an onStep that is not a function', { ...request, onStep: true }, ['onStep'], 'must be a function'],
    [
      'a parseTextToolCalls that is not a boolean',
      { ...request, parseTextToolCalls: 'yes' },
      ['parseTextToolCalls'],
      'must be true or false',
    ],
    ['neither messages nor a prompt', { model: 'fake', tools: [weather] }, ['messages']],
    ['both messages and a prompt', { ...request, messages: [] }, ['messages']],
    [
      'messages that are not an array',
      { model: 'fake', tools: [weather], messages: 'Hi' },
      ['messages'],
      'must be an array',
    ],
    ['the choice of an unknown tool', { ...request, toolChoice: { tool: 'launch' } }, ['toolChoice.tool']],
    ['a toolChoice of null', { ...request, toolChoice: null }, ['toolChoice']],
    ['an unknown toolChoice', { ...request, toolChoice: 'any' }, ['toolChoice']],
    [
      'a toolChoice in the form of OpenAI',
      { ...request, toolChoice: { type: 'function', function: { name: 'get_weather' } } },
      ['toolChoice.tool', 'toolChoice.type'],
    ],
  ])('rejects %s before sending anything', async (_what, invalid, paths, message = '') => {
    const provider = fakeProvider(FINAL)
    const error = await caught(run(provider, invalid as never))
    expect(error.name).toBe('InvalidRequestError')
    expect(error.issues?.map((issue) => issue.path.join('.'))).toEqual(paths)
    expect(error.issues?.[0]?.message).toContain(message)
    expect(provider.requests).toEqual([])
  })

  test('rejects a tool whose schema has a broken reference before sending anything', async () => {
    const provider = fakeProvider(FINAL)
    const tools = [{ name: 'look', parameters: { $ref: '#/$defs/a' } }]
    expect(await caught(run(provider, { ...request, tools }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
    })
    expect(provider.requests).toEqual([])
  })

  test.each([
    ['null', null],
    ['a misspelled option', { timeuot: 7 }],
    ['a signal that is not an AbortSignal', { signal: 'stop' }],
  ])('rejects %s as options before sending anything', async (_what, options) => {
    const provider = fakeProvider(FINAL)
    expect(await caught(run(provider, request, options as never))).toMatchObject({ name: 'ConfigurationError' })
    expect(provider.requests).toEqual([])
  })

  test.each([{}, { complete: 1, stream: 1 }, undefined, request])('rejects %j as a provider', async (provider) => {
    expect(await caught(run(provider as never, request))).toMatchObject({ name: 'InvalidRequestError' })
  })

  test('sends only the definition of a tool, and no settings of the loop', async () => {
    const provider = fakeProvider(FINAL)
    const settings = { maxRounds: 2, parseTextToolCalls: true, onStep: () => {} }
    await run(provider, { ...request, ...settings, temperature: 0, system: 'Be brief.' })
    expect(provider.requests).toEqual([
      {
        model: 'fake',
        temperature: 0,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'A coat?' },
        ],
        tools: [{ name: 'get_weather', description: weather.description, parameters: weather.parameters }],
        toolChoice: undefined,
      },
    ])
  })

  test('accepts a tool that was not made by tool()', async () => {
    const plain = { name: 'get_weather', parameters: v.object({ city: v.string() }), execute: () => 'Sun' }
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    const { steps } = await run(provider, { ...request, tools: [plain as never] })
    expect(steps[0]?.results[0]?.content).toBe('Sun')
    expect(provider.requests[0]?.tools?.[0]?.parameters).toMatchObject({ type: 'object', required: ['city'] })
  })

  test.each(['required', { tool: 'get_weather' }] as const)(
    'forces a call by a toolChoice of %j in the first round only',
    async (toolChoice) => {
      const provider = fakeProvider(CALLS_WEATHER, FINAL)
      await run(provider, { ...request, toolChoice })
      expect(provider.requests.map((sent) => sent.toolChoice)).toEqual([toolChoice, undefined])
    },
  )

  test('keeps a toolChoice of none in every round', async () => {
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    await run(provider, { ...request, toolChoice: 'none' })
    expect(provider.requests.map(({ toolChoice }) => toolChoice)).toEqual(['none', 'none'])
  })

  test('is not affected by messages that the caller adds later', async () => {
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    const messages = [{ role: 'user' as const, content: 'A coat?' }]
    const running = run(provider, { model: 'fake', messages, tools: [weather] })
    messages.push({ role: 'user', content: 'And shoes?' })
    await running
    expect(provider.requests.map((sent) => sent.messages?.length)).toEqual([1, 3])
  })
})

test('a plain JSON Schema of a tool may leave out its type', async () => {
  const loose = tool({ name: 'get_weather', parameters: { required: ['city'] }, execute: () => 'Sun' })
  const { steps } = await variants[0]![1](fakeProvider(CALLS_WEATHER, FINAL), { ...request, tools: [loose] })
  expect(steps[0]?.results[0]?.outcome).toBe('done')
})

describe('a checked request', () => {
  const checked = (more: object = {}) => toLoopRequest({ ...request, ...more })

  test('has the documented defaults', () => {
    expect(checked()).toMatchObject({ model: 'fake', maxRounds: 8, onStep: undefined, parseTextToolCalls: false })
    expect(checked({ parseTextToolCalls: true, maxRounds: 1 })).toMatchObject({
      parseTextToolCalls: true,
      maxRounds: 1,
    })
    expect(checked({ parseTextToolCalls: false }).parseTextToolCalls).toBe(false)
  })

  test('keeps tools without parameters, and converts the parameters of the others', () => {
    const tools = [{ name: 'a' }, { name: 'b', parameters: {} }, { name: 'c', parameters: { required: ['d'] } }]
    expect(checked({ tools }).tools).toEqual(tools)
    const broken = [{ name: 'a' }, { name: 'b', parameters: { properties: { c: { type: 'text' } } } }]
    expect(thrownBy(() => checked({ tools: broken }))).toMatchObject({
      issues: [{ path: ['tools', 1, 'parameters', 'properties', 'c', 'type'] }],
    })
  })

  test.each<[string, unknown[], (string | number)[]]>([
    ['no messages', [], ['messages']],
    ['a message without parts', [{ role: 'user', content: [] }], ['messages', 0, 'content']],
  ])('refuses %s, which a provider of the application may not check', (_, messages, path) => {
    expect(thrownBy(() => checked({ prompt: undefined, messages }))).toMatchObject({
      issues: [{ path, message: 'must not be empty' }],
    })
  })

  test('leaves messages that are not objects to the provider', () => {
    const messages = [{ role: 'user', content: [] }, 'Hi']
    expect(checked({ prompt: undefined, messages }).messages).toEqual(messages)
  })
})
