import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { chat, get, post } from '../support/mock-requests.js'
import { framesOf } from '../support/read-frames.js'

describe('which call takes a fault', () => {
  test('each call takes one fault, in the order of injection', async () => {
    const mock = createMockLMStudio()
    mock.inject('status-500')
    mock.inject('status-503', { times: 2 })
    const statuses: number[] = []
    for (let call = 0; call < 4; call += 1) statuses.push((await chat(mock)).status)
    expect(statuses).toEqual([500, 503, 503, 200])
  })

  test('a fault with a path waits for a call to that path', async () => {
    const mock = createMockLMStudio()
    mock.inject('status-500', { path: '/v1/models' })
    expect((await chat(mock)).status).toBe(200)
    expect((await get(mock, '/v1/models?x=1')).status).toBe(500)
    expect((await get(mock, '/v1/models')).status).toBe(200)
  })

  test('times: Infinity applies to every call', async () => {
    const mock = createMockLMStudio()
    mock.inject('status-502', { path: /embeddings$/u, times: Infinity })
    const statuses: number[] = []
    for (let call = 0; call < 3; call += 1) statuses.push((await post(mock, '/v1/embeddings', {})).status)
    expect(statuses).toEqual([502, 502, 502])
  })

  test('a stream fault waits for a stream', async () => {
    const mock = createMockLMStudio({ faults: ['cut'] })
    expect((await (await chat(mock)).json()).choices[0].finish_reason).toBe('stop')
    expect(await framesOf(chat(mock, { stream: true }))).toHaveLength(2)
  })

  test('with a path, a stream fault takes a call that is not a stream', async () => {
    const mock = createMockLMStudio()
    mock.inject('cut', { path: '/v1/models' })
    await expect((await get(mock, '/v1/models')).json()).rejects.toThrow(SyntaxError)
  })

  test('a preflight takes no fault', async () => {
    const mock = createMockLMStudio({ faults: ['status-500'] })
    expect((await get(mock, '/v1/models', { method: 'OPTIONS' })).status).toBe(204)
    expect((await get(mock, '/v1/models')).status).toBe(500)
  })

  test('inject throws for an unknown name and lists the known ones', () => {
    const mock = createMockLMStudio()
    expect(() => mock.inject('stauts-500' as MockFault)).toThrow(
      /^Unknown fault "stauts-500"\. Known faults: status-<n>, raw, .*, stall, /u,
    )
  })

  test('reset removes injected faults and restores those of the options', async () => {
    const mock = createMockLMStudio({ faults: ['status-500'] })
    mock.inject('status-503', { times: Infinity })
    mock.reset()
    expect([(await chat(mock)).status, (await chat(mock)).status]).toEqual([500, 200])
  })
})
