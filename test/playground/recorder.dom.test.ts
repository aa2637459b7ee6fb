import { createLMStudio } from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { clearExchanges, exchanges, isRecording, record, type Exchange } from '../../playground/src/state/recorder.js'

const last = (): Exchange => exchanges.value.at(-1)!
const textOf = ({ chunks }: Exchange): string => chunks.map(({ text }) => text).join('')

/** A `fetch` that responds with these chunks and counts how many were read. */
function respondWith(chunks: readonly string[]) {
  const seen = { pulled: 0, cancelReason: undefined as unknown }
  const fetch = async (): Promise<Response> =>
    new Response(
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const text = chunks[seen.pulled++]
            if (text === undefined) controller.close()
            else controller.enqueue(new TextEncoder().encode(text))
          },
          cancel(reason) {
            seen.cancelReason = reason
          },
        },
        { highWaterMark: 0 },
      ),
    )
  return { seen, fetch: fetch as typeof globalThis.fetch }
}

afterEach(() => {
  clearExchanges()
  isRecording.value = true
})

describe('record', () => {
  test('redacts secret headers', async () => {
    const { fetch } = respondWith([])
    const headers = { authorization: 'Bearer sk-lm-secret', 'x-api-key': 'also-secret', accept: '*/*' }
    await record(fetch)('http://127.0.0.1:1234/v1/models', { headers })
    expect(JSON.stringify(last().requestHeaders)).not.toContain('secret')
    expect(last().requestHeaders).toContainEqual(['accept', '*/*'])
    expect(last().requestHeaders).toContainEqual(['authorization', 'Bearer ••••••'])
  })

  test('redacts the headers for MCP servers and keeps the rest of the body', async () => {
    const { fetch } = respondWith([])
    const integrations = [{ type: 'ephemeral_mcp', server_url: 'http://a', headers: { 'X-Key': 'mcp-secret' } }]
    const body = JSON.stringify({ integrations, input: 'the "headers"', headers: { a: 'b' } })
    await record(fetch)('http://127.0.0.1:1234/api/v1/chat', { method: 'POST', body })
    expect(last().requestBody).toBe(body.replace('mcp-secret', '••••••'))
    await record(fetch)('http://127.0.0.1:1234/api/v1/chat', { method: 'POST', body: '{"headers"' })
    expect(last().requestBody).toBe('{"headers"')
  })

  test('rethrows an error unchanged and records the failure', async () => {
    const failure = new TypeError('Failed to fetch')
    const attempt = record(() => Promise.reject(failure))('http://127.0.0.1:1/')
    await expect(attempt).rejects.toBe(failure)
    expect(last().progress.value).toMatchObject({ outcome: 'failed', error: 'Failed to fetch' })
  })

  test('distinguishes an abort from a failure', async () => {
    const controller = new AbortController()
    const waiting = record((_, init) => new Promise((_, reject) => init!.signal!.addEventListener('abort', reject)))
    const attempt = waiting('http://127.0.0.1:1/', { signal: controller.signal })
    controller.abort()
    await expect(attempt).rejects.toBeDefined()
    expect(last().progress.value.outcome).toBe('aborted')
  })

  test('does not read ahead and forwards cancellation', async () => {
    const { seen, fetch } = respondWith(['one', 'two', 'three'])
    const response = await record(fetch)('http://127.0.0.1:1234/v1/models')
    expect(seen.pulled).toBe(0)
    const reader = response.body!.getReader()
    await reader.read()
    expect(seen.pulled).toBe(1)
    expect(last().progress.value.outcome).toBe('streaming')
    await reader.cancel('enough')
    expect(seen.cancelReason).toBe('enough')
    expect(last().progress.value.outcome).toBe('canceled')
    expect(textOf(last())).toBe('one')
  })

  test('records only the beginning of a long response and passes on all of it', async () => {
    const megabyte = 'x'.repeat(1_000_000)
    const { fetch } = respondWith(Array.from({ length: 10 }, () => megabyte))
    const text = await (await record(fetch)('http://127.0.0.1:1234/v1/models')).text()
    expect(text.length).toBe(10_000_000)
    expect(textOf(last()).length).toBe(8_000_000)
    expect(last().progress.value).toMatchObject({ bytes: 10_000_000, droppedBytes: 2_000_000, outcome: 'complete' })
  })

  test('removes the oldest exchanges beyond 200', async () => {
    const { fetch } = respondWith([])
    for (let count = 0; count < 205; count++) await record(fetch)(`http://127.0.0.1:1234/${count}`)
    expect(exchanges.value.length).toBe(200)
    expect(exchanges.value[0]?.url).toMatch(/\/5$/)
  })

  test('records nothing while recording is off', async () => {
    isRecording.value = false
    await record(respondWith([]).fetch)('http://127.0.0.1:1234/off')
    expect(exchanges.value).toEqual([])
  })
})

describe('record, between the library and LM Studio', () => {
  const streamText = async (mock: ReturnType<typeof createMockLMStudio>, stopsEarly: boolean): Promise<string> => {
    const lmstudio = createLMStudio({ fetch: record(mock.fetch), cache: false })
    let text = ''
    for await (const delta of lmstudio.stream({ model: 'acme/tern-4b', prompt: 'lorem 40' }).textStream) {
      text += delta
      if (stopsEarly) break
    }
    return text
  }

  test('records the stream as sent', async () => {
    const mock = createMockLMStudio()
    const text = await streamText(mock, false)
    expect(text.split(' ').length).toBeGreaterThanOrEqual(40)
    const exchange = exchanges.value.find(({ url }) => url.endsWith('/v1/chat/completions'))!
    expect(textOf(exchange)).toMatch(/^data: \{.*data: \[DONE\]\s*$/s)
    expect(JSON.parse(exchange.requestBody!)).toMatchObject({ model: 'acme/tern-4b', stream: true })
    // The library reads the rest after [DONE] in the background.
    await expect.poll(() => exchange.progress.value.outcome).toBe('complete')
    const { timing, status } = exchange.progress.value
    expect(status).toBe(200)
    expect(timing.headers!).toBeLessThanOrEqual(timing.firstByte!)
    expect(timing.firstByte!).toBeLessThanOrEqual(timing.end!)
    expect(exchange.chunkCount.value).toBe(exchange.chunks.length)
  })

  test('cancels the request when the loop ends early', async () => {
    const mock = createMockLMStudio()
    await streamText(mock, true)
    const call = await mock.whenCalled('/v1/chat/completions')
    expect(await call.finished).toBe('aborted')
  })
})
