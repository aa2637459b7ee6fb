import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'
import { jitter } from './support/watch.js'

const UNLOAD = '/api/v1/models/unload'
const HERON = 'acme/heron-base'

async function setUpCopies() {
  const { mock, lmstudio } = await setUp()
  await lmstudio.loadModel(HERON)
  await lmstudio.loadModel(HERON, { forceNew: true })
  await lmstudio.loadModel(HERON, { forceNew: true })
  return {
    mock,
    lmstudio,
    ids: () => mock.loadedInstances.map(({ id }) => id),
    sent: () => mock.calls.filter(({ path }) => path === UNLOAD).map(({ body }) => body),
  }
}

describe('unloadModel errors', () => {
  test.each([undefined, '', 7])('rejects %s as the model before it sends anything', async (model) => {
    const { mock, lmstudio } = await setUp()
    expect(await caught(lmstudio.unloadModel(model as string))).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toEqual([])
  })

  test('lists the available models for a model or instance that does not exist', async () => {
    const { mock, lmstudio } = await setUp()
    for (const name of ['acme/none', 'acme/none:2']) {
      const error = await caught(lmstudio.unloadModel(name))
      expect(error).toMatchObject({
        name: 'ModelNotFoundError',
        model: name,
        availableModels: expect.arrayContaining([MODEL]) as string[],
      })
      expect(error.message).toContain(MODEL)
    }
    mock.configure({ models: [] })
    expect((await caught(lmstudio.unloadModel(MODEL))).message).toContain('The server has no models.')
  })

  test('lists which instances were unloaded and which were not', async () => {
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('status-403', { path: UNLOAD })
    const error = await caught(lmstudio.unloadModel(HERON))
    expect(error).toMatchObject({ name: 'ApiError', code: 'partly-unloaded', status: 403 })
    expect(error.cause).toMatchObject({ name: 'PermissionError' })
    expect(error.message).toContain(`Unloaded ${HERON}:2, ${HERON}:3 but not ${HERON}: `)
    expect(ids()).toEqual([MODEL, HERON])
    expect((await lmstudio.listModels()).find(({ id }) => id === HERON)?.instances).toHaveLength(1)
  })

  test('rejects with the error of the server if no instance was unloaded', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-403', { path: UNLOAD })
    expect(await caught(lmstudio.unloadModel(MODEL))).toMatchObject({ name: 'PermissionError' })
  })
})

describe('unloadModel of a server that does not unload', () => {
  async function unloadWith(body: unknown): Promise<void> {
    const models = [{ key: 'a', type: 'llm', loaded_instances: [{ id: 'a' }] }]
    const server = await serve((request, response) => sendJSON(response, request.url === UNLOAD ? body : { models }))
    return connect(server).unloadModel('a')
  }

  test.each([[null], [[]], ['x'], [7], [true], [{}], [{ instance_id: 7 }], [{ status: 'ok' }]])(
    'rejects %j as an invalid response',
    async (body) => {
      expect(await caught(unloadWith(body))).toMatchObject({ name: 'InvalidResponseError' })
    },
  )

  test.each([
    [{ detail: [{ loc: ['body'], msg: 'Busy.' }] }],
    [{ detail: 'Busy.' }],
    [{ message: 'Busy.', code: 'busy' }],
    [{ success: false, instance_id: 'a', message: 'Busy.' }],
    [{ status: 'failed', instance_id: 'a', error_message: 'Busy.' }],
  ])('rejects %j with the words of the server', async (body) => {
    expect(await caught(unloadWith(body))).toMatchObject({
      name: 'ApiError',
      status: 200,
      serverMessage: expect.stringContaining('Busy.') as string,
    })
  })

  test.each(['zz', 'a:2', 'A'])('rejects the response for another instance: %s', async (instance_id) => {
    expect(await caught(unloadWith({ instance_id }))).toMatchObject({ name: 'InvalidResponseError' })
  })

  test.each([{ ok: false, instance_id: 'a' }, { ok: false }])('rejects a response that is not ok: %j', async (body) => {
    expect(await caught(unloadWith(body))).toMatchObject({ name: 'ApiError', status: 200 })
  })

  test('rejects a failure without a reason', async () => {
    expect(await caught(unloadWith({ status: 'failed', instance_id: 'a' }))).toMatchObject({ name: 'ApiError' })
  })

  test('accepts a response with odd fields beside the instance', async () => {
    expect(await unloadWith({ instance_id: 'a', status: 7, message: null })).toBeUndefined()
  })
})

describe('unloadModel', () => {
  test('unloads every instance of a model and no other', async () => {
    const { lmstudio, ids, sent } = await setUpCopies()
    await lmstudio.unloadModel(HERON)
    expect(ids()).toEqual([MODEL])
    expect(sent()).toEqual([HERON, `${HERON}:2`, `${HERON}:3`].map((id) => ({ instance_id: id })))
  })

  test('unloads only the instance that is named', async () => {
    const { lmstudio, ids } = await setUpCopies()
    await lmstudio.unloadModel(`${HERON}:2`)
    expect(ids()).toEqual([MODEL, HERON, `${HERON}:3`])
  })

  test('sends nothing for a model or instance that is not loaded', async () => {
    const { lmstudio, sent } = await setUpCopies()
    await lmstudio.unloadModel('acme/plover-vl')
    await lmstudio.unloadModel(`${HERON}:9`)
    expect(sent()).toEqual([])
  })

  test('ignores an instance that another program has already unloaded', async () => {
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject(
      {
        raw: {
          status: 404,
          headers: { 'content-type': 'application/json' },
          chunks: ['{"error":{"type":"model_not_found","message":"No loaded model instance."}}'],
        },
      },
      { path: UNLOAD },
    )
    await lmstudio.unloadModel(HERON)
    expect(ids()).toEqual([MODEL, HERON])
  })

  test('retries an unload', async () => {
    jitter(0)
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('status-502', { path: UNLOAD, times: 2 })
    await lmstudio.unloadModel(HERON)
    expect(ids()).toEqual([MODEL])
  })

  test('invalidates the cached list of models', async () => {
    const { lmstudio } = await setUp()
    expect((await lmstudio.modelCapabilities(MODEL))?.contextLength).toBe(8192)
    await lmstudio.unloadModel(MODEL)
    expect((await lmstudio.modelCapabilities(MODEL))?.contextLength).toBeUndefined()
  })

  test('rejects with the reason of an abort and unloads nothing more', async () => {
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('delay-headers', { path: UNLOAD })
    const controller = new AbortController()
    const aborted = caught(lmstudio.unloadModel(HERON, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort('enough')
    expect(await aborted).toBe('enough')
    expect(ids()).toContain(`${HERON}:3`)
    expect(await caught(lmstudio.unloadModel(HERON, { signal: AbortSignal.abort('before') }))).toBe('before')
  })

  test('neither waits for a load in progress nor ends it', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: '/api/v1/models/load' })
    const loading = lmstudio.loadModel(HERON)
    await mock.whenHeld()
    await lmstudio.unloadModel(HERON)
    mock.release()
    const { instanceId } = await loading
    const models = await lmstudio.listModels()
    expect(models.flatMap(({ instances }) => instances.map(({ id }) => id))).toContain(instanceId)
  })
})
