import type { ChatEvent } from 'lmstudio-provider'
import { MODEL, type Case } from '../contract.js'

const COLD = 'acme/plover-vl'

export const nativeChatCases: readonly Case[] = [
  {
    name: 'chat resolves to the text and marks the finish reason as inferred',
    async run({ create, assert, mock }) {
      const { text, finishReason, isFinishReasonInferred, responseId } = await create().chat({
        model: MODEL,
        input: 'echo: Good evening.',
      })
      assert.equal([text, finishReason, isFinishReasonInferred, responseId], ['Good evening.', 'stop', true, undefined])
      const cut = await create().chat({ model: MODEL, input: 'lorem 50', reasoning: 'off', maxTokens: 5 })
      assert.equal(cut.finishReason, 'length')
      assert.equal((await mock.calls()).find(({ path }) => path === '/api/v1/chat')?.body, {
        model: MODEL,
        input: 'echo: Good evening.',
        store: false,
        stream: false,
      })
    },
  },
  {
    name: 'streamChat emits the progress of loading and prompt processing, then the text',
    async run({ create, assert }) {
      const events: ChatEvent[] = []
      const request = { model: COLD, input: 'gull '.repeat(60) }
      for await (const event of create().streamChat(request)) events.push(event)
      const steps = events.map((event) => (event.type === 'progress' ? `${event.phase} ${event.progress}` : event.type))
      const order = ['chat-start', 'model-load-start', 'model-load 0.5', 'model-load-end', 'prompt-processing 0.5']
      assert.equal(
        steps.filter((step) => order.includes(step)),
        order,
      )
      const end = events.at(-1)
      const streamed = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
      assert.equal(end?.type === 'chat-end' && end.response.text, streamed)
      assert.ok(streamed !== '', 'a text')
    },
  },
  {
    name: 'streamChat emits the tool calls that the server runs',
    async run({ create, assert, mock }) {
      const request = { model: MODEL, input: 'Find it.', integrations: ['mcp/birds'] }
      const types = async (): Promise<string[]> => {
        const events: ChatEvent[] = []
        for await (const event of create().streamChat(request)) events.push(event)
        return events.map(({ type }) => type).filter((type) => type.startsWith('tool-call'))
      }
      assert.equal(await types(), ['tool-call-start', 'tool-call-arguments', 'tool-call-success'])
      await mock.inject('tool-call-failure')
      assert.equal(await types(), ['tool-call-start', 'tool-call-failure'])
    },
  },
  {
    name: 'streamChat rejects with an error from the stream and with the partial result that follows it',
    async run({ create, assert, mock, library }) {
      await mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      await mock.inject({ name: 'error-then-chat-end', afterEvents: 6 })
      const stream = create().streamChat({ model: MODEL, input: 'Count.' })
      let text = ''
      const error = await assert.fails(async () => {
        for await (const event of stream) if (event.type === 'text-delta') text += event.text
      }, library.ModelLoadError)
      assert.equal(error.partial?.text, text)
      assert.ok(text.startsWith('one '), 'a partial text')
    },
  },
  {
    name: 'streamChat rejects with the reason of the caller’s signal',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'stall', afterEvents: 2 })
      const caller = new AbortController()
      const stream = create().streamChat({ model: MODEL, input: 'Hello.' }, { signal: caller.signal })
      const failure = assert.fails(() => stream.response)
      await mock.whenHeld()
      const reason = { enough: true }
      caller.abort(reason)
      assert.ok((await failure) === reason, 'the same reason')
    },
  },
  {
    name: 'chat rejects a reasoning setting that the model does not support, before it sends a chat',
    async run({ create, assert, mock, library }) {
      const request = { model: MODEL, input: 'Hello.', reasoning: 'high' } as const
      const error = await assert.fails(() => create().chat(request), library.InvalidRequestError)
      assert.ok(error.message.includes('off, on'), 'the supported settings')
      assert.equal((await mock.calls()).filter(({ method }) => method === 'POST').length, 0)
    },
  },
  {
    name: 'chat names the version it needs when LM Studio is too old',
    async run({ create, assert, mock, library }) {
      await mock.configure({ version: '0.3' })
      const request = { model: MODEL, input: 'Hello.' }
      const error = await assert.fails(() => create().chat(request), library.UnsupportedEndpointError)
      assert.ok(error.hint.includes('0.4.0'), 'the version')
      await assert.fails(() => create().streamChat(request).response, library.UnsupportedEndpointError)
    },
  },
  {
    name: 'a conversation sends only the new message and can be branched, saved and continued',
    async run({ create, assert, mock, library }) {
      const lmstudio = create()
      const conversation = library.createConversation(lmstudio, { model: MODEL, system: 'Be brief.' })
      await conversation.send('echo: one')
      for await (const _event of conversation.stream('echo: two'));
      assert.equal(
        conversation.turns.map(({ input, text }) => [input, text]),
        [
          ['echo: one', 'one'],
          ['echo: two', 'two'],
        ],
      )
      const from = JSON.parse(JSON.stringify(conversation.branch(1)))
      await library.createConversation(lmstudio, { model: MODEL, from }).send('echo: three')
      const first = conversation.turns[0]?.responseId
      const sent = (await mock.calls()).map(({ body }) => body as Record<string, unknown>)
      assert.equal(
        sent.map((body) => [body.input, body.previous_response_id, body.store]),
        [
          ['echo: one', undefined, true],
          ['echo: two', first, true],
          ['echo: three', first, true],
        ],
      )
    },
  },
]
