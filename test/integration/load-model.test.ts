import type { DownloadOptions, LoadConfig } from 'lmstudio-provider'
import type { MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, MODEL, setUp, startMock } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'
import { hurry, turns, until, watchLog } from './support/watch.js'

const LOAD = '/api/v1/models/load'
const LIST = '/api/v1/models'
const HERON = 'acme/heron-base'

const loads = (mock: MockLMStudioServer): unknown[] =>
  mock.calls.filter(({ path }) => path === LOAD).map(({ body }) => body)
const ids = (mock: MockLMStudioServer): string[] => mock.loadedInstances.map(({ id }) => id)

describe('a load that cannot be', () => {
  test.each<[string, unknown, unknown, string]>([
    ['no model', undefined, undefined, 'model'],
    ['an empty model', ' ', undefined, 'model'],
    ['a model that is no text', { key: MODEL }, undefined, 'model'],
    ['a context of nothing', MODEL, { contextLength: 0 }, 'contextLength'],
    ['a context that is a text', MODEL, { contextLength: '8192' }, 'contextLength'],
    ['half a batch', MODEL, { evalBatchSize: 0.5 }, 'evalBatchSize'],
    ['a word for a flag', MODEL, { flashAttention: 'on' }, 'flashAttention'],
    ['no experts', MODEL, { numExperts: 0 }, 'numExperts'],
    ['a number for a flag', MODEL, { offloadKVCacheToGPU: 1 }, 'offloadKVCacheToGPU'],
    ['a word for fresh', MODEL, { forceNew: 'yes' }, 'forceNew'],
    ['null', MODEL, null, ''],
    ['a text', MODEL, 'fresh', ''],
  ])('for %s is refused before anything is sent', async (_name, model, config, path) => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(model as string, config as LoadConfig))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: path === '' ? [] : [path] }] })
    expect(mock.calls).toEqual([])
  })

  test('for a misspelt setting names the right one', async () => {
    const { lmstudio } = await setUp()
    const config = { contextLenght: 2048 } as LoadConfig
    expect((await caught(lmstudio.loadModel(MODEL, config))).message).toContain('`contextLength`')
  })

  test('for what belongs to the call says that it is the third argument', async () => {
    const { lmstudio } = await setUp()
    const { signal } = new AbortController()
    expect((await caught(lmstudio.loadModel(MODEL, { signal } as LoadConfig))).message).toContain('third argument')
    const download = lmstudio.downloadModel(MODEL, { signal } as DownloadOptions)
    expect((await caught(download)).message).toContain('third argument')
  })

  test('for a progress that the route does not tell names the one that does', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(MODEL, { onProgress: () => {} } as LoadConfig))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['onProgress'] }] })
    expect(error.message).toContain('streamChat')
  })

  test('for a wrong call option is refused', async () => {
    const { mock, lmstudio } = await setUp()
    const options = { timeout: 'long' } as never
    expect(await caught(lmstudio.loadModel(MODEL, {}, options))).toMatchObject({ name: 'ConfigurationError' })
    expect(mock.calls).toEqual([])
  })

  test('because there is no such model names those that are there', async () => {
    const { lmstudio } = await setUp()
    expect(await caught(lmstudio.loadModel('acme/none'))).toMatchObject({
      name: 'ModelNotFoundError',
      model: 'acme/none',
      availableModels: expect.arrayContaining([MODEL, HERON]) as string[],
    })
  })

  test('because of a model that some versions call unloadable names those that are there', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('load-failed', { path: LOAD, times: 2 })
    const error = await caught(lmstudio.loadModel('acme/none'))
    expect(error).toMatchObject({ name: 'ModelNotFoundError', availableModels: expect.any(Array) as string[] })
    expect(error.cause).toMatchObject({ name: 'ModelLoadError' })
    expect(await caught(lmstudio.loadModel(HERON))).toMatchObject({ name: 'ModelLoadError', code: 'model-load' })
  })

  test('is not tried again where it may have run, and nothing is kept of it', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-500', { path: LOAD })
    expect(await caught(lmstudio.loadModel(HERON))).toMatchObject({ status: 500 })
    expect(loads(mock)).toHaveLength(1)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('because the context is longer than the model can be is the server’s refusal', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.loadModel(HERON, { contextLength: 9_999_999 }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['context_length'] }] })
  })

  test.each([
    ['no instance', { type: 'llm', status: 'loaded' }],
    ['a list', []],
    ['a time that is a text', { instance_id: 'a', load_time_seconds: '6' }],
  ])('because the answer is %s is an invalid response', async (_name, body) => {
    const server = await serve((request, response) =>
      sendJSON(response, request.url === LOAD ? body : { models: [{ key: 'a', type: 'llm', loaded_instances: [] }] }),
    )
    expect(await caught(connect(server).loadModel('a'))).toMatchObject({ name: 'InvalidResponseError' })
  })
})

describe('loadModel', () => {
  test('loads with the settings given and tells what the server made of them', async () => {
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

  test('sends nothing but the model where nothing is asked', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.loadModel(HERON, { contextLength: undefined, forceNew: undefined })
    expect(loads(mock)).toEqual([{ model: HERON, echo_load_config: true }])
  })

  test('takes an instance that is there', async () => {
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

  test('sees what was loaded behind its back, and what was unloaded', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    await connect(mock).loadModel(HERON)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: true })
    await connect(mock).unloadModel(HERON)
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('loads a second instance for other settings, says so, and then finds it', async () => {
    const log = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger: log.logger })
    const wide = { contextLength: 16_384 }
    expect(await lmstudio.loadModel(MODEL, wide)).toMatchObject({ instanceId: `${MODEL}:2`, wasLoaded: false })
    expect(await log.first('lifecycle')).toMatchObject({ message: expect.stringContaining(MODEL) as string })
    expect(await lmstudio.loadModel(MODEL, wide)).toMatchObject({ instanceId: `${MODEL}:2`, wasLoaded: true })
    expect(ids(mock)).toEqual([MODEL, `${MODEL}:2`])
  })

  test('loads another instance each time it is asked for a fresh one', async () => {
    const { mock, lmstudio } = await setUp()
    const [second, third] = await Promise.all([
      lmstudio.loadModel(MODEL, { forceNew: true }),
      lmstudio.loadModel(MODEL, { forceNew: true }),
    ])
    expect([second.instanceId, third.instanceId].toSorted()).toEqual([`${MODEL}:2`, `${MODEL}:3`])
    expect(ids(mock)).toHaveLength(3)
  })

  test('takes the id of an instance for this one', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.loadModel(MODEL, { contextLength: 16_384 })
    const copy = `${MODEL}:2`
    expect(await lmstudio.loadModel(copy)).toMatchObject({ instanceId: copy, wasLoaded: true })
    expect(await lmstudio.loadModel(copy, { contextLength: 2048 })).toMatchObject({ instanceId: `${MODEL}:3` })
    expect(loads(mock).at(-1)).toMatchObject({ model: MODEL, context_length: 2048 })
  })

  test('finds a variant', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.loadModel(`${MODEL}@q5_k_m`)).toMatchObject({ instanceId: MODEL, wasLoaded: true })
    expect(loads(mock)).toEqual([])
  })

  test('is not led to load again and again by a server that makes something else of the settings', async () => {
    let instances: object[] = []
    const server = await serve((request, response) => {
      if (request.url !== LOAD)
        return sendJSON(response, { models: [{ key: 'a', type: 'llm', loaded_instances: instances }] })
      const config = { context_length: 2048 }
      instances = [...instances, { id: `a:${instances.length + 1}`, config }]
      return sendJSON(response, { instance_id: `a:${instances.length}`, load_config: config })
    })
    const lmstudio = connect(server)
    // It cuts the context, and its engine has no flash attention.
    const wish = { contextLength: 5000, flashAttention: true }
    expect(await lmstudio.loadModel('a', wish)).toMatchObject({ instanceId: 'a:1', wasLoaded: false })
    expect(await lmstudio.loadModel('a', wish)).toMatchObject({ instanceId: 'a:1', wasLoaded: true })
    expect(await lmstudio.loadModel('a', { contextLength: 6000 })).toMatchObject({ instanceId: 'a:2' })
  })

  test('makes the list of models anew', async () => {
    const { lmstudio } = await setUp()
    expect((await lmstudio.modelCapabilities(HERON))?.contextLength).toBeUndefined()
    await lmstudio.loadModel(HERON, { contextLength: 2048 })
    expect((await lmstudio.modelCapabilities(HERON))?.contextLength).toBe(2048)
  })

  test('waits for no generation to end', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('stall')
    const stream = lmstudio.stream(HELLO)
    for await (const _event of stream) {
      await lmstudio.loadModel(HERON)
      break
    }
    expect(ids(mock)).toContain(HERON)
  })

  describe('when the runtime’s own fetch gives up on it', () => {
    const given =
      (load: () => Promise<unknown>): typeof globalThis.fetch =>
      async (input, init) => {
        if (!new Request(input, init).url.endsWith(LOAD)) return fetch(input, init)
        await load()
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'UND_ERR_HEADERS_TIMEOUT' }) })
      }

    test('looks for the instance in the list until it is there', async () => {
      const mock = await startMock()
      let seen = 0
      const other = connect(mock)
      const lmstudio = connect(mock, {
        fetch: given(async () => void setTimeout(() => void other.loadModel(HERON, { contextLength: 2048 }), 1)),
        logger: ({ type }) => void (seen += type === 'request' ? 1 : 0),
      })
      hurry(2_000)
      expect(await lmstudio.loadModel(HERON, { contextLength: 2048 })).toMatchObject({
        instanceId: HERON,
        wasLoaded: false,
        config: { contextLength: 2048 },
      })
      expect(loads(mock)).toHaveLength(1)
      expect(seen).toBeGreaterThan(2)
    })

    test('no longer than a generation may take', async () => {
      const mock = await startMock()
      const lmstudio = connect(mock, { generationTimeout: 40, fetch: given(async () => {}) })
      hurry(2_000)
      expect(await caught(lmstudio.loadModel(HERON))).toMatchObject({ name: 'TimeoutError', limit: 'platform' })
    })
  })

  test('has the patience of a generation, and says whose limit it was', async () => {
    const { mock, lmstudio } = await setUp({}, { timeout: 5_000, generationTimeout: 60 })
    mock.inject('delay-headers', { path: LOAD })
    const error = await caught(lmstudio.loadModel(HERON))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 60 })
  })
})

describe('loads at the same time', () => {
  test('of one model are one', async () => {
    const { mock, lmstudio } = await setUp()
    const all = await Promise.all([1, 2, 3].map(() => lmstudio.loadModel(HERON, { contextLength: 2048 })))
    expect(loads(mock)).toHaveLength(1)
    expect(new Set(all.map(({ instanceId }) => instanceId))).toEqual(new Set([HERON]))
    expect(ids(mock)).toEqual([MODEL, HERON])
  })

  test('take turns where their settings differ, and the later takes what the earlier has loaded', async () => {
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

  test('of a model and of a variant of it are one', async () => {
    const { mock, lmstudio } = await setUp()
    await Promise.all([HERON, `${HERON}@q4_k_m`].map((name) => lmstudio.loadModel(name)))
    expect(ids(mock)).toEqual([MODEL, HERON])
  })

  test('of two models do not wait for each other', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const held = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    expect(await lmstudio.loadModel('acme/plover-vl')).toMatchObject({ wasLoaded: false })
    mock.release()
    await held
  })

  test('go on for those who wait when one leaves', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const leaver = new AbortController()
    const left = caught(lmstudio.loadModel(HERON, {}, { signal: leaver.signal }))
    const stayed = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    leaver.abort('enough')
    expect(await left).toBe('enough')
    mock.release()
    expect(await stayed).toMatchObject({ instanceId: HERON, wasLoaded: false })
    expect(loads(mock)).toHaveLength(1)
  })

  test('end when all have left, and the next may load', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const leaver = new AbortController()
    const both = [1, 2].map(() => caught(lmstudio.loadModel(HERON, {}, { signal: leaver.signal })))
    await mock.whenHeld()
    leaver.abort('enough')
    expect(await Promise.all(both)).toEqual(['enough', 'enough'])
    await until(() => mock.calls.some(({ path, finished }) => path === LOAD && finished !== undefined))
    expect(await mock.calls.find(({ path }) => path === LOAD)?.finished).toBe('aborted')
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
  })

  test('need not wait for their turn', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: LOAD })
    const held = lmstudio.loadModel(HERON, { contextLength: 2048 })
    await mock.whenHeld()
    const signal = AbortSignal.abort('before')
    expect(await caught(lmstudio.loadModel(HERON, {}, { signal }))).toBe('before')
    const leaver = new AbortController()
    const waiting = caught(lmstudio.loadModel(HERON, {}, { signal: leaver.signal }))
    leaver.abort('while')
    expect(await waiting).toBe('while')
    mock.release()
    await held
    expect(mock.calls).toHaveLength(2)
  })
})
