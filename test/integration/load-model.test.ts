import type { CallOptions, DownloadOptions, LMStudioOptions, LoadConfig } from 'lmstudio-provider'
import type { MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'
import { turns, until, watchLog } from './support/watch.js'

const LOAD = '/api/v1/models/load'
const LIST = '/api/v1/models'
const HERON = 'acme/heron-base'

const loads = (mock: MockLMStudioServer): unknown[] =>
  mock.calls.filter(({ path }) => path === LOAD).map(({ body }) => body)
const ids = (mock: MockLMStudioServer): string[] => mock.loadedInstances.map(({ id }) => id)

describe('loadModel errors', () => {
  test.each<[string, unknown, unknown, string]>([
    ['undefined as the model', undefined, undefined, 'model'],
    ['a blank model', ' ', undefined, 'model'],
    ['an object as the model', { key: MODEL }, undefined, 'model'],
    ['a context length of 0', MODEL, { contextLength: 0 }, 'contextLength'],
    ['a string as the context length', MODEL, { contextLength: '8192' }, 'contextLength'],
    ['a fraction as the batch size', MODEL, { evalBatchSize: 0.5 }, 'evalBatchSize'],
    ['a string as a boolean', MODEL, { flashAttention: 'on' }, 'flashAttention'],
    ['0 experts', MODEL, { numExperts: 0 }, 'numExperts'],
    ['a number as a boolean', MODEL, { offloadKVCacheToGPU: 1 }, 'offloadKVCacheToGPU'],
    ['a string as forceNew', MODEL, { forceNew: 'yes' }, 'forceNew'],
    ['null as the config', MODEL, null, ''],
    ['a string as the config', MODEL, 'forceNew', ''],
  ])('rejects %s before it sends anything', async (_name, model, config, path) => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(model as string, config as LoadConfig))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: path === '' ? [] : [path] }] })
    expect(mock.calls).toEqual([])
  })

  test('suggests the right name for a misspelled setting', async () => {
    const { lmstudio } = await setUp()
    const config = { contextLenght: 2048 } as LoadConfig
    expect((await caught(lmstudio.loadModel(MODEL, config))).message).toContain('`contextLength`')
  })

  test('names the third argument for an option of the call', async () => {
    const { lmstudio } = await setUp()
    const { signal } = new AbortController()
    expect((await caught(lmstudio.loadModel(MODEL, { signal } as LoadConfig))).message).toContain('third argument')
    const download = lmstudio.downloadModel(MODEL, { signal } as DownloadOptions)
    expect((await caught(download)).message).toContain('third argument')
  })

  test('names streamChat for onProgress, which loadModel does not have', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(MODEL, { onProgress: () => {} } as LoadConfig))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['onProgress'] }] })
    expect(error.message).toContain('streamChat')
  })

  test('rejects an invalid call option before it sends anything', async () => {
    const { mock, lmstudio } = await setUp()
    const options = { timeout: 'long' } as never
    expect(await caught(lmstudio.loadModel(MODEL, {}, options))).toMatchObject({ name: 'ConfigurationError' })
    expect(mock.calls).toEqual([])
  })

  test('lists the available models for a model that does not exist', async () => {
    const { lmstudio } = await setUp()
    expect(await caught(lmstudio.loadModel('acme/none'))).toMatchObject({
      name: 'ModelNotFoundError',
      model: 'acme/none',
      availableModels: expect.arrayContaining([MODEL, HERON]) as string[],
    })
  })

  test('lists the available models if the server reports an unknown model as a failed load', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('load-failed', { path: LOAD, times: 2 })
    const error = await caught(lmstudio.loadModel('acme/none'))
    expect(error).toMatchObject({ name: 'ModelNotFoundError', availableModels: expect.any(Array) as string[] })
    expect(error.cause).toMatchObject({ name: 'ModelLoadError' })
    expect(await caught(lmstudio.loadModel(HERON))).toMatchObject({ name: 'ModelLoadError', code: 'model-load' })
  })

  test('does not retry a load that may have run, and loads again on the next call', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-500', { path: LOAD })
    expect(await caught(lmstudio.loadModel(HERON))).toMatchObject({ status: 500 })
    expect(loads(mock)).toHaveLength(1)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('rejects with the error of the server for a context length above the maximum', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(HERON, { contextLength: 9_999_999 }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['context_length'] }] })
  })

  test.each([
    ['a response without an instance', { type: 'llm', status: 'loaded' }],
    ['an array', []],
    ['a response with an empty instance', { instance_id: '', status: 'loaded' }],
    ['null', null],
    ['a text', 'x'],
  ])('rejects %s as an invalid response', async (_name, body) => {
    const server = await serve((request, response) =>
      sendJSON(response, request.url === LOAD ? body : { models: [{ key: 'a', type: 'llm', loaded_instances: [] }] }),
    )
    expect(await caught(connect(server).loadModel('a'))).toMatchObject({ name: 'InvalidResponseError' })
  })

  const loadNamed = async (name: string, body: object) => {
    const models = [
      { key: 'acme/a', type: 'llm', loaded_instances: [], variants: ['acme/a@q4_k_m'] },
      { key: 'acme/b', type: 'llm', loaded_instances: [] },
    ]
    const server = await serve((request, response) => sendJSON(response, request.url === LOAD ? body : { models }))
    return connect(server).loadModel(name)
  }

  test.each([
    { instance_id: 'zzz', model: 'zzz', status: 'loaded' },
    { instance_id: 'acme/b', status: 'loaded' },
    { instance_id: 'acme/b:2' },
    { instance_id: 'acme/b@q8_0', model: 'acme/b' },
  ])('rejects the load of another model: %j', async (body) => {
    const error = await caught(loadNamed('acme/a', body))
    expect(error).toMatchObject({ name: 'InvalidResponseError' })
    expect(error.message).toContain(body.instance_id)
  })

  test.each([
    ['acme/a', { instance_id: 'acme/a:2' }],
    ['acme/a', { instance_id: 'acme/a@q4_k_m', model: 'acme/a@q4_k_m' }],
    ['acme/a', { instance_id: 'my-own-name' }],
    ['acme/a', { instance_id: 'my-own-name', model: 'acme/a' }],
    ['acme/a@q4_k_m', { instance_id: 'acme/a', model: 'acme/a' }],
    ['acme/a@q4_k_m', { instance_id: 'acme/a@q4_k_m:2' }],
    ['unlisted', { instance_id: 'acme/unlisted' }],
  ])('accepts the load of %s as %j', async (name, body) => {
    expect(await loadNamed(name, body)).toMatchObject({ instanceId: body.instance_id })
  })

  test('rejects the load of another size of a model', async () => {
    const error = await caught(loadNamed('acme/c:7b', { instance_id: 'acme/c:14b', model: 'acme/c:14b' }))
    expect(error.message).toContain('acme/c:14b')
  })

  const loadWith = async (body: string) => {
    const list = '{"models":[{"key":"a","type":"llm","loaded_instances":[]}]}'
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(request.url === LOAD ? body : list)
    })
    return connect(server).loadModel('a')
  }

  test.each([
    ['a reason', { status: 'failed', instance_id: 'a', error_message: 'Out of memory.' }, 'Out of memory.'],
    ['a detail', { status: 'error', detail: 'Out of memory.' }, 'Out of memory.'],
    ['no reason', { status: 'failed', instance_id: 'a' }, undefined],
    ['a longer status', { status: 'LOAD_FAILED', instance_id: 'a', reason: 'Out of memory.' }, 'Out of memory.'],
    ['a model that is not loaded', { status: 'unloaded', instance_id: 'a', message: 'Evicted.' }, 'Evicted.'],
    ['the state of a list', { status: 'not-loaded', instance_id: 'a' }, undefined],
  ])('rejects a load with status 200 that failed, with %s', async (_name, body, serverMessage) => {
    const error = await caught(loadWith(JSON.stringify(body)))
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'model-load' })
    expect(error.serverMessage).toBe(serverMessage)
  })

  test.each([
    [{ detail: [{ loc: ['body'], msg: 'Busy.' }] }],
    [{ message: 'Busy.', code: 'busy' }],
    [{ success: false, instance_id: 'a', message: 'Busy.' }],
  ])('rejects a load with status 200 that reports a failure: %j', async (body) => {
    expect(await caught(loadWith(JSON.stringify(body)))).toMatchObject({
      name: 'ApiError',
      serverMessage: expect.stringContaining('Busy.') as string,
    })
  })

  test.each(['1e999', '-6', '"6"', '[]'])('loads a model although its load time is %s', async (time) => {
    const body = `{"instance_id":"a","status":"loaded","load_time_seconds":${time},
      "load_config":{"context_length":${time},"num_experts":1.5,"flash_attention":"yes"}}`
    const loaded = await loadWith(body)
    expect(loaded).toMatchObject({ instanceId: 'a', config: {}, raw: JSON.parse(body) as object })
    expect(loaded).not.toHaveProperty('loadTimeMs')
    expect(loaded.config).toEqual({})
  })

  test.each([
    ['half of a character', 'a\uDC00'],
    ['a control character', 'a\u0007'],
    ['1001 characters', 'a'.repeat(1001)],
  ])('rejects %s as the model before it sends anything', async (_name, model) => {
    const { mock, lmstudio } = await setUp()
    for (const call of [lmstudio.loadModel(model), lmstudio.unloadModel(model), lmstudio.downloadModel(model)]) {
      const error = await caught(call)
      expect(error).toMatchObject({
        name: 'InvalidRequestError',
        issues: [{ path: [expect.stringMatching(/^model/)] }],
      })
    }
    expect(mock.calls).toEqual([])
  })
})

describe('loadModel', () => {
  test('sends every setting and returns the settings that the server applied', async () => {
    const { mock, lmstudio } = await setUp({ loadDelayMs: 1 })
    const loaded = await lmstudio.loadModel(HERON, {
      contextLength: 2048,
      evalBatchSize: 256,
      flashAttention: false,
      numExperts: 4,
      offloadKVCacheToGPU: false,
    })
    expect(loads(mock)).toEqual([
      {
        model: HERON,
        context_length: 2048,
        eval_batch_size: 256,
        flash_attention: false,
        num_experts: 4,
        offload_kv_cache_to_gpu: false,
        echo_load_config: true,
      },
    ])
    expect(loaded).toMatchObject({
      instanceId: HERON,
      type: 'llm',
      wasLoaded: false,
      loadTimeMs: 1,
      config: {
        contextLength: 2048,
        evalBatchSize: 256,
        flashAttention: false,
        numExperts: 4,
        offloadKVCacheToGPU: false,
      },
      raw: { instance_id: HERON, status: 'loaded' },
    })
  })

  test('sends only the model if no setting is given', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.loadModel(HERON, { contextLength: undefined, forceNew: undefined })
    expect(loads(mock)).toEqual([{ model: HERON, echo_load_config: true }])
  })

  test('returns a loaded instance without a load', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.loadModel(MODEL)).toMatchObject({
      instanceId: MODEL,
      type: 'vlm',
      wasLoaded: true,
      config: { contextLength: 8192, flashAttention: true },
    })
    expect(await lmstudio.loadModel(MODEL, { contextLength: 8192 })).toMatchObject({ wasLoaded: true })
    expect(mock.calls.map(({ path }) => path)).toEqual([LIST, LIST])
  })

  test('notices what other programs have loaded and unloaded', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    await connect(mock).loadModel(HERON)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: true })
    await connect(mock).unloadModel(HERON)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('loads a second instance for other settings, logs it and reuses it afterwards', async () => {
    const log = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger: log.logger })
    const wide = { contextLength: 16_384 }
    expect(await lmstudio.loadModel(MODEL, wide)).toMatchObject({ instanceId: `${MODEL}:2`, wasLoaded: false })
    expect(await log.first('lifecycle')).toMatchObject({ message: expect.stringContaining(MODEL) as string })
    expect(await lmstudio.loadModel(MODEL, wide)).toMatchObject({ instanceId: `${MODEL}:2`, wasLoaded: true })
    expect(ids(mock)).toEqual([MODEL, `${MODEL}:2`])
  })

  test('loads another instance for every call with forceNew', async () => {
    const { mock, lmstudio } = await setUp()
    const [second, third] = await Promise.all([
      lmstudio.loadModel(MODEL, { forceNew: true }),
      lmstudio.loadModel(MODEL, { forceNew: true }),
    ])
    expect([second.instanceId, third.instanceId].toSorted()).toEqual([`${MODEL}:2`, `${MODEL}:3`])
    expect(ids(mock)).toHaveLength(3)
  })

  test('accepts the id of an instance and does not reuse another one for it', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.loadModel(MODEL, { contextLength: 16_384 })
    const copy = `${MODEL}:2`
    expect(await lmstudio.loadModel(copy)).toMatchObject({ instanceId: copy, wasLoaded: true })
    expect(await lmstudio.loadModel(copy, { contextLength: 2048 })).toMatchObject({ instanceId: `${MODEL}:3` })
    expect(loads(mock).at(-1)).toMatchObject({ model: MODEL, context_length: 2048 })
  })

  test('reuses a loaded instance for a variant', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.loadModel(`${MODEL}@q5_k_m`)).toMatchObject({ instanceId: MODEL, wasLoaded: true })
    expect(loads(mock)).toEqual([])
  })

  test('does not load again if the server applies other settings than the requested ones', async () => {
    let instances: object[] = []
    const server = await serve((request, response) => {
      if (request.url !== LOAD)
        return sendJSON(response, { models: [{ key: 'a', type: 'llm', loaded_instances: instances }] })
      const config = { context_length: 2048 }
      instances = [...instances, { id: `a:${instances.length + 1}`, config }]
      return sendJSON(response, { instance_id: `a:${instances.length}`, load_config: config })
    })
    const lmstudio = connect(server)
    // The server reduces the context length, and its engine has no flash attention.
    const config = { contextLength: 5000, flashAttention: true }
    expect(await lmstudio.loadModel('a', config)).toMatchObject({ instanceId: 'a:1', wasLoaded: false })
    expect(await lmstudio.loadModel('a', config)).toMatchObject({ instanceId: 'a:1', wasLoaded: true })
    expect(await lmstudio.loadModel('a', { contextLength: 6000 })).toMatchObject({ instanceId: 'a:2' })
  })

  test('invalidates the cached list of models', async () => {
    const { lmstudio } = await setUp()
    expect((await lmstudio.modelCapabilities(HERON))?.contextLength).toBeUndefined()
    await lmstudio.loadModel(HERON, { contextLength: 2048 })
    expect((await lmstudio.modelCapabilities(HERON))?.contextLength).toBe(2048)
  })

  test('does not wait for a generation despite maxConcurrency', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('stall')
    const stream = lmstudio.stream(HELLO)
    for await (const _event of stream) {
      await lmstudio.loadModel(HERON)
      break
    }
    expect(ids(mock)).toContain(HERON)
  })

  test('applies generationTimeout to a load, not timeout', async () => {
    const { mock, lmstudio } = await setUp({}, { timeout: 5_000, generationTimeout: 60 })
    mock.inject('delay-headers', { path: LOAD })
    const error = await caught(lmstudio.loadModel(HERON))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 60 })
  })
})

describe('concurrent calls of loadModel', () => {
  test('concurrent calls share one load of a model', async () => {
    const { mock, lmstudio } = await setUp()
    const all = await Promise.all([1, 2, 3].map(() => lmstudio.loadModel(HERON, { contextLength: 2048 })))
    expect(loads(mock)).toHaveLength(1)
    expect(new Set(all.map(({ instanceId }) => instanceId))).toEqual(new Set([HERON]))
    expect(ids(mock)).toEqual([MODEL, HERON])
  })

  test('concurrent calls with different settings load one after the other and reuse an instance that meets them', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const first = lmstudio.loadModel(HERON, { contextLength: 2048 })
    const second = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    await turns()
    expect(mock.calls).toHaveLength(2)
    mock.release()
    expect((await first).wasLoaded).toBe(false)
    expect(await second).toMatchObject({ wasLoaded: true, config: { contextLength: 2048 } })
    expect(loads(mock)).toHaveLength(1)
  })

  test('concurrent calls for a model and a variant of it share one load', async () => {
    const { mock, lmstudio } = await setUp()
    await Promise.all([HERON, `${HERON}@q4_k_m`].map((name) => lmstudio.loadModel(name)))
    expect(ids(mock)).toEqual([MODEL, HERON])
  })

  test('calls with headers share neither a load nor a list, because headers can select another machine', async () => {
    const { mock, lmstudio } = await setUp()
    await Promise.all(
      ['1', '2'].map((value) => lmstudio.loadModel(HERON, {}, { headers: new Headers({ 'x-machine': value }) })),
    )
    const lists = mock.calls.filter(({ path }) => path === LIST)
    expect(lists.map(({ headers }) => headers['x-machine']).toSorted()).toEqual(['1', '2'])
  })

  test('two models load at the same time', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const held = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    expect(await lmstudio.loadModel('acme/plover-vl')).toMatchObject({ wasLoaded: false })
    mock.release()
    await held
  })

  test('a shared load continues for the others when one call aborts', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const controller = new AbortController()
    const aborted = caught(lmstudio.loadModel(HERON, {}, { signal: controller.signal }))
    const stayed = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    controller.abort('enough')
    expect(await aborted).toBe('enough')
    mock.release()
    expect(await stayed).toMatchObject({ instanceId: HERON, wasLoaded: false })
    expect(loads(mock)).toHaveLength(1)
  })

  test('a shared load is aborted when every call aborts, and the next call loads again', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const controller = new AbortController()
    const both = [1, 2].map(() => caught(lmstudio.loadModel(HERON, {}, { signal: controller.signal })))
    await mock.whenHeld()
    controller.abort('enough')
    expect(await Promise.all(both)).toEqual(['enough', 'enough'])
    await until(() => mock.calls.some(({ path, finished }) => path === LOAD && finished !== undefined))
    expect(await mock.calls.find(({ path }) => path === LOAD)?.finished).toBe('aborted')
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('a call can be aborted while it waits for another load', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const held = lmstudio.loadModel(HERON, { contextLength: 2048 })
    await mock.whenHeld()
    const signal = AbortSignal.abort('before')
    expect(await caught(lmstudio.loadModel(HERON, {}, { signal }))).toBe('before')
    const controller = new AbortController()
    const waiting = caught(lmstudio.loadModel(HERON, {}, { signal: controller.signal }))
    controller.abort('while')
    expect(await waiting).toBe('while')
    mock.release()
    await held
    expect(mock.calls).toHaveLength(2)
  })
})

describe('a load that outlasts the time limit of fetch', () => {
  const failure = (): TypeError =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'UND_ERR_HEADERS_TIMEOUT' }) })
  const busy = (): Response => Response.json({ error: 'busy' }, { status: 503 })
  const listOf = (...instances: string[]): Response =>
    Response.json({
      models: [{ key: MODEL, type: 'llm', loaded_instances: instances.map((id) => ({ id, config: {} })) }],
    })

  /** A provider whose load fails like Node's fetch or responds as given, and whose lists are these in turn, the last one repeatedly. */
  function setUpLists(
    lists: readonly (() => Response)[],
    options: LMStudioOptions = {},
    respondToLoad: () => Response = () => {
      throw failure()
    },
  ) {
    const requests: Request[] = []
    const pathsOf = (): string[] => requests.map(({ url }) => new URL(url).pathname)
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init)
      requests.push(request)
      if (request.url.endsWith(LOAD)) return respondToLoad()
      const count = pathsOf().filter((path) => path === LIST).length
      return lists[Math.min(count, lists.length) - 1]!()
    }
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    return { lmstudio: connect({ url: 'http://127.0.0.1:9' }, { fetch, maxRetries: 0, ...options }), requests, pathsOf }
  }

  test('polls the list every two seconds until the new instance is there', async () => {
    const { lmstudio, pathsOf } = setUpLists([listOf, listOf, listOf, () => listOf(MODEL)])
    const loaded = lmstudio.loadModel(MODEL)
    await vi.advanceTimersByTimeAsync(1_999)
    expect(pathsOf()).toEqual([LIST, LOAD])
    await vi.advanceTimersByTimeAsync(1)
    expect(pathsOf()).toEqual([LIST, LOAD, LIST])
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await loaded).toMatchObject({ instanceId: MODEL, wasLoaded: false })
    expect(pathsOf()).toEqual([LIST, LOAD, LIST, LIST, LIST])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([{ status: 'loading', instance_id: MODEL }, { status: 'loading' }, { status: 'queued' }])(
    'polls the list after a response that is not the end of the load: %j',
    async (body) => {
      const { lmstudio } = setUpLists([listOf, listOf, () => listOf(MODEL)], {}, () => Response.json(body))
      const loaded = lmstudio.loadModel(MODEL)
      await vi.advanceTimersByTimeAsync(4_000)
      expect(await loaded).toMatchObject({ instanceId: MODEL, wasLoaded: false })
    },
  )

  test('rejects a load that the server never finishes', async () => {
    const { lmstudio } = setUpLists([listOf], { generationTimeout: 10_000 }, () => Response.json({ status: 'loading' }))
    const error = caught(lmstudio.loadModel(MODEL))
    await vi.advanceTimersByTimeAsync(12_000)
    expect(await error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 10_000 })
  })

  test('does not take an instance that was loaded before for the new one', async () => {
    const { lmstudio } = setUpLists([() => listOf(MODEL), () => listOf(MODEL), () => listOf(MODEL, `${MODEL}:2`)])
    const loaded = lmstudio.loadModel(MODEL, { forceNew: true })
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await loaded).toMatchObject({ instanceId: `${MODEL}:2`, wasLoaded: false })
  })

  test('tolerates five failed polls in a row', async () => {
    const fiveFailures = Array.from({ length: 5 }, () => busy)
    const { lmstudio, pathsOf } = setUpLists([listOf, ...fiveFailures, listOf, ...fiveFailures, () => listOf(MODEL)])
    const loaded = lmstudio.loadModel(MODEL)
    await vi.advanceTimersByTimeAsync(24_000)
    expect(await loaded).toMatchObject({ instanceId: MODEL, wasLoaded: false })
    expect(pathsOf()).toHaveLength(2 + 12)
  })

  test('rejects after six failed polls in a row', async () => {
    const { lmstudio, pathsOf } = setUpLists([listOf, busy])
    const error = caught(lmstudio.loadModel(MODEL))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await error).toMatchObject({ name: 'NetworkError', status: 503 })
    expect(pathsOf()).toHaveLength(2 + 6)
  })

  test('rejects after one poll that fails for good', async () => {
    const { lmstudio, pathsOf } = setUpLists([listOf, () => Response.json({ error: 'no' }, { status: 401 })])
    const error = caught(lmstudio.loadModel(MODEL))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await error).toMatchObject({ name: 'AuthenticationError' })
    expect(pathsOf()).toHaveLength(2 + 1)
  })

  test.each<[string, LMStudioOptions, CallOptions]>([
    ['generationTimeout', { generationTimeout: 5_000 }, {}],
    ['the timeout of the call', {}, { timeout: 5_000 }],
  ])('stops polling and rejects with the error of the load after %s', async (_name, options, callOptions) => {
    const { lmstudio, pathsOf } = setUpLists([listOf], options)
    const error = caught(lmstudio.loadModel(MODEL, {}, callOptions))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await error).toMatchObject({ name: 'TimeoutError', limit: 'platform' })
    // At 2, 4 and 6 seconds: the wait that began before the deadline ends.
    expect(pathsOf()).toHaveLength(2 + 3)
  })

  test('sends the headers of the call with every poll', async () => {
    const { lmstudio, requests } = setUpLists([listOf, listOf, () => listOf(MODEL)])
    const loaded = lmstudio.loadModel(MODEL, {}, { headers: { 'x-trace': 'abc' } })
    await vi.advanceTimersByTimeAsync(4_000)
    await loaded
    expect(requests.map(({ headers }) => headers.get('x-trace'))).toEqual(['abc', 'abc', 'abc', 'abc'])
  })

  test('retries a poll as often as the call allows', async () => {
    const { lmstudio, pathsOf } = setUpLists([listOf, busy, busy, () => listOf(MODEL)])
    const loaded = lmstudio.loadModel(MODEL, {}, { maxRetries: 2 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await loaded).toMatchObject({ instanceId: MODEL })
    expect(pathsOf()).toEqual([LIST, LOAD, LIST, LIST, LIST])
  })

  test('stops polling when the call is aborted', async () => {
    const { lmstudio, pathsOf } = setUpLists([listOf])
    const controller = new AbortController()
    const error = caught(lmstudio.loadModel(MODEL, {}, { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(3_000)
    controller.abort('enough')
    expect(await error).toBe('enough')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(pathsOf()).toEqual([LIST, LOAD, LIST])
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('fifty calls with three settings, some of them aborted, load three instances', async () => {
  const { mock, lmstudio } = await setUp()
  const reasons = [new Error('mine'), 'enough', 0, null]
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const controller = new AbortController()
      const reason = reasons[index % reasons.length]
      if (index % 7 === 2) controller.abort(reason)
      const contextLength = 2048 * (1 + (index % 3))
      const loading = lmstudio.loadModel(HERON, { contextLength }, { signal: controller.signal })
      if (index % 5 === 3) controller.abort(reason)
      const outcome = await loading.catch((thrown: unknown) => ({ thrown }))
      expect(outcome).toMatchObject(controller.signal.aborted ? { thrown: reason } : { config: { contextLength } })
      return outcome
    }),
  )
  const instances = new Set(outcomes.flatMap((outcome) => ('instanceId' in outcome ? outcome.instanceId : [])))
  expect(instances.size).toBe(3)
  expect(loads(mock)).toHaveLength(3)
})
