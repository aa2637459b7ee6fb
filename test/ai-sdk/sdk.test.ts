import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { png } from '../helpers/images.js'
import { callError, MODEL, useServer, versions } from './support.js'

const mock = useServer()
const { provider, lastBody } = mock

describe.each(versions)('a model in $version', ({ ai }) => {
  const { generateText, jsonSchema, Output, stepCountIs, streamText, tool } = ai
  const tide = tool({
    description: 'High water at a harbor',
    inputSchema: jsonSchema<{ harbor: string }>({
      type: 'object',
      properties: { harbor: { type: 'string' } },
      required: ['harbor'],
    }),
    execute: ({ harbor }) => Promise.resolve(`04:12 at ${harbor}`),
  })
  const person = z.object({ name: z.string(), age: z.number() })

  test('generates text with reasoning, usage and the finish reason', async () => {
    mock.server.configure({
      reply: () => ({
        text: 'Seven gulls.',
        reasoning: 'Counting.',
        usage: { promptTokens: 20, completionTokens: 9, reasoningTokens: 4 },
      }),
    })
    const result = await generateText({ model: provider()(MODEL), system: 'Be brief.', prompt: 'How many gulls?' })
    expect(result.text).toBe('Seven gulls.')
    expect(result.reasoningText).toBe('Counting.')
    expect(result.finishReason).toBe('stop')
    expect(result.usage).toMatchObject({ inputTokens: 20, outputTokens: 9, totalTokens: 29 })
    expect(result.usage.outputTokenDetails).toMatchObject({ textTokens: 5, reasoningTokens: 4 })
    expect(result.response.modelId).toBe(MODEL)
    expect(result.warnings ?? []).toEqual([])
    expect(lastBody()).toMatchObject({
      model: MODEL,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'How many gulls?' },
      ],
    })
  })

  test('streams text and reasoning as they come', async () => {
    mock.server.configure({ reply: () => ({ deltas: ['Seven ', 'gulls.'], reasoning: 'Counting.' }) })
    const result = streamText({ model: provider()(MODEL), prompt: 'How many gulls?' })
    const types: string[] = []
    for await (const part of result.fullStream) if (part.type !== types.at(-1)) types.push(part.type)
    expect(types).toEqual([
      'start',
      'start-step',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ])
    expect(await result.text).toBe('Seven gulls.')
    expect(await result.reasoningText).toBe('Counting.')
    expect(await result.finishReason).toBe('stop')
    expect(await result.providerMetadata).toMatchObject({ lmstudio: { durationMs: expect.any(Number) as number } })
  })

  test('stops in the middle of a stream when the caller aborts', async () => {
    mock.server.inject({ name: 'stall', afterEvents: 5 })
    const controller = new AbortController()
    const aborts: number[] = []
    const errors: unknown[] = []
    const result = streamText({
      model: provider()(MODEL),
      prompt: 'lorem 500',
      abortSignal: controller.signal,
      onAbort: ({ steps }) => void aborts.push(steps.length),
      onError: ({ error }) => void errors.push(error),
    })
    const types: string[] = []
    for await (const { type } of result.fullStream) {
      types.push(type)
      if (type === 'text-delta' || type === 'reasoning-delta') controller.abort()
    }
    expect(types.at(-1)).toBe('abort')
    expect(aborts).toEqual([0])
    expect(errors).toEqual([])
    expect(await mock.lastCall().finished).toBe('aborted')
  })

  test('rejects with the reason of an abort, without another attempt', async () => {
    mock.server.inject('delay-headers')
    const controller = new AbortController()
    const generating = generateText({
      model: provider()(MODEL),
      prompt: 'Hello.',
      abortSignal: controller.signal,
    })
    await mock.server.whenHeld()
    controller.abort()
    expect(await callError(generating)).toMatchObject({ name: 'AbortError' })
    expect(mock.server.calls).toHaveLength(1)
  })

  test('runs a tool and uses its result', async () => {
    const result = await generateText({
      model: provider()(MODEL),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    expect(result.steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop'])
    expect(result.text).toBe('According to tide_at: 04:12 at Oban')
  })

  test('runs a tool in a stream and uses its result', async () => {
    const result = streamText({
      model: provider()(MODEL),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    const types = new Set<string>()
    for await (const { type } of result.fullStream) types.add(type)
    expect([...types]).toEqual(
      expect.arrayContaining(['tool-input-start', 'tool-input-delta', 'tool-input-end', 'tool-call', 'tool-result']),
    )
    expect(await result.text).toBe('According to tide_at: 04:12 at Oban')
  })

  test.each(['generateText', 'streamText'] as const)(
    '%s finds a tool that LM Studio has renamed to snake_case',
    async (verb) => {
      let round = 0
      mock.server.configure({
        reply: () => (round++ === 0 ? { toolCalls: [{ name: 'tide_at', arguments: { harbor: 'Oban' } }] } : 'Done.'),
      })
      const request = {
        model: provider()(MODEL),
        prompt: 'When is the tide high at Oban?',
        tools: { tideAt: tide },
        stopWhen: stepCountIs(3),
      }
      const steps = verb === 'generateText' ? (await generateText(request)).steps : await streamText(request).steps
      expect(steps[0]!.toolResults.map(({ toolName, output }) => [toolName, output])).toEqual([
        ['tideAt', '04:12 at Oban'],
      ])
    },
  )

  test.each([
    ['a tool does not exist', { name: 'wave_at', arguments: {} }],
    ['its arguments are not JSON', { name: 'tide_at', arguments: '{"harbor": ' }],
  ])('tells the model when %s', async (_, toolCall) => {
    let round = 0
    mock.server.configure({ reply: () => (round++ === 0 ? { toolCalls: [toolCall] } : 'Sorry.') })
    const result = await generateText({
      model: provider()(MODEL),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    expect(result.text).toBe('Sorry.')
    expect(result.steps[0]!.content.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['tool-call', 'tool-error']),
    )
  })

  test('generates an object that matches a schema', async () => {
    const { output } = await generateText({
      model: provider()(MODEL),
      prompt: 'Invent a person.',
      output: Output.object({ schema: person }),
    })
    expect(person.safeParse(output).success).toBe(true)
    expect(lastBody()).toMatchObject({ response_format: { type: 'json_schema', json_schema: { strict: true } } })
  })

  test('streams an object that matches a schema', async () => {
    const result = streamText({
      model: provider()(MODEL),
      prompt: 'Invent a person.',
      output: Output.object({ schema: person }),
    })
    const partials: unknown[] = []
    for await (const partial of result.partialOutputStream) partials.push(partial)
    expect(partials.length).toBeGreaterThan(0)
    expect(person.safeParse(await result.output).success).toBe(true)
  })

  test('generates and streams an object that LM Studio puts into the reasoning', async () => {
    const request = {
      model: provider()(MODEL),
      prompt: 'Invent a person.',
      output: Output.object({ schema: person }),
    }
    mock.server.inject('json-in-reasoning')
    const generated = await generateText(request)
    expect(person.safeParse(generated.output).success).toBe(true)
    mock.server.inject('json-in-reasoning')
    const streamed = streamText(request)
    expect(person.safeParse(await streamed.output).success).toBe(true)
  })

  test('generates any JSON without a schema', async () => {
    mock.server.configure({ reply: () => '{"a":1}' })
    const { output } = await generateText({ model: provider()(MODEL), prompt: 'JSON.', output: Output.json() })
    expect(output).toEqual({ a: 1 })
    expect(lastBody()).toMatchObject({ response_format: { json_schema: { schema: { type: 'object' } } } })
  })

  test('sends images as bytes, as base64 and as a data URL', async () => {
    const bytes = png(2, 3)
    const base64 = Buffer.from(bytes).toString('base64')
    const result = await generateText({
      model: provider()('acme/plover-vl'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image', image: bytes },
            { type: 'image', image: base64, mediaType: 'image/png' },
            { type: 'image', image: `data:image/png;base64,${base64}` },
          ],
        },
      ],
    })
    expect(result.text).toContain('I see 3 images (image/png, image/png, image/png).')
  })

  test('keeps the ids of tool calls apart if the server begins anew with each response', async () => {
    let round = 0
    mock.server.configure({
      reply: () =>
        round++ < 2 ? { toolCalls: [{ id: 'call_1', name: 'tide_at', arguments: { harbor: 'Oban' } }] } : 'Done.',
    })
    const result = await generateText({
      model: provider()(MODEL),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(5),
    })
    expect(result.steps.flatMap(({ toolCalls }) => toolCalls.map(({ toolCallId }) => toolCallId))).toEqual([
      'call_1',
      'call_1_2',
    ])
    expect(result.text).toBe('Done.')
  })

  test('passes the frames of the server on', async () => {
    const result = streamText({ model: provider()(MODEL), prompt: 'Hello.', includeRawChunks: true })
    const ids: unknown[] = []
    for await (const part of result.fullStream) {
      if (part.type === 'raw') ids.push((part.rawValue as { object: unknown }).object)
    }
    expect(new Set(ids)).toEqual(new Set(['chat.completion.chunk']))
    expect(await result.text).toBe('You said: Hello.')
  })

  test('streams the progress of the prompt as provider metadata, also to a message of useChat', async () => {
    const request = { model: provider()(MODEL), prompt: 'Hello.' }
    mock.server.configure({ reply: () => ({ text: 'Good evening.', reasoning: '' }) })
    mock.server.inject({ name: 'prompt-progress', total: 2000, batch: 1000 })
    const seen: unknown[] = []
    const result = streamText(request)
    for await (const part of result.fullStream) {
      if (part.type === 'reasoning-delta') seen.push([part.text, part.providerMetadata])
    }
    expect(seen).toEqual([
      ['', { lmstudio: { phase: 'prompt-processing', progress: 0.5 } }],
      ['', { lmstudio: { phase: 'prompt-processing', progress: 1 } }],
    ])
    expect(await result.text).toBe('Good evening.')

    mock.server.inject({ name: 'prompt-progress', total: 2000, batch: 1000 })
    const shown: unknown[] = []
    for await (const message of ai.readUIMessageStream({ stream: streamText(request).toUIMessageStream() })) {
      for (const part of message.parts) if (part.type === 'reasoning') shown.push(part.providerMetadata?.['lmstudio'])
    }
    expect(shown).toContainEqual({ phase: 'prompt-processing', progress: 0.5 })
    expect(shown.at(-1)).toEqual({ phase: 'prompt-processing', progress: 1 })
  })

  test('is found through a registry', async () => {
    const registry = ai.createProviderRegistry({ lmstudio: provider() })
    const { text } = await generateText({ model: registry.languageModel(`lmstudio:${MODEL}`), prompt: 'Hello.' })
    expect(text).toBe('You said: Hello.')
  })
})

test('the versions of the AI SDK under test are 6 and 7', () => {
  const versionOf = (name: string): string => {
    const url = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
    return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version.split('.')[0]!
  }
  expect([versionOf('ai'), versionOf('ai-7')]).toEqual(['6', '7'])
})
