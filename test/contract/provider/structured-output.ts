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
const ask = { model: MODEL, prompt: 'Name a bird.', reasoningEffort: 'none', maxTokens: 500, schema } as const

export const objectCases: readonly Case[] = [
  {
    name: 'generateObject gives what fits the schema',
    async run({ create, assert, mock, library }) {
      const { object, response } = await library.generateObject<Bird>(create(), ask)
      assert.equal([typeof object.name, Number.isInteger(object.legs)], ['string', true])
      assert.equal(JSON.parse(response.text), object)
      const [call] = await mock.calls()
      const { response_format: format } = call?.body as { response_format: { json_schema: { schema: unknown } } }
      assert.equal(format.json_schema.schema, schema)
    },
  },
  {
    name: 'generateObject tells an answer that was cut from one that is wrong',
    async run({ create, assert, mock, library }) {
      const failing = () => assert.fails(() => library.generateObject(create(), ask), library.OutputValidationError)
      await mock.answerWith({ deltas: ['{"name":"gu'], reasoning: '', finishReason: 'length' })
      assert.equal((await failing()).code, 'output-truncated')
      await mock.answerWith({ text: 'Gulls.', reasoning: '' })
      assert.equal((await failing()).code, 'output-not-json')
      await mock.answerWith({ text: '{"name":"gull"}', reasoning: '' })
      const { code, issues, text } = await failing()
      assert.equal([code, issues.length, text], ['output-mismatch', 1, '{"name":"gull"}'])
    },
  },
  {
    name: 'streamObject shows the object as it grows, and gives it checked in the end',
    async run({ create, assert, mock, library }) {
      await mock.answerWith({ deltas: ['{"name":"gu', 'll","le', 'gs":2}'], reasoning: '' })
      const stream = library.streamObject<Bird>(create(), ask)
      const seen: string[] = []
      for await (const bird of stream) seen.push(JSON.stringify(bird))
      assert.equal(seen, ['{"name":"gu"}', '{"name":"gull"}', '{"name":"gull","legs":2}'])
      assert.equal(await stream.object, { name: 'gull', legs: 2 })
    },
  },
  {
    name: 'leaving the loop over a growing object ends the request',
    async run({ create, assert, mock, library }) {
      await mock.answerWith({ deltas: ['{"name":"gu', 'll","legs":2}'], reasoning: '' })
      await mock.inject({ name: 'stall', afterEvents: 3 })
      for await (const bird of library.streamObject<Bird>(create(), ask)) if (bird.name !== undefined) break
      assert.equal(await mock.ending(), 'aborted')
    },
  },
]
