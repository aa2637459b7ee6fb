import { generateObject, runTools, streamObject, streamTools, type ModelProvider } from 'lmstudio-provider'
import { describe, expect, it } from 'vitest'
import { rejectionOf } from '../helpers/provider-errors.js'
import { request } from './weather.js'

const prompt = { model: 'fake', prompt: 'A bird?' }
const schema = { type: 'object' } as const
const NOT_A_RESPONSE = {
  code: 'not-a-response',
  message: 'The provider did not return a completion response.',
}

describe('a provider of the application', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['an empty object', {}],
    ['text alone', { text: 'Yes.' }],
    ['no usage', { text: 'Yes.', toolCalls: [] }],
  ])('whose complete resolves to %s causes an error in runTools', async (_, response) => {
    const provider = { complete: async () => response } as unknown as ModelProvider
    expect(await rejectionOf(runTools(provider, request))).toMatchObject(NOT_A_RESPONSE)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['an empty object', {}],
    ['a text alone', '{}'],
  ])('whose complete resolves to %s causes an error in generateObject', async (_, response) => {
    const provider = { complete: async () => response } as unknown as ModelProvider
    expect(await rejectionOf(generateObject(provider, { ...prompt, schema }))).toMatchObject(NOT_A_RESPONSE)
  })

  it('whose stream is a generator without a response causes an error that names it', async () => {
    const provider = {
      async *stream() {
        yield { type: 'text-delta', text: '{}' }
      },
    } as unknown as ModelProvider
    expect(await rejectionOf(streamObject(provider, { ...prompt, schema }).response)).toMatchObject({
      code: 'not-a-response',
    })
    expect(await rejectionOf(streamTools(provider, request).response)).toMatchObject({
      message: "The provider's stream ended without a response.",
    })
  })

  it('whose stream is a generator can be aborted', async () => {
    const reason = new Error('left')
    const provider = {
      // eslint-disable-next-line require-yield -- the generator waits for ever
      async *stream() {
        await new Promise(() => {})
      },
    } as unknown as ModelProvider
    const stream = streamObject(provider, { ...prompt, schema })
    const { response } = stream
    queueMicrotask(() => stream.abort(reason))
    expect(await rejectionOf(response)).toBe(reason)
  })

  it('without the method that is needed causes an error that names the method', async () => {
    expect(await rejectionOf(generateObject({} as never, { ...prompt, schema }))).toMatchObject({
      message: 'The first argument must be a provider with the method `complete`.',
    })
  })
})
