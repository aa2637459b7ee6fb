import {
  ApiError,
  AuthenticationError,
  BrowserAccessError,
  ConfigurationError,
  createLMStudio,
  diagnose,
  discover,
  generateObject,
  InvalidRequestError,
  InvalidResponseError,
  ModelLoadError,
  ModelNotFoundError,
  NetworkError,
  runTools,
  ServiceNotFoundError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedEndpointError,
  type CallOptions,
  type LMStudioOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { HELLO, MODEL } from './support/provider.js'

const ENDPOINT = 'http://127.0.0.1:4321'
const facts = { endpoint: ENDPOINT }

/** Errors that the library handles in some way when they come from a request. */
const REASONS: readonly (() => Error)[] = [
  () => new NetworkError('x', facts),
  () => new NetworkError('x', { ...facts, code: 'server-error' }),
  () => new TimeoutError('x', { ...facts, limit: 'timeout', timeoutMs: 5 }),
  () => new TimeoutError('x', { ...facts, limit: 'platform', timeoutMs: 5, code: 'platform' }),
  () => new ServiceNotFoundError('x', facts),
  () => new UnsupportedEndpointError('x', facts),
  () => new StreamInterruptedError('x', facts),
  () => new BrowserAccessError('x', { ...facts, reason: 'cors-disabled' }),
  () => new ApiError('x', { ...facts, status: 500 }),
  () => new AuthenticationError('x', facts),
  () => new ModelNotFoundError('x', { ...facts, model: MODEL }),
  () => new ModelLoadError('x', facts),
  () => new InvalidResponseError('x', facts),
  () => new InvalidRequestError('x'),
  () => new ConfigurationError('x', { source: 'x' }),
]

type Call = (options: LMStudioOptions, call: CallOptions) => Promise<unknown>
const method =
  (run: (lmstudio: LMStudioProvider, options: CallOptions) => Promise<unknown>): Call =>
  (options, call) =>
    run(createLMStudio({ ...options, cache: false }), call)

const CALLS: Readonly<Record<string, Call>> = {
  diagnose: (options, { signal }) => diagnose({ ...options, signal }),
  discover: ({ endpoint, fetch }, { signal }) => discover({ endpoint, fetch, signal }),
  healthCheck: method((lmstudio, call) => lmstudio.healthCheck(call)),
  listModels: method((lmstudio, call) => lmstudio.listModels(call)),
  supportsModel: method((lmstudio, call) => lmstudio.supportsModel(MODEL, call)),
  modelCapabilities: method((lmstudio, call) => lmstudio.modelCapabilities(MODEL, call)),
  complete: method((lmstudio, call) => lmstudio.complete(HELLO, call)),
  stream: method((lmstudio, call) => lmstudio.stream(HELLO, call).response),
  completeText: method((lmstudio, call) => lmstudio.completeText({ model: MODEL, prompt: 'Hello.' }, call)),
  streamCompleteText: method(
    (lmstudio, call) => lmstudio.streamCompleteText({ model: MODEL, prompt: 'Hello.' }, call).response,
  ),
  respond: method((lmstudio, call) => lmstudio.respond({ model: MODEL, input: 'Hello.' }, call)),
  streamRespond: method((lmstudio, call) => lmstudio.streamRespond({ model: MODEL, input: 'Hello.' }, call).response),
  chat: method((lmstudio, call) => lmstudio.chat({ model: MODEL, input: 'Hello.' }, call)),
  streamChat: method((lmstudio, call) => lmstudio.streamChat({ model: MODEL, input: 'Hello.' }, call).response),
  embed: method((lmstudio, call) => lmstudio.embed({ model: 'text-embedding-plover-v2', input: ['a', 'b'] }, call)),
  loadModel: method((lmstudio, call) => lmstudio.loadModel('acme/plover-vl', {}, call)),
  unloadModel: method((lmstudio, call) => lmstudio.unloadModel(MODEL, call)),
  downloadModel: method((lmstudio, call) => lmstudio.downloadModel('acme/curlew-7b', {}, call)),
  runTools: method((lmstudio, { signal }) => runTools(lmstudio, { ...HELLO, tools: [], maxRounds: 2 }, { signal })),
  generateObject: method((lmstudio, { signal }) =>
    generateObject(lmstudio, { ...HELLO, schema: { type: 'object' } }, { signal }),
  ),
}

/** Makes a call that is aborted during its nth request, whose fetch ignores the signal; resolves to what it rejects with. */
async function abortAt(call: Call, nth: number, reason: Error): Promise<unknown> {
  const mock = createMockLMStudio()
  const controller = new AbortController()
  let count = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (++count < nth) return mock.fetch(input, init)
    controller.abort(reason)
    return new Promise<Response>(() => {})
  }
  return caught(call({ endpoint: ENDPOINT, fetch }, { signal: controller.signal }))
}

describe.each(Object.entries(CALLS))('%s', (_name, call) => {
  test.each(REASONS.map((create) => [create().name, create] as const))(
    'rejects with an abort reason that is a %s of this package',
    async (_, create) => {
      const reason = create()
      expect(await abortAt(call, 1, reason)).toBe(reason)
    },
  )
})

describe('during the second request', () => {
  test.each(['diagnose', 'discover', 'healthCheck', 'loadModel', 'unloadModel', 'downloadModel'])(
    '%s rejects with every abort reason that is an error of this package',
    async (name) => {
      for (const create of REASONS) {
        const reason = create()
        expect(await abortAt(CALLS[name]!, 2, reason)).toBe(reason)
      }
    },
  )
})
