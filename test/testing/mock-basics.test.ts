import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'

let server: MockLMStudioServer

beforeEach(async () => {
  server = await startMockLMStudio()
})

afterEach(async () => {
  await server.close()
})

const chat = (body: object, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/tern-4b', messages: [{ role: 'user', content: 'Hello.' }], ...body }),
    ...init,
  })

describe('discovery', () => {
  test('the greeting says it is LM Studio', async () => {
    const response = await fetch(`${server.url}/lmstudio-greeting`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ lmstudio: true })
  })

  test('every answer looks like one of Express', async () => {
    const response = await fetch(`${server.url}/v1/models`)
    expect(response.headers.get('x-powered-by')).toBe('Express')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('etag')).toMatch(/^W\/"[0-9a-f]+-.{27}"$/u)
  })

  test('an unknown path gets status 200 and the catch-all error', async () => {
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ error: 'Unexpected endpoint or method. (POST /chat/completions)' })
  })
})

describe('chat completions', () => {
  test('an answer repeats the question and counts its tokens', async () => {
    const body = await (await chat({ reasoning_effort: 'none' })).json()
    expect(body.choices[0].message.content).toBe('You said: Hello.')
    expect(body.choices[0].finish_reason).toBe('stop')
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens)
  })

  test('a stream has one event per token, a finish reason, the usage asked for, and the mark of its end', async () => {
    const text = await (await chat({ stream: true, stream_options: { include_usage: true } })).text()
    const frames = text.trimEnd().split('\n\n')
    expect(frames.at(-1)).toBe('data: [DONE]')
    const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame.slice('data: '.length)))
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('You said: Hello.')
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop')
    expect(chunks.at(-1).choices).toEqual([])
    expect(server.calls[0]?.eventsSent).toBe(frames.length)
    await expect(server.calls[0]?.finished).resolves.toBe('completed')
  })

  test('a client that goes away stops the generation and is recorded', async () => {
    server.inject({ name: 'stall', afterEvents: 1 })
    const controller = new AbortController()
    const response = await chat({ stream: true }, { signal: controller.signal })
    await server.whenHeld()
    controller.abort()
    await expect(response.text()).rejects.toThrow()
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
    expect(server.calls[0]?.aborted).toBe(true)
  })
})

describe('faults', () => {
  test('a status fault spoils one call and no more', async () => {
    server.inject({ name: 'status-429', retryAfter: 2 })
    const first = await chat({})
    expect(first.status).toBe(429)
    expect(first.headers.get('retry-after')).toBe('2')
    expect((await chat({})).status).toBe(200)
  })

  test('a reset before the headers rejects the fetch', async () => {
    server.inject('reset')
    await expect(chat({})).rejects.toThrow(TypeError)
    await expect(server.calls[0]?.finished).resolves.toBe('dropped')
  })
})
