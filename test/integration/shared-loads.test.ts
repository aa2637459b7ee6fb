import { afterEach, describe, expect, test, vi } from 'vitest'
import { createFakeLocks, type FakeLocks } from '../helpers/fake-locks.js'
import { caught } from './support/caught.js'
import { connect, MODEL, startMock } from './support/provider.js'
import { hurry, until } from './support/watch.js'

// Providers in tabs of one origin, which share the Web Locks of the browser. e2e/shared-loads.spec.ts uses real tabs.

const LOAD = '/api/v1/models/load'
const LIST = '/api/v1/models'
const HERON = 'acme/heron-base'
const POLL_INTERVAL_MS = 2_000

function setUpLocks(): FakeLocks {
  const locks = createFakeLocks()
  vi.stubGlobal('navigator', { locks })
  return locks
}
afterEach(() => void vi.unstubAllGlobals())

/** The name of the lock for a model. */
const lockFor = (server: { readonly url: string }, model: string): string =>
  `lmstudio-provider:load:${server.url}:${model}`

/** Holds a lock as a tab does that is frozen. */
async function hold(locks: FakeLocks, name: string): Promise<void> {
  void locks.request(name, {}, () => new Promise(() => {}))
  await until(() => locks.held().includes(name))
}

const count = (mock: { readonly calls: readonly { readonly path: string }[] }, path: string): number =>
  mock.calls.filter((call) => call.path === path).length

describe('loads of several tabs', () => {
  test('tabs that need the same model load it once', async () => {
    const locks = setUpLocks()
    const mock = await startMock()
    const loads = [1, 2, 3].map(() => connect(mock).loadModel(HERON, { contextLength: 2048 }))
    const all = await Promise.all(loads)
    expect(count(mock, LOAD)).toBe(1)
    expect(all.map(({ instanceId }) => instanceId)).toEqual([HERON, HERON, HERON])
    expect(all.filter(({ wasLoaded }) => !wasLoaded)).toHaveLength(1)
    await until(() => locks.held().length === 0)
  })

  test('tabs load two models at the same time', async () => {
    setUpLocks()
    const mock = await startMock()
    mock.inject('delay-headers', { path: LOAD })
    const held = connect(mock).loadModel(HERON)
    await mock.whenHeld()
    expect(await connect(mock).loadModel('acme/plover-vl')).toMatchObject({ wasLoaded: false })
    mock.release()
    await held
  })

  test('a call returns the instance that appears although the tab that loads it does not free its lock', async () => {
    hurry(POLL_INTERVAL_MS)
    const locks = setUpLocks()
    const mock = await startMock({ models: [{ id: MODEL }, { id: HERON }] })
    await hold(locks, lockFor(mock, HERON))
    const loading = connect(mock).loadModel(HERON)
    await until(() => count(mock, LIST) > 1)
    mock.configure({ models: [{ id: MODEL }, { id: HERON, loaded: true }] })
    expect(await loading).toMatchObject({ instanceId: HERON, wasLoaded: true })
    expect(count(mock, LOAD)).toBe(0)
    await until(() => locks.waiting().length === 0)
  })

  test('a call tolerates a list that fails while it waits', async () => {
    hurry(POLL_INTERVAL_MS)
    const locks = setUpLocks()
    const mock = await startMock({ models: [{ id: HERON }] })
    await hold(locks, lockFor(mock, HERON))
    mock.inject('status-400', { path: LIST, times: 2 })
    const loading = connect(mock).loadModel(HERON)
    await until(() => count(mock, LIST) > 2)
    mock.configure({ models: [{ id: HERON, loaded: true }] })
    expect(await loading).toMatchObject({ wasLoaded: true })
  })

  test('a call loads the model itself after its time limit when another tab holds the lock for ever', async () => {
    const locks = setUpLocks()
    const mock = await startMock()
    await hold(locks, lockFor(mock, HERON))
    const lmstudio = connect(mock, { generationTimeout: 400 })
    expect(await lmstudio.loadModel(HERON)).toMatchObject({ wasLoaded: false })
    expect(count(mock, LOAD)).toBe(1)
  })

  test('a call that waits for another tab can be aborted', async () => {
    const locks = setUpLocks()
    const mock = await startMock()
    const name = lockFor(mock, HERON)
    await hold(locks, name)
    const controller = new AbortController()
    const loading = caught(connect(mock).loadModel(HERON, {}, { signal: controller.signal }))
    await until(() => locks.waiting().includes(name))
    controller.abort('enough')
    expect(await loading).toBe('enough')
    expect(locks.waiting()).toEqual([])
    expect(mock.calls).toEqual([])
  })

  test('a failed load frees the lock for the next tab', async () => {
    const locks = setUpLocks()
    const mock = await startMock()
    mock.inject('load-failed')
    expect(await caught(connect(mock).loadModel(HERON))).toMatchObject({ name: 'ModelLoadError' })
    expect(await connect(mock).loadModel(HERON)).toMatchObject({ wasLoaded: false })
    await until(() => locks.held().length === 0)
  })

  test('calls with forceNew wait for each other and load one instance each', async () => {
    setUpLocks()
    const mock = await startMock()
    const loads = [1, 2].map(() => connect(mock).loadModel(HERON, { forceNew: true }))
    const ids = (await Promise.all(loads)).map(({ instanceId }) => instanceId)
    expect(ids.toSorted()).toEqual([HERON, `${HERON}:2`])
  })
})
