import {
  complete,
  completeText,
  createClient,
  createConversation,
  downloadModel,
  embed,
  listModels,
  loadModel,
  modelCapabilities,
  respond,
  stream,
  streamChat,
  streamCompleteText,
  streamRespond,
  supportsModel,
  unloadModel,
  chat,
} from 'lmstudio-provider/core'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { setUp } from './support/provider.js'

type Any = never

/** A copy in which reading one member throws. */
const withGetter = (object: object, key: string): Any =>
  Object.defineProperty({ ...object }, key, {
    enumerable: true,
    get() {
      throw new TypeError('The getter threw.')
    },
  }) as Any

const revoked = (): Any => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy as Any
}

async function setUpClient() {
  const { mock } = await setUp()
  return { mock, client: createClient({ endpoint: mock.url, cache: false }) }
}
type Client = ReturnType<typeof createClient>

const MODEL = 'acme/tern-4b'
const USER = { role: 'user', content: 'Hi' }

/** Every call with a request: how it is made, a valid request, and what the fields of its content are. */
const CALLS: readonly [string, (client: Client, request: Any, options?: Any) => Promise<unknown>, object, string][] = [
  [
    'complete',
    (client, request, options) => complete(client, request, options),
    { model: MODEL, prompt: 'Hi' },
    'prompt',
  ],
  [
    'stream',
    (client, request, options) => stream(client, request, options).response,
    { model: MODEL, messages: [USER] },
    'messages',
  ],
  [
    'completeText',
    (client, request, options) => completeText(client, request, options),
    { model: MODEL, prompt: 'Hi' },
    'prompt',
  ],
  [
    'streamCompleteText',
    (client, request, options) => streamCompleteText(client, request, options).response,
    { model: MODEL, prompt: 'Hi' },
    'prompt',
  ],
  [
    'respond',
    (client, request, options) => respond(client, request, options),
    { model: MODEL, input: [USER] },
    'input',
  ],
  [
    'streamRespond',
    (client, request, options) => streamRespond(client, request, options).response,
    { model: MODEL, input: 'Hi' },
    'input',
  ],
  ['chat', (client, request, options) => chat(client, request, options), { model: MODEL, input: 'Hi' }, 'input'],
  [
    'streamChat',
    (client, request, options) => streamChat(client, request, options).response,
    { model: MODEL, input: 'Hi' },
    'input',
  ],
  [
    'embed',
    (client, request, options) => embed(client, request, options),
    { model: 'text-embedding-plover-v2', input: ['Hi'] },
    'input',
  ],
  ['loadModel', (client, request, options) => loadModel(client, MODEL, request, options), {}, 'contextLength'],
  [
    'downloadModel',
    (client, request, options) => downloadModel(client, 'acme/puffin-7b', request, options),
    {},
    'jobId',
  ],
]

describe('a request that cannot be read', () => {
  test.each(CALLS)('%s names the getter that throws, and sends nothing', async (_name, call, request, field) => {
    const { mock, client } = await setUpClient()
    expect(await caught(call(client, withGetter(request, field)))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: [field] }],
    })
    expect(mock.calls).toEqual([])
  })

  test.each(CALLS)('%s refuses a revoked proxy as the request', async (_name, call) => {
    const { mock, client } = await setUpClient()
    expect(await caught(call(client, revoked()))).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: [] }] })
    expect(mock.calls).toEqual([])
  })

  test.each(CALLS)('%s refuses an instance of a class whose getter throws', async (_name, call, request, field) => {
    const { mock, client } = await setUpClient()
    // Neither a plain object nor a list, so it is not copied.
    const instance = Object.assign(Object.create({ isRequest: true }) as object, request)
    Object.defineProperty(instance, field, Object.getOwnPropertyDescriptor(withGetter({}, field), field) ?? {})
    expect(await caught(call(client, instance as Any))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: [field] }],
    })
    expect(mock.calls).toEqual([])
  })

  test.each(CALLS)('%s names the option of the call that cannot be read', async (_name, call, request) => {
    const { mock, client } = await setUpClient()
    for (const option of ['signal', 'timeout', 'headers']) {
      expect(await caught(call(client, request as Any, withGetter({}, option)))).toMatchObject({
        name: 'ConfigurationError',
        issues: [{ path: [option] }],
      })
    }
    expect(await caught(call(client, request as Any, revoked()))).toMatchObject({ name: 'ConfigurationError' })
    expect(mock.calls).toEqual([])
  })

  test.each(CALLS.slice(0, 6))('%s names what is not JSON in `extraBody`', async (_name, call, request) => {
    const { mock, client } = await setUpClient()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const values = [1n, Symbol('s'), () => {}, new Date(), new Map(), NaN, circular, withGetter({}, 'a')]
    for (const value of values) {
      const error = await caught(call(client, { ...request, extraBody: { deep: [value] } } as Any))
      expect(error).toMatchObject({ name: 'InvalidRequestError' })
      expect(error.issues![0]!.path.slice(0, 3)).toEqual(['extraBody', 'deep', 0])
    }
    expect(mock.calls).toEqual([])
  })

  test('listModels, supportsModel, modelCapabilities and unloadModel name the option that cannot be read', async () => {
    const { mock, client } = await setUpClient()
    const options = withGetter({}, 'timeout')
    for (const call of [
      listModels(client, options),
      supportsModel(client, MODEL, options),
      modelCapabilities(client, MODEL, options),
      unloadModel(client, MODEL, options),
    ])
      expect(await caught(call)).toMatchObject({ name: 'ConfigurationError', issues: [{ path: ['timeout'] }] })
    expect(mock.calls).toEqual([])
  })

  test('createConversation and its turns name the getter that throws', async () => {
    const { mock, lmstudio } = await setUp()
    expect(() => createConversation(lmstudio, withGetter({ model: MODEL }, 'system'))).toThrow(
      /`system` cannot be read/,
    )
    const conversation = createConversation(lmstudio, { model: MODEL })
    const input = [withGetter({ type: 'text' }, 'text')]
    const expected = { name: 'InvalidRequestError', issues: [{ path: ['input', 0, 'text'] }] }
    expect(await caught(conversation.send(input))).toMatchObject(expected)
    expect(await caught(conversation.stream(input).response)).toMatchObject(expected)
    expect(mock.calls).toEqual([])
  })
})
