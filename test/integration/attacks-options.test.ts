import {
  createLMStudio,
  diagnose,
  discover,
  generateObject,
  runTools,
  streamObject,
  streamTools,
  tool,
  type CallOptions,
} from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { fakeProvider } from '../tools/fake-provider.js'
import { caught } from './support/caught.js'

const ask = { model: 'm', prompt: 'x' } as const
const schema = { type: 'object' }
const tools = [tool({ name: 'look' })]
const input = { model: 'm', input: 'x' } as const

const sent: string[] = []
const lmstudio = createLMStudio({
  cache: false,
  fetch: (url) => {
    sent.push(String(url))
    return Promise.reject(new TypeError('fetch failed'))
  },
})
const stranger = fakeProvider({ text: '{}' })

const calls: readonly (readonly [string, (options: CallOptions) => unknown])[] = [
  ['listModels', (options) => lmstudio.listModels(options)],
  ['supportsModel', (options) => lmstudio.supportsModel('m', options)],
  ['modelCapabilities', (options) => lmstudio.modelCapabilities('m', options)],
  ['healthCheck', (options) => lmstudio.healthCheck(options)],
  ['complete', (options) => lmstudio.complete(ask, options)],
  ['stream', (options) => lmstudio.stream(ask, options).response],
  ['respond', (options) => lmstudio.respond(input, options)],
  ['streamRespond', (options) => lmstudio.streamRespond(input, options).response],
  ['completeText', (options) => lmstudio.completeText(ask, options)],
  ['streamCompleteText', (options) => lmstudio.streamCompleteText(ask, options).response],
  ['chat', (options) => lmstudio.chat(input, options)],
  ['streamChat', (options) => lmstudio.streamChat(input, options).response],
  ['embed', (options) => lmstudio.embed(input, options)],
  ['loadModel', (options) => lmstudio.loadModel('m', {}, options)],
  ['unloadModel', (options) => lmstudio.unloadModel('m', options)],
  ['downloadModel', (options) => lmstudio.downloadModel('m', {}, options)],
  ['generateObject', (options) => generateObject(lmstudio, { ...ask, schema }, options)],
  ['generateObject with any provider', (options) => generateObject(stranger, { ...ask, schema }, options)],
  ['streamObject', (options) => streamObject(lmstudio, { ...ask, schema }, options).object],
  ['streamObject with any provider', (options) => streamObject(stranger, { ...ask, schema }, options).object],
  ['runTools', (options) => runTools(lmstudio, { ...ask, tools }, options)],
  ['streamTools', (options) => streamTools(lmstudio, { ...ask, tools }, options).response],
  ['diagnose', (options) => diagnose(options)],
  ['discover', (options) => discover(options)],
]

const bad: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a text', 'fast'],
  ['a number', 5],
  ['a list', []],
  ['a function', () => 5],
  ['a signal that is a text', { signal: 'stop' }],
  ['a signal that is null', { signal: null }],
  ['a signal that is a controller', { signal: new AbortController() }],
  ['a signal that is a number', { signal: 5 }],
  ['a timeout that is no number', { timeout: 'soon' }],
  ['a timeout of nothing', { timeout: Number.NaN }],
  ['an unknown key', { tiemout: 5 }],
]

describe.each(calls)('%s', (_, call) => {
  test.each(bad)('refuses %s as its call options, and sends nothing', async (_what, options) => {
    sent.length = 0
    const error = await caught((async () => call(options as CallOptions))())
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid-option' })
    expect(error.message).not.toMatch(/undefined|\[object|stop|fast|soon/)
    expect(sent).toEqual([])
  })
})
