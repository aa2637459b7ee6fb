import type { Case } from '../contract.js'

const request = { model: 'acme/heron-base', prompt: 'The gull cried' } as const

export const completeTextCases: readonly Case[] = [
  {
    name: 'completeText rejects with ContextLengthError when the prompt does not fit',
    async run({ library, create, assert, mock }) {
      await mock.inject('context-overflow')
      await assert.fails(() => create().completeText(request), library.ContextLengthError)
    },
  },
  {
    name: 'streamCompleteText rejects with StreamInterruptedError and the partial text when the stream is cut',
    async run({ library, create, assert, mock }) {
      await mock.inject({ name: 'cut', afterEvents: 2 })
      const error = await assert.fails(
        () => create().streamCompleteText(request).response,
        library.StreamInterruptedError,
      )
      assert.equal(error.partial?.text, ' and the')
    },
  },
  {
    name: 'completeText and streamCompleteText continue a text, however the bytes are cut',
    async run({ create, assert, mock }) {
      await mock.configure({ framing: { chunkBytes: 7 } })
      const provider = create()
      let text = ''
      for await (const delta of provider.streamCompleteText(request).textStream) text += delta
      assert.equal(text, ' and the tide turned')
      const response = await provider.completeText({ ...request, maxTokens: 3 })
      assert.equal([response.text, response.finishReason], [' and the tide', 'length'])
    },
  },
]
