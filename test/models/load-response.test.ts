import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fromInstance, fromLoaded, readDownload, toProgress } from '../../src/models/load-response.js'
import { downloadSchema, loadedSchema } from '../../src/models/load-response.js'
import { parseResponse } from '../../src/validation/validate.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const loaded = (name: string) => parseResponse(loadedSchema, fixtureJSON(name), 'The answer')
const download = (name: string) => parseResponse(downloadSchema, fixtureJSON(name), 'The answer')

describe('a loaded model', () => {
  it('is read from the recorded answer with its settings', () => {
    expect(fromLoaded(loaded('load-echo.json'), 'vlm')).toEqual({
      instanceId: 'acme/tern-4b',
      type: 'vlm',
      wasLoaded: false,
      loadTimeMs: 6400,
      config: { contextLength: 16_384, evalBatchSize: 512, flashAttention: true, offloadKVCacheToGPU: true },
      raw: fixtureJSON('load-echo.json'),
    })
  })

  it('is read from the recorded answers without settings, and of an embedding model', () => {
    expect(fromLoaded(loaded('load.json'), undefined)).toMatchObject({ type: 'llm', config: {} })
    expect(fromLoaded(loaded('load-embedding.json'), undefined)).toMatchObject({
      type: 'embedding',
      loadTimeMs: 800,
      config: { contextLength: 2048 },
    })
  })

  it.each([{}, { load_time_seconds: null, load_config: null, type: null }, { type: 'diffusion' }])(
    'has nothing that the server does not say: %j',
    (more) => {
      const result = fromLoaded({ instance_id: 'a', ...more }, undefined)
      expect(result).toMatchObject({ instanceId: 'a', type: 'unknown', config: {} })
      expect(result).not.toHaveProperty('loadTimeMs')
    },
  )

  it('took no time at all', () =>
    expect(fromLoaded({ instance_id: 'a', load_time_seconds: 0 }, 'llm').loadTimeMs).toBe(0))

  it('that was there is told from the list', () => {
    const config = { context_length: 8192, flash_attention: true, parallel: 4 }
    const instance = { id: 'a:2', contextLength: 8192, config }
    expect(fromInstance(instance, { type: 'llm' } as never)).toEqual({
      instanceId: 'a:2',
      type: 'llm',
      wasLoaded: true,
      config: { contextLength: 8192, flashAttention: true },
      raw: { id: 'a:2', config },
    })
  })
})

describe('the progress of a download', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-09-02T08:16:00Z') }))
  afterEach(() => void vi.useRealTimers())
  const now = { bytes: undefined, at: 0 }

  it('is read from the recorded answers', () => {
    expect(toProgress(download('download-started.json'), 'j', undefined, now)).toEqual({
      jobId: 'j',
      status: 'downloading',
      totalBytes: 3_100_200_300,
    })
    expect(toProgress(download('download-status.json'), 'j', undefined, now)).toEqual({
      jobId: 'j',
      status: 'downloading',
      downloadedBytes: 900_000_000,
      totalBytes: 3_100_200_300,
      bytesPerSecond: 41_200_000,
      etaMs: 53_403,
    })
    expect(toProgress(download('download-completed.json'), 'j', undefined, now)).toEqual({
      jobId: 'j',
      status: 'completed',
      downloadedBytes: 3_100_200_300,
      totalBytes: 3_100_200_300,
    })
  })

  it('has a speed that is measured where the server tells none', () => {
    const wire = { status: 'downloading', downloaded_bytes: 600, total_size_bytes: 1000 }
    const before = { bytes: 100, at: 1000 }
    expect(toProgress(wire, 'j', before, { bytes: 600, at: 3000 })).toMatchObject({ bytesPerSecond: 250, etaMs: 1600 })
    for (const unknown of [undefined, { bytes: undefined, at: 1000 }, { bytes: 100, at: 3000 }]) {
      expect(toProgress(wire, 'j', unknown, { bytes: 600, at: 3000 })).not.toHaveProperty('bytesPerSecond')
    }
    expect(toProgress(wire, 'j', before, { bytes: undefined, at: 3000 })).not.toHaveProperty('bytesPerSecond')
    // It began anew.
    expect(toProgress(wire, 'j', before, { bytes: 0, at: 3000 })).toMatchObject({ bytesPerSecond: 0 })
  })

  it('takes the time left from the server only where there is no speed', () => {
    const wire = { status: 'downloading', estimated_completion: '2026-09-02T08:17:01Z' }
    expect(toProgress(wire, 'j', undefined, now).etaMs).toBe(61_000)
    expect(toProgress({ ...wire, bytes_per_second: 5 }, 'j', undefined, now).etaMs).toBe(61_000)
    expect(toProgress({ ...wire, estimated_completion: '2026-09-02T08:15:00Z' }, 'j', undefined, now).etaMs).toBe(0)
    expect(toProgress({ ...wire, estimated_completion: 'soon' }, 'j', undefined, now)).not.toHaveProperty('etaMs')
  })

  it('has neither speed nor time left while it is paused', () => {
    const wire = { status: 'paused', downloaded_bytes: 5, total_size_bytes: 10, bytes_per_second: 3 }
    expect(toProgress(wire, 'j', { bytes: 1, at: 0 }, { bytes: 5, at: 1000 })).toEqual({
      jobId: 'j',
      status: 'paused',
      downloadedBytes: 5,
      totalBytes: 10,
    })
  })

  it('is of all bytes at its end, and of none that nobody counted', () => {
    expect(toProgress({ status: 'completed', total_size_bytes: 10 }, 'j', undefined, now)).toMatchObject({
      downloadedBytes: 10,
    })
    expect(toProgress({ status: 'completed' }, 'j', undefined, now)).toEqual({ jobId: 'j', status: 'completed' })
  })
})

it('what the server leaves out, empty or null is not known', () => {
  const nothing = { jobId: undefined, bytes: undefined, totalBytes: undefined }
  expect(readDownload({ status: 'x' })).toEqual(nothing)
  expect(readDownload({ status: 'x', job_id: '', downloaded_bytes: null, total_size_bytes: null })).toEqual(nothing)
  expect(readDownload({ status: 'x', job_id: 'j', downloaded_bytes: 0, total_size_bytes: 1 })).toEqual({
    jobId: 'j',
    bytes: 0,
    totalBytes: 1,
  })
})
