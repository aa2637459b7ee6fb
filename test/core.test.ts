import { createLMStudio } from 'lmstudio-provider'
import * as core from 'lmstudio-provider/core'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, it } from 'vitest'
import { rejectionOf, thrownBy } from './helpers/provider-errors.js'

const request = { model: 'acme/tern-4b', prompt: 'Hi' }
const input = { model: 'acme/tern-4b', input: 'Hi' }

/** A call of each function that takes a client. */
const calls: Readonly<Record<string, (client: never) => Promise<unknown>>> = {
  listModels: (client) => core.listModels(client),
  supportsModel: (client) => core.supportsModel(client, 'm'),
  modelCapabilities: (client) => core.modelCapabilities(client, 'm'),
  complete: (client) => core.complete(client, request),
  stream: (client) => core.stream(client, request).response,
  completeText: (client) => core.completeText(client, request),
  streamCompleteText: (client) => core.streamCompleteText(client, request).response,
  respond: (client) => core.respond(client, input),
  streamRespond: (client) => core.streamRespond(client, input).response,
  chat: (client) => core.chat(client, input),
  streamChat: (client) => core.streamChat(client, input).response,
  embed: (client) => core.embed(client, input),
  loadModel: (client) => core.loadModel(client, 'm'),
  unloadModel: (client) => core.unloadModel(client, 'm'),
  downloadModel: (client) => core.downloadModel(client, 'm'),
  healthCheck: (client) => core.healthCheck(client),
}

describe('a function of the core', () => {
  it.each(Object.keys(calls))('%s requires a client as its first argument', async (name) => {
    for (const wrong of [undefined, request, createLMStudio()]) {
      expect(await rejectionOf(calls[name]!(wrong as never))).toMatchObject({
        name: 'InvalidRequestError',
        message: 'The first argument must be a client (see createClient).',
      })
    }
  })
})

describe('assemble', () => {
  const { fetch } = createMockLMStudio()
  const client = core.createClient({ fetch, cache: false })

  it('binds the functions it gets, and no others', async () => {
    const provider = core.assemble(client, { complete: core.complete, models: core.listModels })
    expect(Object.keys(provider).toSorted()).toEqual(['complete', 'endpoint', 'models', 'name'])
    expect(await provider.models()).not.toHaveLength(0)
    expect((await provider.complete(request)).text).not.toBe('')
  })

  it.each<[string, unknown, unknown, RegExp]>([
    ['no client', undefined, { complete: core.complete }, /first argument must be a client/],
    [
      'a provider instead of a client',
      createLMStudio(),
      { complete: core.complete },
      /first argument must be a client/,
    ],
    ['no functions', client, undefined, /must be an object of functions/],
    ['a function instead of an object of functions', client, core.complete, /must be an object of functions/],
    ['a name without a function', client, { complete: undefined }, /must be an object of functions/],
    ['a function that is called name', client, { name: core.complete }, /`name` and `endpoint` are taken/],
  ])('refuses %s', (_, first, verbs, message) => {
    expect(thrownBy(() => core.assemble(first as never, verbs as never))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringMatching(message) as string,
    })
  })
})
