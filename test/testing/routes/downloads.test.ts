import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudio } from '../../../src/testing/index.js'
import { get, post } from '../support/mock-requests.js'

interface Status {
  readonly status: string
  readonly downloaded_bytes: number
  readonly total_size_bytes: number
}

/** Starts a download and returns a function that requests its status. */
async function startDownload(mock: MockLMStudio, body: object): Promise<() => Promise<Status>> {
  const { job_id: id } = await (await post(mock, '/api/v1/models/download', body)).json()
  return async () => (await get(mock, `/api/v1/models/download/status/${id}`)).json()
}

describe('downloads', () => {
  test('each status request downloads a quarter', async () => {
    const poll = await startDownload(createMockLMStudio(), { model: 'acme/puffin' })
    const statuses = [await poll(), await poll(), await poll(), await poll()]
    const quarters = statuses.map((one) => Math.round((4 * one.downloaded_bytes) / one.total_size_bytes))
    expect(quarters).toEqual([1, 2, 3, 4])
    expect(statuses.map(({ status }) => status)).toEqual(['downloading', 'downloading', 'downloading', 'completed'])
  })

  test('a completed download is listed', async () => {
    const mock = createMockLMStudio()
    const link = 'https://huggingface.co/acme/puffin-GGUF'
    const poll = await startDownload(mock, { model: link, quantization: 'Q4_K_M' })
    for (let count = 0; count < 4; count += 1) await poll()
    expect((await (await get(mock, '/v1/models')).json()).data.at(-1).id).toBe('acme/puffin-GGUF')
  })

  test('a downloaded model is not downloaded again', async () => {
    const response = await post(createMockLMStudio(), '/api/v1/models/download', { model: 'acme/tern-4b' })
    expect(await response.json()).toEqual({ status: 'already_downloaded' })
  })

  test.each([
    ['download-failed', 'failed'],
    ['download-paused', 'paused'],
  ] as const)('%s stops at half', async (fault, status) => {
    const poll = await startDownload(createMockLMStudio({ faults: [fault] }), { model: 'acme/puffin' })
    expect((await poll()).status).toBe('downloading')
    const stopped = await poll()
    expect(stopped.status).toBe(status)
    expect(stopped.downloaded_bytes / stopped.total_size_bytes).toBeCloseTo(0.5, 6)
    expect(await poll()).toEqual(stopped)
  })

  test('an unknown job is a 404', async () => {
    const response = await get(createMockLMStudio(), '/api/v1/models/download/status/job_0')
    expect(response.status).toBe(404)
    expect((await response.json()).error).toMatchObject({
      type: 'job_not_found',
      message: 'Download job "job_0" not found.',
    })
  })
})
