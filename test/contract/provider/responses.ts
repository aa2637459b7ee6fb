import type { RespondEvent } from 'lmstudio-provider'
import { MODEL, type Case } from '../contract.js'

const request = { model: MODEL, input: 'How is the weather?' } as const
const WEATHER = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const CALL = { id: 'a', name: 'get_weather', arguments: { city: 'Sète' } }

export const responseCases: readonly Case[] = [
  {
    name: 'streamRespond rejects with the partial text when the response fails',
    async run({ library, create, assert, mock }) {
      await mock.setReply({ reasoning: '', text: 'Seven gulls.' })
      await mock.inject({ name: 'response-failed', afterEvents: 6 })
      const error = await assert.fails(() => create().streamRespond(request).response, library.ModelLoadError)
      assert.ok(error.partial?.text.startsWith('Seven'), 'a partial text')
    },
  },
  {
    name: 'streamRespond rejects with StreamInterruptedError when the last event is missing',
    async run({ library, create, assert, mock }) {
      await mock.inject('no-done')
      await assert.fails(() => create().streamRespond(request).response, library.StreamInterruptedError)
    },
  },
  {
    name: 'respond and streamRespond have text, reasoning, tool calls and usage, however the bytes are cut',
    async run({ create, assert, mock }) {
      await mock.configure({ framing: { chunkBytes: 7 } })
      await mock.setReply({ reasoning: 'Let me see.', text: 'Seen.', toolCalls: [CALL] })
      const provider = create()
      const toolRequest = { ...request, tools: [WEATHER] }
      for (const response of [
        await provider.streamRespond(toolRequest).response,
        await provider.respond(toolRequest),
      ]) {
        assert.equal([response.reasoning, response.text, response.finishReason], ['Let me see.', 'Seen.', 'tool-calls'])
        assert.equal(
          response.toolCalls.map(({ name, arguments: parsed }) => ({ name, parsed })),
          [{ name: 'get_weather', parsed: { city: 'Sète' } }],
        )
        assert.equal(
          response.output.map(({ type }) => type),
          ['reasoning', 'message', 'tool-call'],
        )
        assert.ok((response.usage.outputTokens ?? 0) > 0, 'the output tokens')
      }
    },
  },
  {
    name: 'streamRespond emits its events in order',
    async run({ create, assert, mock }) {
      await mock.setReply({ reasoning: 'Hm.', text: 'Seen.', toolCalls: [CALL] })
      const types: RespondEvent['type'][] = []
      for await (const { type } of create().streamRespond({ ...request, tools: [WEATHER] }))
        if (types.at(-1) !== type) types.push(type)
      assert.equal(types, [
        'response-start',
        'reasoning-delta',
        'text-delta',
        'tool-call-start',
        'tool-call-delta',
        'tool-call',
        'response-end',
      ])
    },
  },
  {
    name: 'respond continues from an earlier response with the results of tools',
    async run({ create, assert, mock }) {
      const provider = create()
      await mock.setReply({ reasoning: '', text: '', toolCalls: [CALL] })
      const { id, toolCalls } = await provider.respond({ ...request, tools: [WEATHER] })
      await mock.setReply({ reasoning: '', text: 'Twenty-one degrees.' })
      const input = toolCalls.map((call) => ({ role: 'tool' as const, toolCallId: call.id, content: '21 °C' }))
      const response = await provider.respond({ model: MODEL, previousResponseId: id, input })
      assert.equal(response.text, 'Twenty-one degrees.')
      const body = (await mock.calls()).at(-1)?.body as Record<string, unknown>
      assert.equal(body.previous_response_id, id)
      assert.equal(body.input, [{ type: 'function_call_output', call_id: toolCalls[0]?.id, output: '21 °C' }])
    },
  },
]
