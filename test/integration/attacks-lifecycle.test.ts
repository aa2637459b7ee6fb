import { createLMStudio, memoryCache } from 'lmstudio-provider'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { setUp } from './support/provider.js'

const model = 'acme/tern-4b'
const job = 'job_1'

afterEach(() => void vi.useRealTimers())

/** A server whose answers to each path come one after the other, the last one again and again. */
function connect(answers: Record<string, unknown[]>, options: object = {}) {
  const asked: string[] = []
  const fetch = async (url: string | URL | Request): Promise<Response> => {
    const path = new URL(url instanceof Request ? url.url : url).pathname
    asked.push(path)
    const [, list] = Object.entries(answers).find(([start]) => path.startsWith(start)) ?? []
    if (list === undefined) throw new TypeError(`no answer to ${path}`)
    const answer = list.length > 1 ? list.shift() : list[0]
    if (answer instanceof Error) throw answer
    return answer instanceof Response ? answer.clone() : Response.json(answer)
  }
  return { lmstudio: createLMStudio({ cache: memoryCache(), fetch, maxRetries: 0, ...options }), asked }
}

describe('a download', () => {
  const START = '/api/v1/models/download'
  const STATUS = '/api/v1/models/download/status'

  test('of which the server counts no bytes, but tells a speed, is not given up as stalled', async () => {
    vi.useFakeTimers()
    const moving = Array.from({ length: 40 }, (_, look) => ({
      status: 'downloading',
      job_id: job,
      bytes_per_second: 1000 + (look % 2),
    }))
    const { lmstudio } = connect(
      {
        [STATUS]: [...moving, { status: 'completed', job_id: job }],
        [START]: [{ status: 'downloading', job_id: job }],
      },
      { generationTimeout: 20_000 },
    )
    const done = lmstudio.downloadModel(model)
    done.catch(() => {})
    await vi.advanceTimersByTimeAsync(300_000)
    expect(await done).toMatchObject({ status: 'completed', jobId: job })
  })
})

describe('a load that outlasts the runtime’s own fetch', () => {
  const platform = () =>
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'UND_ERR_HEADERS_TIMEOUT', message: 'x' } })
  const busy = () => Response.json({ error: 'busy' }, { status: 503 })
  const entry = (instances: string[]) => ({
    models: [{ key: model, type: 'llm', loaded_instances: instances.map((id) => ({ id, config: {} })) }],
  })

  test('bears a look at the list that fails: a server that loads may be slow', async () => {
    vi.useFakeTimers()
    const lists = [entry([]), busy(), entry([]), entry([model])]
    const { lmstudio } = connect({ '/api/v1/models/load': [platform()], '/api/v1/models': lists })
    const loaded = lmstudio.loadModel(model)
    loaded.catch(() => {})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await loaded).toMatchObject({ instanceId: model, wasLoaded: false })
  })
  test('does not look for ever at a server that fails', async () => {
    vi.useFakeTimers()
    const lists = [entry([]), busy()]
    const { lmstudio, asked } = connect({ '/api/v1/models/load': [platform()], '/api/v1/models': lists })
    const failure = caught(lmstudio.loadModel(model))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await failure).toMatchObject({ name: 'NetworkError', status: 503 })
    expect(asked.length).toBeLessThan(10)
  })
})

test('an unload neither waits for a load that is under way nor ends it', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('delay-headers', { path: '/api/v1/models/load' })
  const loading = lmstudio.loadModel('acme/heron-base')
  await mock.whenHeld()
  await lmstudio.unloadModel('acme/heron-base')
  mock.release()
  const { instanceId } = await loading
  const list = await lmstudio.listModels()
  expect(list.flatMap(({ instances }) => instances.map(({ id }) => id))).toContain(instanceId)
})

test('fifty loads of one model with three settings, some of them left, are three loads and no more', async () => {
  const { mock, lmstudio } = await setUp()
  const reasons = [new Error('mine'), 'enough', 0, null]
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const leaver = new AbortController()
      const reason = reasons[index % reasons.length]
      if (index % 7 === 2) leaver.abort(reason)
      const loaded = lmstudio.loadModel(
        'acme/heron-base',
        { contextLength: 2048 * (1 + (index % 3)) },
        { signal: leaver.signal },
      )
      if (index % 5 === 3) leaver.abort(reason)
      const outcome = await loaded.catch((thrown: unknown) => ({ thrown }))
      if (leaver.signal.aborted) expect(outcome).toEqual({ thrown: reason })
      else expect(outcome).toMatchObject({ config: { contextLength: 2048 * (1 + (index % 3)) } })
      return outcome
    }),
  )
  const ids = new Set(outcomes.flatMap((outcome) => ('instanceId' in outcome ? outcome.instanceId : [])))
  expect(ids.size).toBe(3)
  expect(mock.calls.filter(({ path }) => path === '/api/v1/models/load')).toHaveLength(3)
})
