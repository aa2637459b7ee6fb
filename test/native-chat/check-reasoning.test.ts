import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CallOptions } from '../../src/config/options.js'
import type { Client } from '../../src/http/types.js'
import { chat, streamChat } from '../../src/native-chat/chat.js'
import type { ChatRequest } from '../../src/native-chat/types.js'
import { json, stubFetch, testClient } from '../helpers/client.js'
import { MESSAGE, REQUEST } from '../helpers/native-chat.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request: ChatRequest = { ...REQUEST, reasoning: 'high' }

afterEach(() => void vi.useRealTimers())

const never = (): Promise<never> => new Promise(() => {})

const listOf = (options: readonly string[]): Response => {
  const capabilities = { reasoning: { allowed_options: options } }
  return json({ models: [{ key: REQUEST.model, type: 'llm', capabilities }] })
}

/** A server that responds to chats, and to requests for its models with `list`. */
function createServer(list: () => Response | Promise<Response>) {
  const stub = stubFetch((sent) =>
    sent.method === 'POST' ? json({ model_instance_id: REQUEST.model, output: [MESSAGE] }) : list(),
  )
  const chats = async (): Promise<unknown[]> =>
    Promise.all(stub.requests.filter(({ method }) => method === 'POST').map((sent) => sent.clone().json()))
  return { client: testClient({ fetch: stub.fetch, maxRetries: 0 }), requests: stub.requests, chats }
}

describe('the check of `reasoning`', () => {
  it.each<[string, (client: Client, request: ChatRequest) => Promise<unknown>]>([
    ['chat', chat],
    ['streamChat', (client, reasoningRequest) => streamChat(client, reasoningRequest).response],
  ])('rejects a `reasoning` that the model does not allow, before %s sends anything', async (_, run) => {
    const { client, chats } = createServer(() => listOf(['off', 'on']))
    expect(await rejectionOf(run(client, request))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: ['reasoning'], message: expect.stringContaining('off, on') as string }],
      hint: expect.stringContaining('default') as string,
    })
    expect(await chats()).toEqual([])
  })

  it.each<[string, () => Response]>([
    ['the model allows it', () => listOf(['off', 'high'])],
    ['the list does not say what the model allows', () => json({ models: [{ key: REQUEST.model, type: 'llm' }] })],
    ['the model is not in the list', () => json({ models: [] })],
    ['the models cannot be listed', () => json({}, { status: 500 })],
  ])('sends `reasoning` when %s', async (_, list) => {
    const { client, chats } = createServer(list)
    await chat(client, request)
    expect(await chats()).toMatchObject([{ reasoning: 'high' }])
  })

  it('does not list the models for a request without `reasoning`', async () => {
    const { client, requests } = createServer(() => listOf(['off']))
    await chat(client, REQUEST)
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/api/v1/chat'])
  })

  it('lists the models for `reasoning` with the headers of the call', async () => {
    const { client, requests } = createServer(() => listOf(['high']))
    await chat(client, request, { headers: { 'x-trace': 'abc' } })
    expect(requests.map(({ headers }) => headers.get('x-trace'))).toEqual(['abc', 'abc'])
  })

  it.each<[string, CallOptions]>([
    ['without call options', {}],
    ['whatever `timeout` of the call is', { timeout: 60_000 }],
  ])('waits 2 s for the list of models, %s', async (_, options) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    const { client, requests } = createServer(never)
    const response = chat(client, request, options)
    await vi.advanceTimersByTimeAsync(1999)
    expect(requests.map(({ method }) => method)).toEqual(['GET'])
    await vi.advanceTimersByTimeAsync(1)
    expect(await response).toMatchObject({ text: 'Found one.' })
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not retry the list of models, whatever `maxRetries` of the call is', async () => {
    const { client, requests } = createServer(() => json({}, { status: 503, headers: { 'retry-after': '0' } }))
    await chat(client, request, { maxRetries: 5 })
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/api/v1/models', '/api/v1/chat'])
  })

  it('rejects with the reason of an abort while it waits for the list of models, and sends no chat', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    const controller = new AbortController()
    const { client, chats } = createServer(() => {
      controller.abort('changed my mind')
      return never()
    })
    const rejection = rejectionOf(chat(client, request, { signal: controller.signal }))
    expect(await rejection).toBe('changed my mind')
    expect(await chats()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
