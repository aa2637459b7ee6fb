import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { MODEL, setUp } from './support/provider.js'
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

describe('an unload that cannot be', () => {
  test.each([undefined, '', 7])('of %s is refused before anything is sent', async (model) => {
    const { mock, lmstudio } = await setUp()
    expect(await caught(lmstudio.unloadModel(model as string))).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toEqual([])
  })

  test('of what is not there names what is', async () => {
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
    expect((await caught(lmstudio.unloadModel(MODEL))).message).toContain('no models at all')
  })

  test('in part says what is gone and what is left', async () => {
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('status-403', { path: UNLOAD })
    const error = await caught(lmstudio.unloadModel(HERON))
    expect(error).toMatchObject({ name: 'ApiError', code: 'partly-unloaded', status: 403 })
    expect(error.cause).toMatchObject({ name: 'PermissionError' })
    expect(error.message).toMatch(`${HERON}:2, ${HERON}:3 unloaded, but not ${HERON}:`)
    expect(ids()).toEqual([MODEL, HERON])
    expect((await lmstudio.listModels()).find(({ id }) => id === HERON)?.instances).toHaveLength(1)
  })

  test('at all is the server’s own error', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-403', { path: UNLOAD })
    expect(await caught(lmstudio.unloadModel(MODEL))).toMatchObject({ name: 'PermissionError' })
  })
})

describe('unloadModel', () => {
  test('of a model frees every instance of it and no other', async () => {
    const { lmstudio, ids, sent } = await setUpCopies()
    await lmstudio.unloadModel(HERON)
    expect(ids()).toEqual([MODEL])
    expect(sent()).toEqual([HERON, `${HERON}:2`, `${HERON}:3`].map((id) => ({ instance_id: id })))
  })

  test('of an instance frees this one', async () => {
    const { lmstudio, ids } = await setUpCopies()
    await lmstudio.unloadModel(`${HERON}:2`)
    expect(ids()).toEqual([MODEL, HERON, `${HERON}:3`])
  })

  test('of what is not loaded is done already', async () => {
    const { lmstudio, sent } = await setUpCopies()
    await lmstudio.unloadModel('acme/plover-vl')
    await lmstudio.unloadModel(`${HERON}:9`)
    expect(sent()).toEqual([])
  })

  test('bears that somebody else was faster', async () => {
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

  test('is tried again', async () => {
    jitter(0)
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('status-502', { path: UNLOAD, times: 2 })
    await lmstudio.unloadModel(HERON)
    expect(ids()).toEqual([MODEL])
  })

  test('makes the list of models anew', async () => {
    const { lmstudio } = await setUp()
    expect((await lmstudio.modelCapabilities(MODEL))?.contextLength).toBe(8192)
    await lmstudio.unloadModel(MODEL)
    expect((await lmstudio.modelCapabilities(MODEL))?.contextLength).toBeUndefined()
  })

  test('ends with the reason of an abort, and frees no more', async () => {
    const { mock, lmstudio, ids } = await setUpCopies()
    mock.inject('delay-headers', { path: UNLOAD })
    const leaver = new AbortController()
    const left = caught(lmstudio.unloadModel(HERON, { signal: leaver.signal }))
    await mock.whenHeld()
    leaver.abort('enough')
    expect(await left).toBe('enough')
    expect(ids()).toContain(`${HERON}:3`)
    expect(await caught(lmstudio.unloadModel(HERON, { signal: AbortSignal.abort('before') }))).toBe('before')
  })
})
