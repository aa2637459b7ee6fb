import { expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp, startMock } from './support/provider.js'

const REQUEST = { model: 'acme/heron-base', prompt: 'The gull cried' } as const

test('rejects with the same errors as other generations', async () => {
  const { lmstudio, mock } = await setUp()
  mock.inject('context-overflow', { times: 2 })
  expect(await caught(lmstudio.completeText(REQUEST))).toMatchObject({ name: 'ContextLengthError' })
  expect(await caught(lmstudio.streamCompleteText(REQUEST).response)).toMatchObject({ name: 'ContextLengthError' })
  expect(await caught(lmstudio.completeText({ ...REQUEST, promt: 'x' } as never))).toMatchObject({
    name: 'InvalidRequestError',
    message: expect.stringContaining('did you mean `prompt`?'),
  })
})

test('lists the available models when the model is missing', async () => {
  const { lmstudio } = await setUp({ models: [{ id: 'acme/other-1b' }], jit: false })
  for (const call of [lmstudio.completeText(REQUEST), lmstudio.streamCompleteText(REQUEST).response]) {
    expect(await caught(call)).toMatchObject({ name: 'ModelNotFoundError', availableModels: ['acme/other-1b'] })
  }
})

test('continues a text, in one response or streamed', async () => {
  const { lmstudio } = await setUp()
  const response = await lmstudio.completeText({ ...REQUEST, maxTokens: 3 })
  expect(response).toMatchObject({ text: ' and the tide', finishReason: 'length', model: REQUEST.model })
  expect(response.usage.outputTokens).toBe(3)
  let text = ''
  const stream = lmstudio.streamCompleteText(REQUEST)
  for await (const delta of stream.textStream) text += delta
  expect(text).toBe(' and the tide turned')
  expect(await stream.response).toMatchObject({
    text,
    finishReason: 'stop',
    usage: { outputTokens: expect.any(Number) },
  })
})

test('rejects with the partial response when the stream is cut', async () => {
  const { lmstudio } = await setUp({ faults: [{ name: 'cut', afterEvents: 2 }] })
  const error = await caught(lmstudio.streamCompleteText(REQUEST).response)
  expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: ' and the' } })
})

test('logs that another model responded', async () => {
  const logged: string[] = []
  const lmstudio = connect(await startMock(), { logger: ({ type }) => void logged.push(type) })
  await lmstudio.completeText({ ...REQUEST, model: 'nobody/knows-it' })
  await lmstudio.streamCompleteText({ ...REQUEST, model: 'nobody/knows-it' }).response
  expect(logged.filter((type) => type === 'model-substituted')).toHaveLength(2)
})
