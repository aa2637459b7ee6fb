import { MODEL, type Case } from '../contract.js'

interface Bird {
  readonly name: string
  readonly legs: number
}

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, legs: { type: 'integer' } },
  required: ['name', 'legs'],
}
const request = { model: MODEL, prompt: 'Name a bird.', reasoningEffort: 'none', maxTokens: 500, schema } as const

export const objectCases: readonly Case[] = [
  {
    name: 'generateObject returns an object that matches the schema',
    async run({ create, assert, mock, library }) {
      const { object, response } = await library.generateObject<Bird>(create(), request)
      assert.equal([typeof object.name, Number.isInteger(object.legs)], ['string', true])
      assert.equal(JSON.parse(response.text), object)
      const [call] = await mock.calls()
      const { response_format: format } = call?.body as { response_format: { json_schema: { schema: unknown } } }
      assert.equal(format.json_schema.schema, schema)
    },
  },
  {
    name: 'generateObject distinguishes a truncated response from a wrong one',
    async run({ create, assert, mock, library }) {
      const failing = () => assert.fails(() => library.generateObject(create(), request), library.OutputValidationError)
      await mock.setReply({ deltas: ['{"name":"gu'], reasoning: '', finishReason: 'length' })
      assert.equal((await failing()).code, 'output-truncated')
      await mock.setReply({ text: 'Gulls.', reasoning: '' })
      assert.equal((await failing()).code, 'output-not-json')
      await mock.setReply({ text: '{"name":"gull"}', reasoning: '' })
      const { code, issues, text } = await failing()
      assert.equal([code, issues.length, text], ['output-mismatch', 1, '{"name":"gull"}'])
    },
  },
  {
    name: 'streamObject yields the object as it grows and returns it validated',
    async run({ create, assert, mock, library }) {
      await mock.setReply({ deltas: ['{"name":"gu', 'll","le', 'gs":2}'], reasoning: '' })
      const stream = library.streamObject<Bird>(create(), request)
      const seen: string[] = []
      for await (const bird of stream) seen.push(JSON.stringify(bird))
      assert.equal(seen, ['{"name":"gu"}', '{"name":"gull"}', '{"name":"gull","legs":2}'])
      assert.equal(await stream.object, { name: 'gull', legs: 2 })
    },
  },
  {
    name: 'leaving the loop of streamObject closes the connection',
    async run({ create, assert, mock, library }) {
      await mock.setReply({ deltas: ['{"name":"gu', 'll","legs":2}'], reasoning: '' })
      await mock.inject({ name: 'stall', afterEvents: 3 })
      for await (const bird of library.streamObject<Bird>(create(), request)) if (bird.name !== undefined) break
      assert.equal(await mock.ending(), 'aborted')
    },
  },
]
