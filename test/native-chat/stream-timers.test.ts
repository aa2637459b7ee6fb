import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { streamChat } from '../../src/native-chat/chat.js'
import { encode } from '../helpers/bytes.js'
import { testClient } from '../helpers/client.js'
import { endFrame, MESSAGE, nativeFrame, openChat, REQUEST, textFrame } from '../helpers/native-chat.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const LIMITS = { generationTimeout: 1000, idleTimeout: 100 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Expects that a stream which sends nothing after these chunks rejects after exactly `ms`. */
async function expectTimeout(chunks: readonly string[], limit: string, ms: number): Promise<void> {
  const { stream } = openChat(chunks, 'hang', LIMITS)
  let error: unknown
  const rejection = rejectionOf(stream.response).then((reason) => (error = reason))
  await vi.advanceTimersByTimeAsync(ms - 1)
  expect(error).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  await rejection
  expect(error).toMatchObject({ name: 'TimeoutError', limit, timeoutMs: ms })
  expect(vi.getTimerCount()).toBe(0)
}

describe('the time limit of a chat', () => {
  it.each([
    ['the start of the chat', [nativeFrame('chat.start')]],
    ['the start of a model load', [nativeFrame('chat.start'), nativeFrame('model_load.start')]],
    ['the progress of a model load', [nativeFrame('model_load.progress', { progress: 0.4 })]],
    ['the end of a model load', [nativeFrame('model_load.end', { load_time_seconds: 1 })]],
    ['the progress of prompt processing', [nativeFrame('prompt_processing.progress', { progress: 0.4 })]],
  ])('waits `generationTimeout` after %s', async (_, chunks) => {
    await expectTimeout(chunks, 'generationTimeout', 1000)
  })

  it.each([
    ['text', [textFrame('Found ')]],
    ['reasoning', [nativeFrame('reasoning.delta', { content: 'Hm' })]],
    ['a tool call', [nativeFrame('tool_call.start', { tool: 't' })]],
    ['text and then progress', [textFrame('Found '), nativeFrame('prompt_processing.progress', { progress: 0.4 })]],
  ])('waits `idleTimeout` after %s', async (_, chunks) => {
    await expectTimeout(chunks, 'idleTimeout', 100)
  })

  /** Sends one chunk every `ms`. */
  const drip = (ms: number, chunks: readonly string[]): ReadableStream<Uint8Array> => {
    let index = 0
    return new ReadableStream<Uint8Array>(
      {
        async pull(body) {
          await new Promise((resolve) => setTimeout(resolve, ms))
          const chunk = chunks[index++]
          if (chunk === undefined) body.close()
          else body.enqueue(encode(chunk))
        },
      },
      { highWaterMark: 0 },
    )
  }

  const dripChat = (ms: number, chunks: readonly string[]) => {
    const response = new Response(drip(ms, chunks), { headers: { 'content-type': 'text/event-stream' } })
    return streamChat(testClient({ fetch: async () => response, ...LIMITS }), REQUEST)
  }

  it('restarts the time limit with each progress event, so that a long model load can finish', async () => {
    const progress = Array.from({ length: 9 }, (_, at) => nativeFrame('model_load.progress', { progress: at / 9 }))
    const { response } = dripChat(800, [...progress, endFrame(MESSAGE)])
    await vi.advanceTimersByTimeAsync(8000)
    expect(await response).toMatchObject({ text: 'Found one.' })
  })

  it('does not restart the time limit with events that announce work or are unknown', async () => {
    const chunks = [
      nativeFrame('chat.start'),
      nativeFrame('model_load.start'),
      nativeFrame('prompt_processing.start'),
      nativeFrame('speculation.hint'),
      textFrame('late'),
    ]
    const rejection = rejectionOf(dripChat(240, chunks).response)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await rejection).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', partial: { text: '' } })
  })
})
