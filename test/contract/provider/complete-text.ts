import type { Case } from '../contract.js'

const request = { model: 'acme/heron-base', prompt: 'The gull cried' } as const

export const completeTextCases: readonly Case[] = [
  {
    name: 'a text that does not fit is an overflow',
    async run({ library, create, assert, mock }) {
      await mock.inject('context-overflow')
      await assert.fails(() => create().completeText(request), library.ContextLengthError)
    },
  },
  {
    name: 'a text that breaks off is an interrupted stream with what had come',
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
    name: 'a text is gone on with, streamed or not, however it is cut',
    async run({ create, assert, mock }) {
      await mock.configure({ framing: { chunkBytes: 7 } })
      const provider = create()
      let text = ''
      for await (const piece of provider.streamCompleteText(request).textStream) text += piece
      assert.equal(text, ' and the tide turned')
      const answer = await provider.completeText({ ...request, maxTokens: 3 })
      assert.equal([answer.text, answer.finishReason], [' and the tide', 'length'])
    },
  },
]
