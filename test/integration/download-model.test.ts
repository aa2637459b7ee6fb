import type { DownloadOptions, DownloadProgress } from 'lmstudio-provider'
import type { MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { lookDelay } from '../../src/models/watch-download.js'
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
const looks = (mock: MockLMStudioServer): string[] =>
  mock.calls.filter(({ path }) => STATUS.test(path)).map(({ path }) => path)

const pauses = Array.from({ length: 12 }, (_, looks) => lookDelay(looks))

/** Notes what it is told. */
function watchProgress(): { readonly seen: DownloadProgress[]; readonly onProgress: (now: DownloadProgress) => void } {
  const seen: DownloadProgress[] = []
  return { seen, onProgress: (now) => void seen.push(now) }
}

/** A server that gives these answers to looks, the last again and again. */
async function serveLooks(...answers: readonly object[]) {
  let look = 0
  return serve((request, response) =>
    sendJSON(
      response,
      request.url === DOWNLOAD
        ? { status: 'downloading', job_id: 'job 1/2', total_size_bytes: 100 }
        : answers[Math.min(look++, answers.length - 1)],
    ),
  )
}

beforeEach(() => hurry(...pauses))

describe('a download that cannot be', () => {
  test.each<[string, unknown, unknown, string]>([
    ['no model', undefined, undefined, 'model'],
    ['an empty model', '', undefined, 'model'],
    ['a number for the quantization', LINK, { quantization: 4 }, 'quantization'],
    ['an empty job', NEW, { jobId: '' }, 'jobId'],
    ['an object for onProgress', NEW, { onProgress: {} }, 'onProgress'],
    ['settings that are null', NEW, null, ''],
  ])('for %s is refused before anything is sent', async (_name, model, settings, path) => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(model as string, settings as DownloadOptions))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: path === '' ? [] : [path] }] })
    expect(mock.calls).toEqual([])
  })

  test('for a misspelt setting names the right one', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { onprogress: () => {} } as DownloadOptions))
    expect(error.message).toContain('`onProgress`')
  })

  test('because the server refuses it says why', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { quantization: 'Q4_K_M' }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['quantization'] }] })
  })

  test('because nobody knows the model says where names are found', async () => {
    const body = { error: { type: 'model_not_found', message: 'Model not found.' } }
    const server = await serve((_request, response) => sendJSON(response, body, 404))
    const error = await caught(connect(server).downloadModel(NEW))
    expect(error).toMatchObject({ name: 'ModelNotFoundError', status: 404, serverMessage: 'Model not found.' })
    expect(error.hint).toContain('huggingface.co')
  })

  test('because it fails is an error, after the progress it made', async () => {
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
    ['a text', { error: 'No space left on device' }],
    ['an object', { status: 'failed', error: { message: 'No space left on device' } }],
  ])('because it fails is told in the words of the server: %s', async (_name, body) => {
    const server = await serveLooks({ status: 'downloading', job_id: 'j' }, body)
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({
      code: 'download-failed',
      serverMessage: 'No space left on device',
      message: expect.stringContaining('No space left on device') as string,
    })
  })

  test('because the job is not there says so', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.downloadModel(NEW, { jobId: 'job_none' }))
    expect(error).toMatchObject({ name: 'ApiError', code: 'job-not-found', status: 404 })
    expect(error.hint).toContain('jobId')
  })

  test('because the server is not one of ours says which version can', async () => {
    const server = await serve((_request, response) => sendJSON(response, { detail: 'Not Found' }, 404))
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({
      name: 'UnsupportedEndpointError',
      since: '0.4.0',
    })
  })

  test.each([
    ['no status', { job_id: 'j' }],
    ['no job', { status: 'downloading' }],
    ['an empty job', { status: 'downloading', job_id: '' }],
    ['sizes that are texts', { status: 'downloading', job_id: 'j', total_size_bytes: '3 GB' }],
  ])('because the answer has %s is an invalid response', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).downloadModel(NEW))).toMatchObject({ name: 'InvalidResponseError' })
  })
})

describe('downloadModel', () => {
  test('watches the download to its end, and then the model is there', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.supportsModel(NEW)).toBe(false)
    const { seen, onProgress } = watchProgress()
    const result = await lmstudio.downloadModel(NEW, { onProgress })
    const { jobId, totalBytes } = seen[0]!
    expect(starts(mock)).toEqual([{ model: NEW }])
    expect(looks(mock)).toEqual(Array.from({ length: 4 }, () => `/api/v1/models/download/status/${jobId}`))
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

  test('says that it is done when the list of models has it', async () => {
    const { lmstudio } = await setUp()
    await lmstudio.listModels()
    let listed: string[] = []
    const onProgress = async ({ status }: DownloadProgress): Promise<void> => {
      if (status === 'completed') listed = (await lmstudio.listModels()).map(({ id }) => id)
    }
    await lmstudio.downloadModel(NEW, { onProgress })
    expect(listed).toContain(NEW)
  })

  test('needs nobody who watches, and hands on the quantization', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.downloadModel(LINK, { quantization: 'Q4_K_M' })
    expect(starts(mock)).toEqual([{ model: LINK, quantization: 'Q4_K_M' }])
  })

  test('has nothing to do for a model that is there', async () => {
    const { mock, lmstudio } = await setUp()
    const { seen, onProgress } = watchProgress()
    const result = await lmstudio.downloadModel(MODEL, { onProgress })
    expect(result).toEqual({ status: 'already-downloaded', raw: { status: 'already_downloaded' } })
    expect(seen).toEqual([])
    expect(mock.calls).toHaveLength(1)
  })

  test('takes up a download by its job, and begins none', async () => {
    const { mock, lmstudio } = await setUp()
    const leaver = new AbortController()
    let jobId = ''
    const left = lmstudio.downloadModel(
      NEW,
      {
        onProgress: (now) => {
          jobId = now.jobId
          leaver.abort()
        },
      },
      { signal: leaver.signal },
    )
    await caught(left)
    const result = await connect(mock).downloadModel(NEW, { jobId })
    expect(result).toMatchObject({ status: 'completed', jobId })
    expect(starts(mock)).toHaveLength(1)
  })

  test('writes the job into the path so that it stays one part of it', async () => {
    const paths: (string | undefined)[] = []
    const server = await serve((request, response) => {
      paths.push(request.url)
      sendJSON(response, { status: 'completed', job_id: null })
    })
    expect(await connect(server).downloadModel(NEW, { jobId: 'a/b c' })).toMatchObject({ jobId: 'a/b c' })
    expect(paths).toEqual(['/api/v1/models/download/status/a%2Fb%20c'])
  })

  test('reports a pause, and goes on after it', async () => {
    const half = { total_size_bytes: 100, downloaded_bytes: 50 }
    const server = await serveLooks(
      { status: 'paused', ...half },
      { status: 'downloading', ...half },
      { status: 'completed' },
    )
    const { seen, onProgress } = watchProgress()
    await connect(server).downloadModel(NEW, { onProgress })
    expect(seen.map(({ status }) => status)).toEqual(['downloading', 'paused', 'downloading', 'completed'])
    expect(seen[1]).not.toHaveProperty('etaMs')
  })

  test('goes on at a status from the future', async () => {
    const server = await serveLooks({ status: 'verifying' }, { status: 'completed' })
    const { seen, onProgress } = watchProgress()
    await connect(server).downloadModel(NEW, { onProgress })
    expect(seen.map(({ status }) => status)).toEqual(['downloading', 'downloading', 'completed'])
  })

  test('bears looks that fail for a while, and no more than that', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    mock.inject('status-503', { path: STATUS, times: 5 })
    expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
    mock.inject('status-503', { path: STATUS, times: 6 })
    expect(await caught(lmstudio.downloadModel('acme/skua'))).toMatchObject({ status: 503 })
    expect(looks(mock)).toHaveLength(5 + 4 + 6)
  })

  test('counts only the looks that fail one after the other', async () => {
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    const onProgress = (): void => mock.inject('status-503', { path: STATUS, times: 5 })
    expect(await lmstudio.downloadModel(NEW, { onProgress })).toMatchObject({ status: 'completed' })
    expect(looks(mock)).toHaveLength(4 * (5 + 1))
  })

  test('waits for no generation to end', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('stall')
    for await (const _event of lmstudio.stream(HELLO)) {
      expect(await lmstudio.downloadModel(NEW)).toMatchObject({ status: 'completed' })
      break
    }
  })

  test.each([401, 403])('does not bear a look that is refused with %i', async (status) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(`status-${status}`, { path: STATUS })
    expect(await caught(lmstudio.downloadModel(NEW))).toMatchObject({ status })
    expect(looks(mock)).toHaveLength(1)
  })

  test('ends a watch at which nothing moves', async () => {
    const { mock, lmstudio } = await setUp({}, { generationTimeout: 20 })
    mock.inject('download-paused')
    const error = await caught(lmstudio.downloadModel(NEW))
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'download-stalled', limit: 'generationTimeout' })
    expect(error.message).toContain('paused')
    expect(error.hint).toContain('jobId')
    const still = await serveLooks({ status: 'downloading', downloaded_bytes: 7 })
    expect(await caught(connect(still, { generationTimeout: 20 }).downloadModel(NEW))).toMatchObject({
      code: 'download-stalled',
      message: expect.stringContaining('has not moved') as string,
    })
  })

  test.each([DOWNLOAD, STATUS])('limits a request to %s by the timeout, and not the whole', async (path) => {
    const { mock, lmstudio } = await setUp({}, { timeout: 61, generationTimeout: 62_000 })
    mock.inject('delay-headers', { path, times: 9 })
    const error = await caught(lmstudio.downloadModel(NEW))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 61 })
    expect(starts(mock)).toHaveLength(1)
  })
})

describe('onProgress', () => {
  test('that throws ends the watch with what it threw', async () => {
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
      expect(looks(mock)).toEqual([])
    }
  })

  test('is waited for, and not beyond an abort', async () => {
    const { mock, lmstudio } = await setUp()
    const leaver = new AbortController()
    const left = caught(
      lmstudio.downloadModel(NEW, { onProgress: () => new Promise(() => {}) }, { signal: leaver.signal }),
    )
    await mock.whenCalled(DOWNLOAD)
    await turns()
    expect(looks(mock)).toEqual([])
    leaver.abort('enough')
    expect(await left).toBe('enough')
  })
})

describe('an abort', () => {
  test('before the start sends nothing', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await caught(lmstudio.downloadModel(NEW, {}, { signal: AbortSignal.abort('before') }))).toBe('before')
    expect(mock.calls).toEqual([])
  })

  test('ends the looks, rejects with its reason, and the log says that the download goes on', async () => {
    const unhandled = watchRejections()
    const log = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger: log.logger })
    const leaver = new AbortController()
    const { seen, onProgress } = watchProgress()
    mock.inject('delay-headers', { path: STATUS })
    const left = caught(lmstudio.downloadModel(NEW, { onProgress }, { signal: leaver.signal }))
    await mock.whenHeld()
    leaver.abort('enough')
    expect(await left).toBe('enough')
    const { jobId } = seen[0]!
    expect(await log.first('lifecycle')).toMatchObject({
      level: 'info',
      jobId,
      message: expect.stringContaining('goes on') as string,
    })
    await turns()
    expect(looks(mock)).toHaveLength(1)
    expect(await unhandled()).toEqual([])
  })

  test('in a pause between looks ends it at once', async () => {
    vi.restoreAllMocks()
    const { mock, lmstudio } = await setUp()
    const leaver = new AbortController()
    const { seen } = watchProgress()
    const onProgress = (now: DownloadProgress): void => {
      seen.push(now)
      queueMicrotask(() => setImmediate(() => leaver.abort('enough')))
    }
    expect(await caught(lmstudio.downloadModel(NEW, { onProgress }, { signal: leaver.signal }))).toBe('enough')
    await turns()
    expect(looks(mock)).toEqual([])
  })
})
