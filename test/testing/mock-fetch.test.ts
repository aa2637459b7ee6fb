import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../src/testing/index.js'
import { chat } from './support/mock-requests.js'

const reason = new Error('changed my mind')

describe('aborting a call of the mock fetch', () => {
  test('a signal that is already aborted rejects with its reason, and nothing is called', async () => {
    const mock = createMockLMStudio()
    await expect(chat(mock, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(mock.calls).toHaveLength(0)
  })

  test('an abort before the headers rejects with its reason', async () => {
    const mock = createMockLMStudio({ faults: ['delay-headers'] })
    const controller = new AbortController()
    const response = chat(mock, {}, { signal: controller.signal })
    await mock.whenHeld()
    controller.abort(reason)
    await expect(response).rejects.toBe(reason)
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('an abort during the body errors the body with its reason', async () => {
    const mock = createMockLMStudio()
    const controller = new AbortController()
    const response = await chat(mock, { stream: true }, { signal: controller.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    controller.abort(reason)
    await expect(reader?.read()).rejects.toBe(reason)
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
    expect(mock.calls[0]).toMatchObject({ aborted: true, eventsSent: 1 })
  })

  test('an abort after the end of the body changes nothing', async () => {
    const mock = createMockLMStudio()
    const controller = new AbortController()
    await (await chat(mock, { stream: true }, { signal: controller.signal })).text()
    controller.abort()
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
    expect(mock.calls[0]?.aborted).toBe(false)
  })

  test('an abort while a script is pending rejects', async () => {
    const mock = createMockLMStudio({ reply: () => new Promise(() => undefined) })
    const controller = new AbortController()
    const response = chat(mock, {}, { signal: controller.signal })
    await mock.whenCalled('/v1/chat/completions')
    controller.abort()
    await expect(response).rejects.toThrow('aborted')
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('canceling the body stops the generation, and nothing is generated before it is read', async () => {
    const mock = createMockLMStudio()
    const response = await chat(mock, { messages: [{ role: 'user', content: 'lorem 1000' }], stream: true })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.read()
    expect(mock.calls[0]?.eventsSent).toBe(2)
    await reader?.cancel()
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })
})

describe('redirects', () => {
  const redirected = (redirect: RequestRedirect, location = '/v1/models'): Promise<Response> => {
    const fault: MockFault = { name: 'redirect', location }
    return chat(createMockLMStudio({ faults: [fault] }), {}, { redirect })
  }

  test('"follow" sends a GET to the location', async () => {
    expect(await (await redirected('follow')).json()).toMatchObject({ object: 'list' })
  })

  test('"manual" returns the redirect', async () => {
    expect((await redirected('manual')).status).toBe(302)
  })

  test('"error" rejects with a TypeError', async () => {
    await expect(redirected('error')).rejects.toThrow(TypeError)
  })

  test('a location on another host rejects as if nothing listened there', async () => {
    await expect(redirected('follow', 'http://127.0.0.1:9/moved')).rejects.toThrow('fetch failed')
  })
})
