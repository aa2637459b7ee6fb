import type { CompletionEvent, ToolDefinition } from 'lmstudio-provider'
import type { MockFaultName } from '../../../src/testing/index.js'
import { MODEL, type Case } from '../contract.js'

const WEATHER: ToolDefinition = {
  name: 'get_weather',
  description: 'Returns the weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const request = { model: MODEL, prompt: 'How is the weather?', tools: [WEATHER] } as const

const CALL = { id: 'call_a', name: 'get_weather', arguments: { city: 'Sète' } }

/** Faults under which a tool call still arrives complete. */
const HARMLESS_FAULTS = [
  'tool-calls-without-index',
  'tool-calls-without-id',
  'tool-calls-empty-id',
  'tool-calls-name-repeated',
  'tool-calls-in-one-delta',
  'tool-calls-arguments-object',
  'tool-calls-finish-stop',
] as const satisfies readonly MockFaultName[]

/** Faults that remove the arguments of a tool call. */
const FAULTS_WITHOUT_ARGUMENTS = [
  'tool-calls-arguments-null',
  'tool-calls-arguments-empty',
] as const satisfies readonly MockFaultName[]

export const toolCases: readonly Case[] = [
  {
    name: 'stream emits a tool call as it arrives, and the complete call at the end',
    async run({ create, assert, mock }) {
      await mock.setReply({ reasoning: '', text: '', toolCalls: [CALL] })
      const events: CompletionEvent[] = []
      for await (const event of create().stream(request)) events.push(event)
      const start = events.find((event) => event.type === 'tool-call-start')
      assert.equal(start, { type: 'tool-call-start', index: 0, id: 'call_a', name: 'get_weather' })
      const deltas = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : '')).join('')
      assert.equal(JSON.parse(deltas), CALL.arguments)
      const whole = events.find((event) => event.type === 'tool-call')
      assert.equal(whole?.toolCall.arguments, CALL.arguments)
    },
  },
  {
    name: 'parallel tool calls keep their order and their arguments',
    async run({ create, assert, mock }) {
      const toolCalls = ['Sète', 'Brest', 'Nice'].map((city, index) => ({
        id: `call_${index}`,
        name: 'get_weather',
        arguments: { city },
      }))
      await mock.setReply({ reasoning: '', text: '', toolCalls })
      const streamed = await create().stream(request).response
      const whole = await create().complete(request)
      for (const { toolCalls: calls, finishReason } of [streamed, whole]) {
        assert.equal(
          calls.map(({ id, name, arguments: parsed }) => ({ id, name, arguments: parsed })),
          toolCalls,
        )
        assert.equal(finishReason, 'tool-calls')
      }
    },
  },
  ...HARMLESS_FAULTS.map((fault): Case => ({
    name: `a tool call arrives complete with the fault ${fault}, streamed or not`,
    async run({ create, assert, mock }) {
      await mock.inject(fault, { times: 2 })
      const provider = create()
      for (const response of [await provider.stream(request).response, await provider.complete(request)]) {
        const [call, ...others] = response.toolCalls
        assert.equal(others, [])
        assert.equal(call?.name, 'get_weather')
        assert.ok(call?.id !== '', 'an id')
        const parsed = call?.arguments as { city?: unknown } | undefined
        assert.equal(typeof parsed?.city, 'string')
        assert.equal(response.finishReason, 'tool-calls')
      }
    },
  })),
  ...FAULTS_WITHOUT_ARGUMENTS.map((fault): Case => ({
    name: `a tool call has empty arguments with the fault ${fault}, streamed or not`,
    async run({ create, assert, mock }) {
      await mock.inject(fault, { times: 2 })
      const provider = create()
      for (const { toolCalls } of [await provider.stream(request).response, await provider.complete(request)]) {
        assert.equal(
          toolCalls.map(({ arguments: parsed, rawArguments }) => [parsed, rawArguments]),
          [[{}, '{}']],
        )
      }
    },
  })),
  {
    name: 'arguments that are not JSON are available as raw text',
    async run({ create, assert, mock }) {
      await mock.inject('tool-calls-arguments-invalid', { times: 2 })
      const provider = create()
      for (const { toolCalls } of [await provider.stream(request).response, await provider.complete(request)]) {
        assert.equal(toolCalls.length, 1)
        assert.equal(toolCalls[0]?.arguments, undefined)
        assert.ok(toolCalls[0]?.rawArguments.startsWith('{'), 'the raw arguments')
      }
    },
  },
  {
    name: 'tool results can be sent back',
    async run({ create, assert }) {
      const provider = create()
      const { toolCalls } = await provider.complete(request)
      const response = await provider.complete({
        model: MODEL,
        tools: [WEATHER],
        messages: [
          { role: 'user', content: request.prompt },
          { role: 'assistant', toolCalls },
          ...toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: '21 °C' })),
        ],
      })
      assert.equal(response.text, 'According to get_weather: 21 °C')
    },
  },
  {
    name: 'a toolChoice that names a tool sends only that tool, and requires a call',
    async run({ create, assert, mock }) {
      const other = { ...WEATHER, name: 'other_tool' }
      await create().complete({ ...request, tools: [WEATHER, other], toolChoice: { tool: 'other_tool' } })
      const [call] = await mock.calls()
      const body = call?.body as { tools: { function: { name: string } }[]; tool_choice: unknown }
      assert.equal(
        body.tools.map((tool) => tool.function.name),
        ['other_tool'],
      )
      assert.equal(body.tool_choice, 'required')
    },
  },
]
