import { expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp, startMock } from './support/provider.js'

const ASK = { model: 'acme/heron-base', prompt: 'The gull cried' } as const

test('errors are those of every generation', async () => {
  const { lmstudio, mock } = await setUp()
  mock.inject('context-overflow', { times: 2 })
  expect(await caught(lmstudio.completeText(ASK))).toMatchObject({ name: 'ContextLengthError' })
  expect(await caught(lmstudio.streamCompleteText(ASK).response)).toMatchObject({ name: 'ContextLengthError' })
  expect(await caught(lmstudio.completeText({ ...ASK, promt: 'x' } as never))).toMatchObject({
    name: 'InvalidRequestError',
    message: expect.stringContaining('did you mean `prompt`?'),
  })
})

test('a missing model is answered with those that are there', async () => {
  const { lmstudio } = await setUp({ models: [{ id: 'acme/other-1b' }], jit: false })
  for (const asked of [lmstudio.completeText(ASK), lmstudio.streamCompleteText(ASK).response])
    expect(await caught(asked)).toMatchObject({ name: 'ModelNotFoundError', availableModels: expect.any(Array) })
})

test('a text is gone on with, whole and streamed', async () => {
  const { lmstudio } = await setUp()
  const answer = await lmstudio.completeText({ ...ASK, maxTokens: 3 })
  expect(answer).toMatchObject({ text: ' and the tide', finishReason: 'length', model: ASK.model })
  expect(answer.usage.outputTokens).toBe(3)
  let text = ''
  const stream = lmstudio.streamCompleteText(ASK)
  for await (const piece of stream.textStream) text += piece
  expect(text).toBe(' and the tide turned')
  expect(await stream.response).toMatchObject({
    text,
    finishReason: 'stop',
    usage: { outputTokens: expect.any(Number) },
  })
})

test('a stream that is cut hands over what came before', async () => {
  const { lmstudio } = await setUp({ faults: [{ name: 'cut', afterEvents: 2 }] })
  const error = await caught(lmstudio.streamCompleteText(ASK).response)
  expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: ' and the' } })
})

test('a model that answers instead is logged', async () => {
  const logged: string[] = []
  const lmstudio = connect(await startMock(), { logger: ({ type }) => void logged.push(type) })
  await lmstudio.completeText({ ...ASK, model: 'nobody/knows-it' })
  await lmstudio.streamCompleteText({ ...ASK, model: 'nobody/knows-it' }).response
  expect(logged.filter((type) => type === 'model-substituted')).toHaveLength(2)
})
