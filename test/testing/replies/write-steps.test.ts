import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFraming } from '../../../src/testing/index.js'
import { chat, get, user } from '../support/mock-requests.js'

async function chunksOf(framing: MockFraming): Promise<Uint8Array[]> {
  const mock = createMockLMStudio({ framing, now: () => 0 })
  const chunks: Uint8Array[] = []
  const response = await chat(mock, { ...user('echo: über 🌊 naïve'), stream: true })
  for await (const chunk of response.body ?? []) chunks.push(chunk)
  return chunks
}

const decode = (chunks: readonly Uint8Array[]): string =>
  new TextDecoder().decode(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])))

describe('framing', () => {
  test.each([1, 7, 1_000_000])('chunks of %i bytes carry the same text', async (chunkBytes) => {
    const chunks = await chunksOf({ chunkBytes })
    expect(chunks.slice(0, -1).filter(({ length }) => length !== chunkBytes)).toEqual([])
    expect(decode(chunks)).toBe(decode(await chunksOf({})))
  })

  test('chunks of one byte cut characters', async () => {
    const firstBytesOfWave = (await chunksOf({ chunkBytes: 1 })).filter(([byte]) => byte === 0xf0)
    expect(firstBytesOfWave).toHaveLength(1)
  })

  test('an event counts as sent when its last byte is written', async () => {
    const mock = createMockLMStudio({ framing: { chunkBytes: 16 } })
    const reader = (await chat(mock, { stream: true })).body?.getReader()
    await reader?.read()
    expect(mock.calls[0]?.eventsSent).toBe(0)
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read());
    expect(mock.calls[0]?.eventsSent).toBe(7)
  })

  test.each(['\r\n', '\r'] as const)('lineEnding %j replaces every line end', async (lineEnding) => {
    const text = decode(await chunksOf({ lineEnding }))
    expect(text.replaceAll(lineEnding, '\n')).toBe(decode(await chunksOf({})))
    expect(text.replaceAll(lineEnding, '')).not.toMatch(/[\r\n]/u)
  })

  test('comments precede every event', async () => {
    const text = decode(await chunksOf({ comments: true }))
    expect(text.match(/^: comment\ndata: /gmu)).toHaveLength(5)
    expect(text.match(/^data: /gmu)).toHaveLength(5)
  })

  test('chunkBytes also cuts a body that is not a stream', async () => {
    const mock = createMockLMStudio({ framing: { chunkBytes: 5 } })
    const lengths: number[] = []
    for await (const chunk of (await get(mock, '/lmstudio-greeting')).body ?? []) lengths.push(chunk.length)
    expect(lengths).toEqual([5, 5, 5, 2])
  })
})
