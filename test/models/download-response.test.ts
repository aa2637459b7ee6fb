import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { downloadSchema, readDownload, toProgress, type ByteCount } from '../../src/models/download-response.js'
import type { DownloadProgress } from '../../src/models/types.js'
import { parseResponse } from '../../src/validation/validate.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const parse = (body: unknown) => parseResponse(downloadSchema(), body, 'The response')
const progress = (
  body: unknown,
  previous?: ByteCount,
  current: ByteCount = { bytes: undefined, at: 0 },
): DownloadProgress => toProgress(parse(body), 'j', { previous, current })

describe('the progress of a download', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-09-02T08:16:00Z') }))
  afterEach(() => void vi.useRealTimers())

  it('reads the recorded responses', () => {
    expect(progress(fixtureJSON('download-started.json'))).toEqual({
      jobId: 'j',
      status: 'downloading',
      totalBytes: 3_100_200_300,
    })
    expect(progress(fixtureJSON('download-status.json'))).toEqual({
      jobId: 'j',
      status: 'downloading',
      downloadedBytes: 900_000_000,
      totalBytes: 3_100_200_300,
      bytesPerSecond: 41_200_000,
      etaMs: 53_403,
    })
    expect(progress(fixtureJSON('download-completed.json'))).toEqual({
      jobId: 'j',
      status: 'completed',
      downloadedBytes: 3_100_200_300,
      totalBytes: 3_100_200_300,
    })
  })

  it('measures the speed between two polls if the server does not report it', () => {
    const body = { status: 'downloading', downloaded_bytes: 600, total_size_bytes: 1000 }
    const previous = { bytes: 100, at: 1000 }
    expect(progress(body, previous, { bytes: 600, at: 3000 })).toMatchObject({ bytesPerSecond: 250, etaMs: 1600 })
    for (const unknown of [undefined, { bytes: undefined, at: 1000 }, { bytes: 100, at: 3000 }]) {
      expect(progress(body, unknown, { bytes: 600, at: 3000 })).not.toHaveProperty('bytesPerSecond')
    }
    expect(progress(body, previous, { bytes: undefined, at: 3000 })).not.toHaveProperty('bytesPerSecond')
  })

  it('measures a speed of 0 when a download starts over', () => {
    const body = { status: 'downloading', downloaded_bytes: 0, total_size_bytes: 1000 }
    expect(progress(body, { bytes: 100, at: 1000 }, { bytes: 0, at: 3000 })).toMatchObject({ bytesPerSecond: 0 })
  })

  it('uses the estimate of the server only if there is no speed or no size', () => {
    const body = { status: 'downloading', estimated_completion: '2026-09-02T08:17:01Z' }
    expect(progress(body).etaMs).toBe(61_000)
    expect(progress({ ...body, bytes_per_second: 5 }).etaMs).toBe(61_000)
    expect(progress({ ...body, bytes_per_second: 5, downloaded_bytes: 10, total_size_bytes: 20 }).etaMs).toBe(2_000)
  })

  it('reports a remaining time of 0 for an estimate in the past, and none for an unreadable one', () => {
    const body = { status: 'downloading', estimated_completion: '2026-09-02T08:15:00Z' }
    expect(progress(body).etaMs).toBe(0)
    expect(progress({ ...body, estimated_completion: 'soon' })).not.toHaveProperty('etaMs')
  })

  it('reports neither speed nor remaining time while a download is paused', () => {
    const body = { status: 'paused', downloaded_bytes: 5, total_size_bytes: 10, bytes_per_second: 3 }
    expect(progress(body, { bytes: 1, at: 0 }, { bytes: 5, at: 1000 })).toEqual({
      jobId: 'j',
      status: 'paused',
      downloadedBytes: 5,
      totalBytes: 10,
    })
  })

  it('counts all bytes of a completed download as downloaded, if their number is known', () => {
    expect(progress({ status: 'completed', total_size_bytes: 10 })).toMatchObject({ downloadedBytes: 10 })
    expect(progress({ status: 'completed' })).toEqual({ jobId: 'j', status: 'completed' })
  })
})

it('treats a missing, empty or null value of a download status as unknown', () => {
  const nothing = { jobId: undefined, downloadedBytes: undefined, totalBytes: undefined, bytesPerSecond: undefined }
  expect(readDownload(parse({ status: 'x' }))).toEqual(nothing)
  const empty = { job_id: '', downloaded_bytes: null, total_size_bytes: null, bytes_per_second: null }
  expect(readDownload(parse({ status: 'x', ...empty }))).toEqual(nothing)
  const known = { job_id: 'j', downloaded_bytes: 0, total_size_bytes: 1, bytes_per_second: 2 }
  expect(readDownload(parse({ status: 'x', ...known }))).toEqual({
    jobId: 'j',
    downloadedBytes: 0,
    totalBytes: 1,
    bytesPerSecond: 2,
  })
})
