import { MODEL, type Case } from '../contract.js'

const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'inline'] as const

export const completionCases: readonly Case[] = [
  {
    name: 'complete resolves to the text with usage and stats',
    async run({ create, assert, mock }) {
      await mock.setReply({ reasoning: '', text: 'Good evening.', usage: { promptTokens: 7, completionTokens: 3 } })
      const response = await create().complete({ model: MODEL, messages: [{ role: 'user', content: 'Hello.' }] })
      assert.equal(response.text, 'Good evening.')
      assert.equal(response.model, MODEL)
      assert.equal(response.finishReason, 'stop')
      assert.equal(response.toolCalls, [])
      assert.equal(response.usage.inputTokens, 7)
      assert.equal(response.usage.outputTokens, 3)
      assert.ok(response.id !== '', 'an id')
      assert.ok((response.stats.durationMs ?? -1) >= 0, 'a duration')
    },
  },
  {
    name: 'complete sends the prompt and the system text as messages',
    async run({ create, assert, mock }) {
      await create().complete({ model: MODEL, system: 'Be brief.', prompt: 'Hello.', temperature: 0.2, maxTokens: 50 })
      const [call] = await mock.calls()
      const body = call?.body as Record<string, unknown>
      assert.equal(body.messages, [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello.' },
      ])
      assert.equal(body.temperature, 0.2)
      assert.equal(body.max_tokens, 50)
    },
  },
  ...REASONING_FIELDS.flatMap((reasoningField): Case[] => [
    {
      name: `complete separates reasoning in ${reasoningField} from the text`,
      async run({ create, assert, mock }) {
        await mock.configure({ models: [{ id: MODEL, loaded: true, reasoning: REASONS, reasoningField }] })
        await mock.setReply({ reasoning: 'Let me see.', text: 'Seen.' })
        const response = await create().complete({ model: MODEL, prompt: 'Look.' })
        assert.equal([response.reasoning?.trim(), response.text.trim()], ['Let me see.', 'Seen.'])
      },
    },
    {
      name: `stream separates reasoning in ${reasoningField} from the text, however the bytes are cut`,
      async run({ create, assert, mock }) {
        await mock.configure({
          models: [{ id: MODEL, loaded: true, reasoning: REASONS, reasoningField }],
          framing: { chunkBytes: 7 },
        })
        await mock.setReply({ reasoning: 'Let me see.', text: 'Seen.' })
        let [reasoning, text] = ['', '']
        for await (const event of create().stream({ model: MODEL, prompt: 'Look.' })) {
          if (event.type === 'reasoning-delta') reasoning += event.text
          if (event.type === 'text-delta') text += event.text
        }
        assert.equal([reasoning.trim(), text.trim()], ['Let me see.', 'Seen.'])
      },
    },
  ]),
  {
    name: 'complete sends a schema and resolves to JSON that fits it',
    async run({ create, assert, mock }) {
      const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
      const response = await create().complete({ model: MODEL, prompt: 'Where?', responseFormat: { schema } })
      assert.equal(typeof (JSON.parse(response.text) as { city: unknown }).city, 'string')
      const body = (await mock.calls())[0]?.body as { response_format: { type: string } }
      assert.equal(body.response_format.type, 'json_schema')
    },
  },
  {
    name: 'a response has the finish reason `length` when `maxTokens` cuts it',
    async run({ create, assert }) {
      const response = await create().complete({ model: MODEL, prompt: 'lorem 100', maxTokens: 5 })
      assert.equal(response.finishReason, 'length')
    },
  },
  {
    name: 'usage that the server does not send is undefined',
    async run({ create, assert, mock }) {
      await mock.inject('usage-missing')
      const { usage } = await create().complete({ model: MODEL, prompt: 'Hello.' })
      assert.equal([usage.inputTokens, usage.outputTokens], [undefined, undefined])
    },
  },
  {
    name: 'unknown keys in a response are ignored',
    async run({ create, assert, mock }) {
      await mock.inject('unknown-keys', { times: 2 })
      const provider = create()
      const request = { model: MODEL, prompt: 'echo: still here' }
      assert.equal((await provider.complete(request)).text, 'still here')
      assert.equal((await provider.stream(request).response).text, 'still here')
    },
  },
  {
    name: 'the function `apiToken` is called for each request',
    async run({ create, assert, mock }) {
      await mock.configure({ auth: 'sk-lm-contract-token' })
      let calls = 0
      const provider = create({
        apiToken: async () => {
          calls++
          return 'sk-lm-contract-token'
        },
      })
      await provider.listModels()
      await provider.complete({ model: MODEL, prompt: 'Hello.' })
      assert.equal(calls, 2)
    },
  },
]

const REASONS = { options: ['off', 'on'], default: 'on' } as const
