import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { model, post } from '../support/mock-requests.js'
import { type Frame, eventsOf, framesOf } from '../support/read-frames.js'

const native = (fault: MockFault, body: object = {}): Promise<Response> =>
  post(createMockLMStudio({ faults: [fault] }), '/api/v1/chat', { model, input: 'Hello.', reasoning: 'off', ...body })

const nativeFrames = (fault: MockFault, body: object = {}): Promise<Frame[]> =>
  framesOf(native(fault, { stream: true, ...body }))

const withBirds = { integrations: ['mcp/birds'] }

describe('native chat faults', () => {
  test('prompt-processing-end-twice repeats the event', async () => {
    const frames = await nativeFrames('prompt-processing-end-twice')
    expect(frames.filter(({ event }) => event === 'prompt_processing.end')).toHaveLength(2)
  })

  test('unknown-event is the second event', async () => {
    expect((await nativeFrames('unknown-event'))[1]).toEqual({
      event: 'speculation.hint',
      data: { type: 'speculation.hint', depth: 3 },
    })
  })

  test('error-then-chat-end ends with the text that was sent before the error', async () => {
    const frames = await nativeFrames({ name: 'error-then-chat-end', afterEvents: 6, type: 'unknown', message: 'No.' })
    expect(eventsOf(frames)).toEqual([
      'chat.start',
      'prompt_processing.start',
      'prompt_processing.end',
      'message.start',
      'message.delta',
      'error',
      'chat.end',
    ])
    expect(frames.at(-2)?.data.error).toEqual({ type: 'unknown', message: 'No.' })
    expect(frames.at(-1)?.data.result.output).toEqual([{ type: 'message', content: 'You said' }])
  })

  test('flat-chat-end has the fields of the result in the event', async () => {
    expect((await nativeFrames('flat-chat-end')).at(-1)?.data).toMatchObject({
      type: 'chat.end',
      output: [{ type: 'message', content: 'You said: Hello.' }],
      stats: { total_output_tokens: 5 },
    })
  })

  test('tool-call-failure calls a tool that does not exist', async () => {
    const frames = await nativeFrames('tool-call-failure', withBirds)
    expect(frames.find(({ event }) => event === 'tool_call.failure')?.data).toEqual({
      type: 'tool_call.failure',
      reason: 'Cannot find tool with name search.',
      metadata: { type: 'invalid_name', tool_name: 'search' },
    })
    expect(frames.at(-1)?.data.result.output[0].type).toBe('invalid_tool_call')
  })

  test('mcp-connection-error is a 400, or an error event without chat.end', async () => {
    const response = await native('mcp-connection-error', withBirds)
    expect(response.status).toBe(400)
    const error = { type: 'mcp_connection_error', message: 'Could not connect to MCP server "mcp/birds".' }
    expect((await response.json()).error).toMatchObject(error)
    const frames = await nativeFrames('mcp-connection-error', withBirds)
    expect(frames.map(({ event }) => event)).toEqual(['chat.start', 'error'])
    expect(frames[1]?.data.error).toMatchObject(error)
  })

  test('permission-denied is a 403 for the plugin', async () => {
    const response = await native('permission-denied', withBirds)
    expect(response.status).toBe(403)
    expect((await response.json()).error).toMatchObject({
      code: 'permission_denied',
      message: "Permission denied to use plugin 'mcp/birds'.",
    })
  })

  test('error-frame has the form of the native route', async () => {
    const frames = await nativeFrames({ name: 'error-frame', form: 'event-error', message: 'No.' })
    expect(frames.at(-1)).toEqual({
      event: 'error',
      data: { type: 'error', error: { type: 'internal_error', message: 'No.' } },
    })
  })
})
