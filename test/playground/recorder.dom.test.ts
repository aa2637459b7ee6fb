import { createLMStudio } from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { clearExchanges, exchanges, isRecording, record, type Exchange } from '../../playground/src/state/recorder.js'

const last = (): Exchange => exchanges.value.at(-1)!
const textOf = ({ chunks }: Exchange): string => chunks.map(({ text }) => text).join('')

/** A `fetch` whose answer has these pieces, and that counts how many were asked for. */
function pieces(list: readonly string[]) {
  const seen = { asked: 0, cancelled: undefined as unknown }
  const fetch = async (): Promise<Response> =>
    new Response(
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const text = list[seen.asked++]
            if (text === undefined) controller.close()
            else controller.enqueue(new TextEncoder().encode(text))
          },
          cancel(reason) {
            seen.cancelled = reason
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
  test('keeps no secret of the headers', async () => {
    const { fetch } = pieces([])
    const headers = { authorization: 'Bearer sk-lm-secret', 'x-api-key': 'also-secret', accept: '*/*' }
    await record(fetch)('http://127.0.0.1:1234/v1/models', { headers })
    expect(JSON.stringify(last().requestHeaders)).not.toContain('secret')
    expect(last().requestHeaders).toContainEqual(['accept', '*/*'])
    expect(last().requestHeaders).toContainEqual(['authorization', 'Bearer ••••••'])
  })

  test('keeps no header that an MCP server is to be sent, and leaves the rest of the body as it is', async () => {
    const { fetch } = pieces([])
    const integrations = [{ type: 'ephemeral_mcp', server_url: 'http://a', headers: { 'X-Key': 'mcp-secret' } }]
    const body = JSON.stringify({ integrations, input: 'the "headers"', headers: { a: 'b' } })
    await record(fetch)('http://127.0.0.1:1234/api/v1/chat', { method: 'POST', body })
    expect(last().requestBody).toBe(body.replace('mcp-secret', '••••••'))
    await record(fetch)('http://127.0.0.1:1234/api/v1/chat', { method: 'POST', body: '{"headers"' })
    expect(last().requestBody).toBe('{"headers"')
  })

  test('passes on a failure as it is, and says that it failed', async () => {
    const failure = new TypeError('Failed to fetch')
    const attempt = record(() => Promise.reject(failure))('http://127.0.0.1:1/')
    await expect(attempt).rejects.toBe(failure)
    expect(last().progress.value).toMatchObject({ outcome: 'failed', error: 'Failed to fetch' })
  })

  test('tells an abort from a failure', async () => {
    const stop = new AbortController()
    const waiting = record((_, init) => new Promise((_, reject) => init!.signal!.addEventListener('abort', reject)))
    const attempt = waiting('http://127.0.0.1:1/', { signal: stop.signal })
    stop.abort()
    await expect(attempt).rejects.toBeDefined()
    expect(last().progress.value.outcome).toBe('aborted')
  })

  test('reads nothing ahead of the reader, and cancels the answer with it', async () => {
    const { seen, fetch } = pieces(['one', 'two', 'three'])
    const response = await record(fetch)('http://127.0.0.1:1234/v1/models')
    expect(seen.asked).toBe(0)
    const reader = response.body!.getReader()
    await reader.read()
    expect(seen.asked).toBe(1)
    expect(last().progress.value.outcome).toBe('streaming')
    await reader.cancel('enough')
    expect(seen.cancelled).toBe('enough')
    expect(last().progress.value.outcome).toBe('canceled')
    expect(textOf(last())).toBe('one')
  })

  test('keeps of an endless answer only the beginning, and hands over all of it', async () => {
    const megabyte = 'x'.repeat(1_000_000)
    const { fetch } = pieces(Array.from({ length: 10 }, () => megabyte))
    const text = await (await record(fetch)('http://127.0.0.1:1234/v1/models')).text()
    expect(text.length).toBe(10_000_000)
    expect(textOf(last()).length).toBe(8_000_000)
    expect(last().progress.value).toMatchObject({ bytes: 10_000_000, droppedBytes: 2_000_000, outcome: 'complete' })
  })

  test('forgets the oldest beyond two hundred', async () => {
    const { fetch } = pieces([])
    for (let count = 0; count < 205; count++) await record(fetch)(`http://127.0.0.1:1234/${count}`)
    expect(exchanges.value.length).toBe(200)
    expect(exchanges.value[0]?.url).toMatch(/\/5$/)
  })

  test('writes nothing down while it is off', async () => {
    isRecording.value = false
    await record(pieces([]).fetch)('http://127.0.0.1:1234/off')
    expect(exchanges.value).toEqual([])
  })
})

describe('record, between the library and LM Studio', () => {
  const answered = async (mock: ReturnType<typeof createMockLMStudio>, isLeft: boolean): Promise<string> => {
    const lmstudio = createLMStudio({ fetch: record(mock.fetch), cache: false })
    let text = ''
    for await (const piece of lmstudio.stream({ model: 'acme/tern-4b', prompt: 'lorem 40' }).textStream) {
      text += piece
      if (isLeft) break
    }
    return text
  }

  test('shows the stream as it was on the wire', async () => {
    const mock = createMockLMStudio()
    const text = await answered(mock, false)
    expect(text.split(' ').length).toBeGreaterThanOrEqual(40)
    const exchange = exchanges.value.find(({ url }) => url.endsWith('/v1/chat/completions'))!
    expect(textOf(exchange)).toMatch(/^data: \{.*data: \[DONE\]\s*$/s)
    expect(JSON.parse(exchange.requestBody!)).toMatchObject({ model: 'acme/tern-4b', stream: true })
    // The library reads what follows the last mark without waiting for it.
    await expect.poll(() => exchange.progress.value.outcome).toBe('complete')
    const { timing, status } = exchange.progress.value
    expect(status).toBe(200)
    expect(timing.headers!).toBeLessThanOrEqual(timing.firstByte!)
    expect(timing.firstByte!).toBeLessThanOrEqual(timing.end!)
    expect(exchange.chunkCount.value).toBe(exchange.chunks.length)
  })

  test('lets the server stop when the loop is left', async () => {
    const mock = createMockLMStudio()
    await answered(mock, true)
    const call = await mock.whenCalled('/v1/chat/completions')
    expect(await call.finished).toBe('aborted')
  })
})
