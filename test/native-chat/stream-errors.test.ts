import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collect } from '../helpers/collect.js'
import { fixtureBytes } from '../helpers/fixtures.js'
import { endFrame, MESSAGE, nativeFrame, openChat, partialOf, textFrame } from '../helpers/native-chat.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const START = [nativeFrame('chat.start', { model_instance_id: 'acme/tern-4b:2' }), textFrame('Found ')]
const ERROR = nativeFrame('error', { error: { type: 'internal_error', message: 'Compute error.' } })
const CRASHED = { name: 'ModelLoadError', code: 'engine-crashed' }

describe('an error within the stream of a chat', () => {
  it('throws an error within the stream of a chat after chat.end, with the partial response', async () => {
    const { stream } = openChat([fixtureBytes('errors/native-error-then-end.sse')])
    const { events, error } = await collect(stream)
    expect(events.at(-1)).toEqual({ type: 'text-delta', text: 'Found ' })
    expect(error).toMatchObject({ ...CRASHED, serverMessage: 'Compute error.' })
    expect(partialOf(error)).toMatchObject({
      text: 'Found ',
      output: [{ type: 'message', text: 'Found ' }],
      usage: { inputTokens: 20, outputTokens: 2 },
      toolCalls: [],
    })
    expect(partialOf(error)).not.toHaveProperty('finishReason')
    expect(await rejectionOf(stream.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('Found')
  })

  it('throws an error within the stream of a chat that ends without chat.end', async () => {
    const { error } = await collect(openChat([fixtureBytes('errors/native-error-without-end.sse')]).stream)
    expect(error).toMatchObject({
      name: 'ApiError',
      code: 'integration-unreachable',
      serverType: 'mcp_connection_error',
      hint: expect.stringContaining('MCP server') as string,
    })
  })

  it.each<[string, string]>([
    ["this route's shape", ERROR],
    ['an object and a message', 'data: {"error":{"message":"Compute error."},"message":"Compute error."}\n\n'],
    ['an event named error', 'event: error\ndata: {"error":{"message":"Compute error."}}\n\n'],
    ['a string', 'data: {"error":"Compute error."}\n\n'],
    ['a string before the end marker', 'data: {"error":"Compute error."}\n\ndata: [DONE]\n\n'],
    ['text in an event named error', 'event: error\ndata: Compute error.\n\n'],
    ["Anthropic's shape", 'data: {"type":"error","error":{"type":"api_error","message":"Compute error."}}\n\n'],
    ['a field of another event', nativeFrame('message.delta', { content: '', error: { message: 'Compute error.' } })],
    ['the first of two errors', 'data: {"error":"Compute error."}\n\ndata: {"error":"Model is unloaded."}\n\n'],
    ['a field of chat.end', nativeFrame('chat.end', { error: 'Compute error.', result: { output: [] } })],
    ['a field of the result', nativeFrame('chat.end', { result: { error: 'Compute error.', output: [] } })],
  ])('recognizes an error within the stream of a chat as %s', async (_, chunk) => {
    const { events, error } = await collect(openChat([...START, chunk]).stream)
    expect(events).toHaveLength(2)
    expect(error).toMatchObject(CRASHED)
    expect(partialOf(error)).toMatchObject({ text: 'Found ', model: 'acme/tern-4b:2', id: '' })
    expect(partialOf(error)).not.toHaveProperty('responseId')
  })

  it('recognizes an error of a chat as JSON instead of events', async () => {
    const { error } = await collect(openChat(['{"error":{"message":"Compute error."}}']).stream)
    expect(error).toMatchObject(CRASHED)
  })

  it('throws the error of a chat when the connection breaks after it', async () => {
    const { error } = await collect(openChat([...START, ERROR], new Error('reset')).stream)
    expect(error).toMatchObject(CRASHED)
  })

  it('throws the error of a chat although an invalid event follows', async () => {
    const { error } = await collect(openChat([...START, ERROR, nativeFrame('message.delta', { content: 7 })]).stream)
    expect(error).toMatchObject(CRASHED)
  })

  it('yields text after an error, whose partial response has the id of the stored response', async () => {
    const result = { model_instance_id: 'm', output: [MESSAGE], response_id: 'resp_1' }
    const chunks = [...START, ERROR, textFrame('one.'), nativeFrame('chat.end', { result })]
    const { events, error } = await collect(openChat(chunks).stream)
    expect(events.at(-1)).toEqual({ type: 'text-delta', text: 'one.' })
    expect(partialOf(error)).toMatchObject({ text: 'Found one.', responseId: 'resp_1', id: 'resp_1', model: 'm' })
  })
})

describe('the wait after an error within the stream of a chat', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits 5 s for chat.end after an error, then closes the connection', async () => {
    const { stream, body } = openChat([...START, ERROR], 'hang')
    const rejection = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(4999)
    expect(body.wasCanceled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await rejection).toMatchObject(CRASHED)
    expect(body.wasCanceled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('adds text that arrives during the 5 s to the partial response', async () => {
    const { stream } = openChat([...START, ERROR, textFrame('one.')], 'hang')
    const rejection = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await rejection).toMatchObject({ ...CRASHED, partial: { text: 'Found one.' } })
  })

  it('throws the error at chat.end without waiting', async () => {
    const { stream } = openChat([...START, ERROR, endFrame(MESSAGE)], 'hang')
    const rejection = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(0)
    expect(await rejection).toMatchObject({ ...CRASHED, partial: { text: 'Found one.' } })
  })
})
