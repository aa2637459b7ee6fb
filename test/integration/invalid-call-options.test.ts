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
import { expect, test } from 'vitest'
import { fakeProvider } from '../tools/fake-provider.js'
import { caught } from './support/caught.js'

const request = { model: 'm', prompt: 'x' } as const
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
const otherProvider = fakeProvider({ text: '{}' })

const calls: readonly (readonly [string, (options: CallOptions) => unknown])[] = [
  ['listModels', (options) => lmstudio.listModels(options)],
  ['supportsModel', (options) => lmstudio.supportsModel('m', options)],
  ['modelCapabilities', (options) => lmstudio.modelCapabilities('m', options)],
  ['healthCheck', (options) => lmstudio.healthCheck(options)],
  ['complete', (options) => lmstudio.complete(request, options)],
  ['stream', (options) => lmstudio.stream(request, options).response],
  ['respond', (options) => lmstudio.respond(input, options)],
  ['streamRespond', (options) => lmstudio.streamRespond(input, options).response],
  ['completeText', (options) => lmstudio.completeText(request, options)],
  ['streamCompleteText', (options) => lmstudio.streamCompleteText(request, options).response],
  ['chat', (options) => lmstudio.chat(input, options)],
  ['streamChat', (options) => lmstudio.streamChat(input, options).response],
  ['embed', (options) => lmstudio.embed(input, options)],
  ['loadModel', (options) => lmstudio.loadModel('m', {}, options)],
  ['unloadModel', (options) => lmstudio.unloadModel('m', options)],
  ['downloadModel', (options) => lmstudio.downloadModel('m', {}, options)],
  ['generateObject', (options) => generateObject(lmstudio, { ...request, schema }, options)],
  ['generateObject with another provider', (options) => generateObject(otherProvider, { ...request, schema }, options)],
  ['streamObject', (options) => streamObject(lmstudio, { ...request, schema }, options).object],
  [
    'streamObject with another provider',
    (options) => streamObject(otherProvider, { ...request, schema }, options).object,
  ],
  ['runTools', (options) => runTools(lmstudio, { ...request, tools }, options)],
  ['streamTools', (options) => streamTools(lmstudio, { ...request, tools }, options).response],
  ['diagnose', (options) => diagnose(options)],
  ['discover', (options) => discover(options)],
]

const INVALID: readonly unknown[] = [
  null,
  'fast',
  5,
  [],
  () => 5,
  { signal: 'stop' },
  { signal: null },
  { signal: new AbortController() },
  { signal: 5 },
  { timeout: 'soon' },
  { timeout: Number.NaN },
  { tiemout: 5 },
]

test.each(calls)('%s rejects invalid call options and sends nothing', async (_, call) => {
  sent.length = 0
  for (const options of INVALID) {
    const error = await caught((async () => call(options as CallOptions))())
    expect(error, String(options)).toMatchObject({ name: 'ConfigurationError', code: 'invalid-option' })
    expect(error.message).not.toMatch(/undefined|\[object|stop|fast|soon/)
  }
  expect(sent).toEqual([])
})
