import { runTools, tool, type RunToolsRequest, type ToolResult } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type FakeResponse, fakeProvider, toolCall, withToolCalls } from './fake-provider.js'
import { CALLS_WEATHER, FINAL, request, weather } from './weather.js'

/** The result of the only call in a response, which is also what the model receives. */
async function resultOf(response: FakeResponse, tools: RunToolsRequest['tools'] = [weather]): Promise<ToolResult> {
  const provider = fakeProvider(response, FINAL)
  const { steps } = await runTools(provider, { ...request, tools })
  const [result] = steps[0]!.results
  expect(provider.requests[1]?.messages?.[2]).toEqual({
    role: 'tool',
    toolCallId: 'call_1',
    content: result!.content,
  })
  return result!
}

/** A response that calls `get_weather` with these arguments, as the model wrote them. */
const callsWith = (rawArguments: string, more: FakeResponse = {}): FakeResponse => {
  let args: unknown
  try {
    args = JSON.parse(rawArguments)
  } catch {
    args = undefined
  }
  return { ...withToolCalls({ ...toolCall('get_weather', args), rawArguments }), ...more }
}

/** A tool without parameters. */
const returning = (execute: () => unknown) => [tool({ name: 'get_weather', execute })]

describe('a tool', () => {
  test('receives its arguments, the id of the call, the conversation and a signal', async () => {
    const seen: unknown[] = []
    const execute: typeof weather.execute = (args, { signal, toolCallId, messages }) =>
      void seen.push([args, toolCallId, messages, signal.aborted])
    await resultOf(CALLS_WEATHER, [{ ...weather, execute }])
    expect(seen).toEqual([
      [
        { city: 'Oslo' },
        'call_1',
        [
          { role: 'user', content: 'A coat?' },
          { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'get_weather', rawArguments: '{"city":"Oslo"}' }] },
        ],
        false,
      ],
    ])
  })

  test('is found by the name that LM Studio turns its name into', async () => {
    const camelCase = tool({ name: 'getWeather', execute: () => 'Sun' })
    expect((await resultOf(CALLS_WEATHER, [camelCase])).content).toBe('Sun')
    const ambiguous = [camelCase, tool({ name: 'get-weather', execute: () => 'Snow' })]
    expect((await resultOf(CALLS_WEATHER, ambiguous)).outcome).toBe('unknown-tool')
  })

  test('receives an empty object if the model sends null', async () => {
    const seen: unknown[] = []
    const parameters = z.object({ far: z.boolean().default(true) })
    await resultOf(callsWith('null'), [tool({ name: 'get_weather', parameters, execute: (args) => seen.push(args) })])
    expect(seen).toEqual([{ far: true }])
  })

  test('receives the arguments of a provider that keeps no text of them', async () => {
    const calls = withToolCalls({ ...toolCall('get_weather', { city: 'Oban' }), rawArguments: '' })
    expect(await resultOf(calls)).toMatchObject({ outcome: 'done', content: 'Rain in Oban' })
  })

  test('may modify its arguments without changing the recorded call', async () => {
    const tools = [tool<{ at?: string }>({ name: 'get_weather', execute: (args) => void (args.at = 'bow') })]
    expect((await resultOf(callsWith('{"at":"stern"}'), tools)).toolCall.arguments).toEqual({ at: 'stern' })
  })
})

describe('the result of a tool that throws', () => {
  test('has the message of the error', async () => {
    const failure = new Error('No such city')
    const tools = returning(() => {
      throw failure
    })
    expect(await resultOf(CALLS_WEATHER, tools)).toEqual({
      toolCall: toolCall('get_weather', { city: 'Oslo' }),
      outcome: 'failed',
      content: 'Error: No such city',
      error: failure,
    })
  })

  test.each<[string, unknown, string]>([
    ['an error without a message', new RangeError(''), 'Error: RangeError'],
    ['an error of another realm', { name: 'Error', message: 'Fog.' }, 'Error: Fog.'],
    ['a string', 'broken', 'Error: broken'],
    ['undefined', undefined, 'Error: undefined'],
    ['null', null, 'Error: null'],
    ['an error with a class of its own and no message', new (class extends Error {})(), 'Error: Error'],
    ['a value that cannot be converted to a string', Object.create(null), 'Error: the tool failed.'],
  ])('has a text for %s', async (_, thrown, content) => {
    // oxlint-disable-next-line prefer-promise-reject-errors
    const result = await resultOf(
      CALLS_WEATHER,
      returning(() => Promise.reject(thrown)),
    )
    expect(result).toMatchObject({ outcome: 'failed', content })
  })
})

test('a return value that cannot be serialized is reported as a failure', async () => {
  const result = await resultOf(
    CALLS_WEATHER,
    returning(() => new Response('sea')),
  )
  expect(result).toMatchObject({
    outcome: 'failed',
    content: 'Error: The tool result cannot be serialized: Response would become {}',
    error: expect.any(TypeError) as TypeError,
  })
})

describe('invalid arguments', () => {
  test('that do not match the schema are reported with their paths', async () => {
    const result = await resultOf(callsWith('{"city":7}'))
    expect(result).toMatchObject({ outcome: 'invalid-arguments', issues: [{ path: ['city'] }] })
    expect(result.content).toMatch(
      /^Error: the arguments are invalid\. city: .+\. Call the tool again with valid arguments\.$/,
    )
  })

  test('that do not match plain JSON Schema are reported with their paths', async () => {
    const plain = tool({ name: 'get_weather', parameters: { required: ['city'] }, execute: () => 'Sun' })
    expect(await resultOf(callsWith('{}'), [plain])).toMatchObject({
      outcome: 'invalid-arguments',
      issues: [{ path: ['city'], message: 'is missing' }],
      content: 'Error: the arguments are invalid. city: is missing. Call the tool again with valid arguments.',
    })
  })

  test('are all reported, one after another', async () => {
    const parameters = { required: ['city', 'days'] }
    const plain = tool({ name: 'get_weather', parameters, execute: () => 'Sun' })
    expect((await resultOf(callsWith('{}'), [plain])).content).toBe(
      'Error: the arguments are invalid. city: is missing; days: is missing. Call the tool again with valid arguments.',
    )
  })

  test('as a whole are reported without a path', async () => {
    const plain = tool({ name: 'get_weather', parameters: { maxProperties: 0 }, execute: () => 'Sun' })
    expect((await resultOf(CALLS_WEATHER, [plain])).content).toBe(
      'Error: the arguments are invalid. must have at most 0 properties. Call the tool again with valid arguments.',
    )
  })

  test.each(['[]', '"x"', '5', 'false'])('of %s run nothing and are sent back as an empty object', async (args) => {
    let runs = 0
    const provider = fakeProvider(callsWith(args), FINAL)
    const { steps } = await runTools(provider, { ...request, tools: returning(() => runs++) })
    expect(steps[0]?.results[0]).toMatchObject({ outcome: 'invalid-arguments', toolCall: { rawArguments: args } })
    expect(runs).toBe(0)
    expect(provider.requests[1]?.messages?.[1]).toMatchObject({ toolCalls: [{ rawArguments: '{}' }] })
  })

  test('that are not JSON are quoted up to 500 characters and sent back as an empty object', async () => {
    const provider = fakeProvider(callsWith(`{"city":${'x'.repeat(1000)}`), FINAL)
    const { steps, messages } = await runTools(provider, request)
    const [result] = steps[0]!.results
    expect(result).toMatchObject({ outcome: 'invalid-arguments' })
    expect(result!.content).toBe(
      'Error: the arguments are not valid JSON. Call the tool again with a JSON object. ' +
        `Received: {"city":${'x'.repeat(492)}`,
    )
    expect(messages[1]).toMatchObject({ toolCalls: [{ rawArguments: '{}' }] })
  })

  test.each([
    [500, 500],
    [501, 500],
  ])('of %i characters that are not JSON are quoted up to %i', async (length, quoted) => {
    const { content } = await resultOf(callsWith('y'.repeat(length)))
    expect(content.split('Received: ')[1]).toBe('y'.repeat(quoted))
  })

  test.each(['{"city":"Os', '{}'])('that the token limit truncated at %s are reported as such', async (args) => {
    const result = await resultOf(
      callsWith(args, { finishReason: 'length' }),
      returning(() => 1),
    )
    expect(result).toMatchObject({
      outcome: 'invalid-arguments',
      content:
        'Error: the response reached its token limit inside the arguments. Call the tool again with shorter arguments.',
    })
  })

  test('that are complete are used although the token limit was reached', async () => {
    expect(await resultOf(callsWith('{"city":"Oslo"}', { finishReason: 'length' }))).toMatchObject({
      outcome: 'done',
      content: 'Rain in Oslo',
    })
  })

  test('can only be truncated in the last call of a response', async () => {
    const tools = returning(() => 'Sun')
    const toolCalls = [toolCall('get_weather', {}), toolCall('get_weather', {}, 'call_2')]
    const { steps } = await runTools(fakeProvider({ toolCalls, finishReason: 'length' }, FINAL), { ...request, tools })
    expect(steps[0]?.results.map(({ outcome }) => outcome)).toEqual(['done', 'invalid-arguments'])
  })
})

describe('a call of an unknown tool', () => {
  test('is reported with the most similar name and the available tools', async () => {
    expect(await resultOf(withToolCalls(toolCall('get_wheather', { city: 'Oslo' })))).toMatchObject({
      outcome: 'unknown-tool',
      content: 'Error: there is no tool named get_wheather. Did you mean get_weather? Available tools: get_weather.',
    })
  })

  test('is reported with at most 500 characters of its name', async () => {
    const name = 'launch_'.repeat(100)
    expect((await resultOf(withToolCalls(toolCall(name, {})))).content).toBe(
      `Error: there is no tool named ${name.slice(0, 500)}. Available tools: get_weather.`,
    )
  })

  test('is reported with all the tools', async () => {
    const tools = [weather, tool({ name: 'get_time', execute: () => 1 })]
    expect((await resultOf(withToolCalls(toolCall('launch', {})), tools)).content).toContain(
      'Available tools: get_weather, get_time.',
    )
  })

  test('is reported without a suggestion if no name is similar', async () => {
    expect((await resultOf(withToolCalls(toolCall('launch', {})))).content).toBe(
      'Error: there is no tool named launch. Available tools: get_weather.',
    )
  })
})
