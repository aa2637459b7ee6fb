import { MODEL, type Case } from '../contract.js'

const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'inline'] as const

export const completionCases: readonly Case[] = [
  {
    name: 'complete gives the whole answer with its figures',
    async run({ create, assert, mock }) {
      await mock.answerWith({ reasoning: '', text: 'Good evening.', usage: { promptTokens: 7, completionTokens: 3 } })
      const answer = await create().complete({ model: MODEL, messages: [{ role: 'user', content: 'Hello.' }] })
      assert.equal(answer.text, 'Good evening.')
      assert.equal(answer.model, MODEL)
      assert.equal(answer.finishReason, 'stop')
      assert.equal(answer.toolCalls, [])
      assert.equal(answer.usage.inputTokens, 7)
      assert.equal(answer.usage.outputTokens, 3)
      assert.ok(answer.id !== '', 'an id')
      assert.ok((answer.stats.durationMs ?? -1) >= 0, 'a duration')
    },
  },
  {
    name: 'a prompt and a system text go as messages',
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
      name: `reasoning in ${reasoningField} is kept apart from the text of a whole answer`,
      async run({ create, assert, mock }) {
        await mock.configure({ models: [{ id: MODEL, loaded: true, reasoning: THINKS, reasoningField }] })
        await mock.answerWith({ reasoning: 'Let me see.', text: 'Seen.' })
        const answer = await create().complete({ model: MODEL, prompt: 'Look.' })
        assert.equal([answer.reasoning?.trim(), answer.text.trim()], ['Let me see.', 'Seen.'])
      },
    },
    {
      name: `reasoning in ${reasoningField} is kept apart from the text of a stream, however it is cut`,
      async run({ create, assert, mock }) {
        await mock.configure({
          models: [{ id: MODEL, loaded: true, reasoning: THINKS, reasoningField }],
          framing: { chunkBytes: 7 },
        })
        await mock.answerWith({ reasoning: 'Let me see.', text: 'Seen.' })
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
    name: 'a schema holds the answer to it',
    async run({ create, assert, mock }) {
      const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
      const answer = await create().complete({ model: MODEL, prompt: 'Where?', responseFormat: { schema } })
      assert.equal(typeof (JSON.parse(answer.text) as { city: unknown }).city, 'string')
      const body = (await mock.calls())[0]?.body as { response_format: { type: string } }
      assert.equal(body.response_format.type, 'json_schema')
    },
  },
  {
    name: 'an answer that ran into its limit says so',
    async run({ create, assert }) {
      const answer = await create().complete({ model: MODEL, prompt: 'lorem 100', maxTokens: 5 })
      assert.equal(answer.finishReason, 'length')
    },
  },
  {
    name: 'counts the server does not give are undefined',
    async run({ create, assert, mock }) {
      await mock.inject('usage-missing')
      const { usage } = await create().complete({ model: MODEL, prompt: 'Hello.' })
      assert.equal([usage.inputTokens, usage.outputTokens], [undefined, undefined])
    },
  },
  {
    name: 'keys nobody has heard of change nothing',
    async run({ create, assert, mock }) {
      await mock.inject('unknown-keys', { times: 2 })
      const provider = create()
      const request = { model: MODEL, prompt: 'echo: still here' }
      assert.equal((await provider.complete(request)).text, 'still here')
      assert.equal((await provider.stream(request).response).text, 'still here')
    },
  },
  {
    name: 'a token goes with every request, and is asked for anew each time',
    async run({ create, assert, mock }) {
      await mock.configure({ auth: 'sk-lm-contract-token' })
      let asked = 0
      const provider = create({
        apiToken: async () => {
          asked++
          return 'sk-lm-contract-token'
        },
      })
      await provider.listModels()
      await provider.complete({ model: MODEL, prompt: 'Hello.' })
      assert.equal(asked, 2)
    },
  },
]

const THINKS = { options: ['off', 'on'], default: 'on' } as const
