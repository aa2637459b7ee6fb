import type { DownloadOptions, DownloadProgress } from 'lmstudio-provider'
import type { MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { pollDelay } from '../../src/models/watch-download.js'
import { caught } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'
import { hurry, jitter, turns, watchLog, watchRejections } from './support/watch.js'

const DOWNLOAD = '/api/v1/models/download'
const STATUS = /\/download\/status\//
const NEW = 'acme/puffin-7b'
const LINK = 'https://huggingface.co/acme/puffin-7b'

const starts = (mock: MockLMStudioServer): unknown[] =>
  mock.calls.filter(({ path }) => path === DOWNLOAD).map(({ body }) => body)
const polls = (mock: MockLMStudioServer): string[] =>
  mock.calls.filter(({ path }) => STATUS.test(path)).map(({ path }) => path)

const delays = Array.from({ length: 12 }, (_, polls) => pollDelay(polls))

/** Records the progress. */
function watchProgress(): {
  readonly seen: DownloadProgress[]
  readonly onProgress: (progress: DownloadProgress) => void
} {
  const seen: DownloadProgress[] = []
  return { seen, onProgress: (progress) => void seen.push(progress) }
}

/** A server that responds to polls with these bodies in turn, the last one repeatedly. */
async function servePolls(...bodies: readonly object[]) {
  let count = 0
  return serve((request, response) =>
    sendJSON(
      response,
      request.url === DOWNLOAD
        ? { status: 'downloading', job_id: 'job 1/2', total_size_bytes: 100 }
        : bodies[Math.min(count++, bodies.length - 1)],
    ),
  )
}

beforeEach(() => hurry(...delays))

describe('downloadModel errors', () => {
  test.each<[string, unknown, unknown, string]>([
    ['undefined as the model', undefined, undefined, 'model'],
    ['an empty string as the model', '', undefined, 'model'],
    ['a number as the quantization', LINK, { quantization: 4 }, 'quantization'],
    ['an empty string as the jobId', NEW, { jobId: '' }, 'jobId'],
    ['an object as onProgress', NEW, { onProgress: {} }, 'onProgress'],
    ['null as the settings', NEW, null, ''],
  ])('rejects %s before it sends anything', async (_name, model, settings, path) => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(model as string, settings as DownloadOptions))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: path === '' ? [] : [path] }] })
    expect(mock.calls).toEqual([])
  })

  test('suggests the right name for a misspelled setting', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { onprogress: () => {} } as DownloadOptions))
    expect(error.message).toContain('`onProgress`')
  })

  test('rejects with the reason of the server for an invalid setting', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { quantization: 'Q4_K_M' }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['quantization'] }] })
  })

  test('says where to find the name of a model that does not exist', async () => {
    const body = { error: { type: 'model_not_found', message: 'Model not found.' } }
    const server = await serve((_request, response) => sendJSON(response, body, 404))
    const error = await caught(connect(server).downloadModel(NEW))
    expect(error).toMatchObject({ name: 'ModelNotFoundError', status: 404, serverMessage: 'Model not found.' })
    expect(error.hint).toContain('huggingface.co')
  })

  test('reports the progress of a download and then rejects when it fails', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('download-failed')
    const { seen, onProgress } = watchProgress()
    const error = await caught(lmstudio.downloadModel(NEW, { onProgress }))
    expect(error).toMatchObject({ name: 'ApiError', code: 'download-failed', isRetryable: false })
    expect(error.message).toContain(seen[0]!.jobId)
    expect(seen.at(-1)).toMatchObject({ status: 'downloading' })
    expect(await lmstudio.supportsModel(NEW)).toBe(false)
  })

  test.each([
    ['a string', { error: 'No space left on device' }],
    ['an object', { status: 'failed', error: { message: 'No space left on device' } }],
    ['an error message', { status: 'failed', error_message: 'No space left on device' }],
    ['a message', { status: 'failed', job_id: 'j', message: 'No space left on device' }],
    ['the detail of another status', { status: 'error', detail: 'No space left on device' }],
    ['a text like that of another error', { status: 'failed', error: 'Model not found: No space left on device' }],
  ])('quotes the reason of a failed download that the server gives as %s', async (_name, body) => {
    const server = await servePolls({ status: 'downloading', job_id: 'j' }, body)
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({
      code: 'download-failed',
      serverMessage: expect.stringContaining('No space left on device') as string,
      message: expect.stringContaining('No space left on device') as string,
    })
  })

  test.each([
    ['failed', { status: 'failed', error_message: 'No space left on device' }],
    ['canceled', { status: 'canceled', job_id: 'j', reason: 'No space left on device' }],
    ['an error', { error: 'No space left on device' }],
    ['success false', { success: false, message: 'No space left on device' }],
  ])('rejects a download that fails at once: %s', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({
      code: 'download-failed',
      serverMessage: 'No space left on device',
    })
  })

  test.each([
    ['a dot', '.'],
    ['two dots', '..'],
    ['a line break', 'a\nb'],
    ['half of a character', 'job_\uD800'],
    ['blanks', ' '],
    ['1001 characters', 'j'.repeat(1001)],
  ])('rejects %s as the jobId before it sends anything', async (_name, jobId) => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { jobId }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['jobId'] }] })
    expect(mock.calls).toEqual([])
  })

  test.each(['.', '..', 'a\u0000b', 'job_\uD800'])(
    'rejects %j as the id of a download that the server started',
    async (id) => {
      const server = await serve((_request, response) => sendJSON(response, { status: 'downloading', job_id: id }))
      expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({ name: 'InvalidResponseError' })
      expect(server.count).toBe(1)
    },
  )

  test('rejects a jobId that the server does not know', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { jobId: 'job_none' }))
    expect(error).toMatchObject({ name: 'ApiError', code: 'job-not-found', status: 404 })
    expect(error.hint).toContain('jobId')
  })

  test('names the required version of LM Studio for another server', async () => {
    const server = await serve((_request, response) => sendJSON(response, { detail: 'Not Found' }, 404))
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({
      name: 'UnsupportedEndpointError',
      since: '0.4.0',
    })
  })

  test.each([
    ['without a status', { job_id: 'j' }],
    ['without a job id', { status: 'downloading' }],
    ['with an empty job id', { status: 'downloading', job_id: '' }],
    ['with a job id that is a list', { status: 'downloading', job_id: [] }],
    ['that is null', null],
    ['that is a list', []],
    ['that is a text', 'x'],
  ])('rejects a response %s as invalid', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({ name: 'InvalidResponseError' })
  })
})

describe('downloadModel', () => {
  test('polls the download until it is complete and the model is listed', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.supportsModel(NEW)).toBe(false)
    const { seen, onProgress } = watchProgress()
    const result = await lmstudio.downloadModel(NEW, { onProgress })
    const { jobId, totalBytes } = seen[0]!
    expect(starts(mock)).toEqual([{ model: NEW }])
    expect(polls(mock)).toEqual(Array.from({ length: 4 }, () => `/api/v1/models/download/status/${jobId}`))
    expect(result).toMatchObject({ status: 'completed', jobId, totalBytes, raw: { status: 'completed' } })
    expect(seen.map(({ status }) => status)).toEqual([...Array.from({ length: 4 }, () => 'downloading'), 'completed'])
    expect(seen[0]).not.toHaveProperty('downloadedBytes')
    expect(seen[2]).toEqual({
      jobId,
      status: 'downloading',
      totalBytes,
      downloadedBytes: Math.floor(totalBytes! / 2),
      bytesPerSecond: 41_200_000,
      etaMs: Math.round(((totalBytes! - Math.floor(totalBytes! / 2)) / 41_200_000) * 1000),
    })
    expect(seen.at(-1)).toEqual({ jobId, status: 'completed', totalBytes, downloadedBytes: totalBytes })
    expect((await lmstudio.listModels()).map(({ id }) => id)).toContain(NEW)
  })

  test('reports completion once the list of models has the model', async () => {
    const { lmstudio } = await setUp()
    await lmstudio.listModels()
    let listed: string[] = []
    const onProgress = async ({ status }: DownloadProgress): Promise<void> => {
      if (status === 'completed') listed = (await lmstudio.listModels()).map(({ id }) => id)
    }
    await lmstudio.downloadModel(NEW, { onProgress })
    expect(listed).toContain(NEW)
  })

  test('sends the quantization and does not need onProgress', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.downloadModel(LINK, { quantization: 'Q4_K_M' })
    expect(starts(mock)).toEqual([{ model: LINK, quantization: 'Q4_K_M' }])
  })

  test('resolves at once for a model that is already downloaded', async () => {
    const { mock, lmstudio } = await setUp()
    const { seen, onProgress } = watchProgress()
    const result = await lmstudio.downloadModel(MODEL, { onProgress })
    expect(result).toEqual({ status: 'already-downloaded', raw: { status: 'already_downloaded' } })
    expect(seen).toEqual([])
    expect(mock.calls).toHaveLength(1)
  })

  test('watches a download by its jobId without starting another one', async () => {
    const { mock, lmstudio } = await setUp()
    const controller = new AbortController()
    let jobId = ''
    const aborted = lmstudio.downloadModel(
      NEW,
      {
        onProgress: (progress) => {
          jobId = progress.jobId
          controller.abort()
        },
      },
      { signal: controller.signal },
    )
    await caught(aborted)
    const result = await connect(mock).downloadModel(NEW, { jobId })
    expect(result).toMatchObject({ status: 'completed', jobId })
    expect(starts(mock)).toHaveLength(1)
  })

  test('encodes the jobId as one segment of the path', async () => {
    const paths: (string | undefined)[] = []
    const server = await serve((request, response) => {
      paths.push(request.url)
      sendJSON(response, { status: 'completed', job_id: null })
    })
    expect(await connect(server).downloadModel(NEW, { jobId: 'a/b c' })).toMatchObject({ jobId: 'a/b c' })
    expect(paths).toEqual(['/api/v1/models/download/status/a%2Fb%20c'])
  })

  test.each(['1e999', '-1', '1.5', '"3 GB"', '[]', 'null'])(
    'does not report %s as a number of bytes',
    async (number) => {
      const bodies = [
        `{"status":"downloading","job_id":"j","total_size_bytes":${number},"downloaded_bytes":${number},"bytes_per_second":-1}`,
        `{"status":"completed","total_size_bytes":${number},"estimated_completion":7}`,
      ]
      const server = await serve((_request, response) => {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(bodies.length > 1 ? bodies.shift() : bodies[0])
      })
      const { seen, onProgress } = watchProgress()
      expect(await connect(server).downloadModel(NEW, { onProgress })).not.toHaveProperty('totalBytes')
      expect(seen).toEqual([
        { jobId: 'j', status: 'downloading' },
        { jobId: 'j', status: 'completed' },
      ])
    },
  )

  test('reports a pause and continues after it', async () => {
    const half = { total_size_bytes: 100, downloaded_bytes: 50 }
    const server = await servePolls(
      { status: 'paused', ...half },
      { status: 'downloading', ...half },
      { status: 'completed' },
    )
    const { seen, onProgress } = watchProgress()
    await connect(server).downloadModel(NEW, { onProgress })
    expect(seen.map(({ status }) => status)).toEqual(['downloading', 'paused', 'downloading', 'completed'])
    expect(seen[1]).not.toHaveProperty('etaMs')
  })

  test('continues after an unknown status', async () => {
    const server = await servePolls({ status: 'verifying' }, { status: 'completed' })
    const { seen, onProgress } = watchProgress()
    await connect(server).downloadModel(NEW, { onProgress })
    expect(seen.map(({ status }) => status)).toEqual(['downloading', 'downloading', 'completed'])
  })

  test('tolerates five failed polls in a row and rejects after the sixth', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    mock.inject('status-503', { path: STATUS, times: 5 })
    expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
    mock.inject('status-503', { path: STATUS, times: 6 })
    expect(await caught(lmstudio.downloadModel('acme/skua'))).toMatchObject({ status: 503 })
    expect(polls(mock)).toHaveLength(5 + 4 + 6)
  })

  test('does not give up on a download without a byte count whose speed shows that it continues', async () => {
    vi.restoreAllMocks()
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let count = 0
    const lmstudio = connect(
      { url: 'http://127.0.0.1:9' },
      {
        generationTimeout: 20_000,
        fetch: async () => {
          const status = ++count > 41 ? 'completed' : 'downloading'
          return Response.json({ status, job_id: 'j', bytes_per_second: 1000 + (count % 2) })
        },
      },
    )
    const download = lmstudio.downloadModel(NEW)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(await download).toMatchObject({ status: 'completed', jobId: 'j' })
  })

  test('counts failed polls in a row only', async () => {
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    const onProgress = (): void => mock.inject('status-503', { path: STATUS, times: 5 })
    expect(await lmstudio.downloadModel(NEW, { onProgress })).toMatchObject({ status: 'completed' })
    expect(polls(mock)).toHaveLength(4 * (5 + 1))
  })

  test('does not wait for a generation despite maxConcurrency', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('stall')
    for await (const _event of lmstudio.stream(HELLO)) {
      expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
      break
    }
  })

  test.each([401, 403])('rejects after one poll that fails with status %i', async (status) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(`status-${status}`, { path: STATUS })
    expect(await caught(lmstudio.downloadModel(NEW))).toMatchObject({ status })
    expect(polls(mock)).toHaveLength(1)
  })

  test('rejects a download that makes no progress for generationTimeout', async () => {
    const { mock, lmstudio } = await setUp({}, { generationTimeout: 20 })
    mock.inject('download-paused')
    const error = await caught(lmstudio.downloadModel(NEW))
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'download-stalled', limit: 'generationTimeout' })
    expect(error.message).toContain('was paused for 20 ms')
    expect(error.hint).toContain('jobId')
    const still = await servePolls({ status: 'downloading', downloaded_bytes: 7 })
    expect(await caught(connect(still, { generationTimeout: 20 }).downloadModel(NEW))).toMatchObject({
      code: 'download-stalled',
      message: expect.stringContaining('made no progress for 20 ms') as string,
    })
  })

  test.each([DOWNLOAD, STATUS])('limits each request to %s to the timeout, not the whole download', async (path) => {
    const { mock, lmstudio } = await setUp({}, { timeout: 2_061, generationTimeout: 62_000 })
    mock.inject('delay-headers', { path, times: 9 })
    const error = await caught(lmstudio.downloadModel(NEW))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 2_061 })
    expect(starts(mock)).toHaveLength(1)
  })
})

describe('onProgress', () => {
  test('onProgress that throws or rejects ends the call with its error', async () => {
    const { mock, lmstudio } = await setUp()
    const mishap = new Error('my own')
    for (const onProgress of [
      () => Promise.reject(mishap),
      () => {
        throw mishap
      },
    ]) {
      mock.reset()
      expect(await caught(lmstudio.downloadModel(NEW, { onProgress }))).toBe(mishap)
      expect(polls(mock)).toEqual([])
    }
  })

  test('onProgress is awaited until the call is aborted', async () => {
    const { mock, lmstudio } = await setUp()
    const controller = new AbortController()
    const aborted = caught(
      lmstudio.downloadModel(NEW, { onProgress: () => new Promise(() => {}) }, { signal: controller.signal }),
    )
    await mock.whenCalled(DOWNLOAD)
    await turns()
    expect(polls(mock)).toEqual([])
    controller.abort('enough')
    expect(await aborted).toBe('enough')
  })
})

describe('an abort of downloadModel', () => {
  test('sends nothing for a signal that is already aborted', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await caught(lmstudio.downloadModel(NEW, {}, { signal: AbortSignal.abort('before') }))).toBe('before')
    expect(mock.calls).toEqual([])
  })

  test('stops polling, rejects with the reason and logs that the download continues', async () => {
    const unhandled = watchRejections()
    const log = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger: log.logger })
    const controller = new AbortController()
    const { seen, onProgress } = watchProgress()
    mock.inject('delay-headers', { path: STATUS })
    const aborted = caught(lmstudio.downloadModel(NEW, { onProgress }, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort('enough')
    expect(await aborted).toBe('enough')
    const { jobId } = seen[0]!
    expect(await log.first('lifecycle')).toMatchObject({
      level: 'info',
      jobId,
      message: expect.stringContaining('continues in LM Studio') as string,
    })
    await turns()
    expect(polls(mock)).toHaveLength(1)
    expect(await unhandled()).toEqual([])
  })

  test('takes effect at once between two polls', async () => {
    vi.restoreAllMocks()
    const { mock, lmstudio } = await setUp()
    const controller = new AbortController()
    const { seen } = watchProgress()
    const onProgress = (progress: DownloadProgress): void => {
      seen.push(progress)
      queueMicrotask(() => setImmediate(() => controller.abort('enough')))
    }
    expect(await caught(lmstudio.downloadModel(NEW, { onProgress }, { signal: controller.signal }))).toBe('enough')
    await turns()
    expect(polls(mock)).toEqual([])
  })
})

describe('calls for the same model', () => {
  test('share a download that starts', async () => {
    const { mock, lmstudio } = await setUp()
    const [one, other] = [watchProgress(), watchProgress()]
    const results = await Promise.all([
      lmstudio.downloadModel(NEW, { onProgress: one.onProgress }),
      lmstudio.downloadModel(NEW, { onProgress: other.onProgress }),
    ])
    expect(starts(mock)).toEqual([{ model: NEW }])
    expect(results[0].jobId).toBe(results[1].jobId)
    for (const { seen } of [one, other]) expect(seen.at(-1)).toMatchObject({ status: 'completed' })
  })

  test('share a download that is under way', async () => {
    const { mock, lmstudio } = await setUp()
    let joined: Promise<unknown> | undefined
    const first = await lmstudio.downloadModel(NEW, {
      onProgress: () => void (joined ??= lmstudio.downloadModel(NEW)),
    })
    expect(await joined).toMatchObject({ status: 'completed', jobId: first.jobId })
    expect(starts(mock)).toHaveLength(1)
  })

  test('start another download once nobody watches the first', async () => {
    const { mock, lmstudio } = await setUp()
    const controller = new AbortController()
    const left = lmstudio.downloadModel(NEW, { onProgress: () => controller.abort() }, { signal: controller.signal })
    await expect(left).rejects.toThrow(controller.signal.reason)
    expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
    expect(starts(mock)).toHaveLength(2)
  })

  test('go on when one of them is aborted', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { path: DOWNLOAD })
    const controller = new AbortController()
    const left = lmstudio.downloadModel(NEW, {}, { signal: controller.signal })
    const stays = lmstudio.downloadModel(NEW)
    await mock.whenHeld()
    controller.abort()
    await expect(left).rejects.toThrow(controller.signal.reason)
    mock.release()
    expect(await stays).toMatchObject({ status: 'completed' })
    expect(starts(mock)).toHaveLength(1)
  })

  test('all fail with the error of the start, and a later call starts again', async () => {
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    mock.inject('status-500', { path: DOWNLOAD, times: 1 })
    const failures = await Promise.all([caught(lmstudio.downloadModel(NEW)), caught(lmstudio.downloadModel(NEW))])
    for (const error of failures) expect(error).toMatchObject({ status: 500 })
    expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
    expect(starts(mock)).toHaveLength(2)
  })

  test.each([
    ['another quantization', { quantization: 'Q4_K_M' }, {}],
    ['headers, which can select another machine', {}, { headers: { 'x-machine': 'two' } }],
  ])('start a download of their own with %s', async (_name, settings, options) => {
    const { mock, lmstudio } = await setUp()
    await Promise.all([lmstudio.downloadModel(LINK), lmstudio.downloadModel(LINK, settings, options)])
    expect(starts(mock)).toHaveLength(2)
  })
})
