import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { chat, hello, model, post } from '../support/mock-requests.js'
import { type Frame, framesOf } from '../support/read-frames.js'

const faultyStream = (fault: MockFault): Promise<Response> =>
  chat(createMockLMStudio({ faults: [fault] }), { stream: true })

const faultyFrames = (fault: MockFault): Promise<Frame[]> => framesOf(faultyStream(fault))

describe('streams that break off', () => {
  test('cut ends the stream cleanly after two events', async () => {
    const mock = createMockLMStudio({ faults: ['cut'] })
    expect(await framesOf(chat(mock, { stream: true }))).toHaveLength(2)
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
  })

  test('cut-mid-character ends two bytes into a character', async () => {
    const bytes = new Uint8Array(await (await faultyStream('cut-mid-character')).arrayBuffer())
    expect(Array.from(bytes.subarray(-2))).toEqual([0xf0, 0x9f])
    expect(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, -2))).toMatch(/"content":"$/u)
  })

  test('huge-line sends a line of the given length without an end', async () => {
    const text = await (await faultyStream({ name: 'huge-line', bytes: 100_000, afterEvents: 1 })).text()
    expect(text.split('\n').at(-1)).toHaveLength('data: {"padding":"'.length + 100_000)
  })
})

describe('error-frame', () => {
  const message = 'Compute error.'

  test.each([
    ['object-and-message', [{ event: undefined, data: { error: { message }, message } }]],
    ['event-error', [{ event: 'error', data: { error: { message } } }]],
    ['string', [{ event: undefined, data: { error: message } }]],
    [
      'string-then-done',
      [
        { event: undefined, data: { error: message } },
        { event: undefined, data: '[DONE]' },
      ],
    ],
    [
      'object-then-done',
      [
        { event: undefined, data: { error: { message }, message } },
        { event: undefined, data: '[DONE]' },
      ],
    ],
    ['bare-text', [{ event: 'error', data: message }]],
  ] as const)('form "%s" replaces the rest of the stream', async (form, expected) => {
    expect((await faultyFrames({ name: 'error-frame', form, message })).slice(2)).toEqual(expected)
  })

  test('afterEvents: 0 makes it the first frame', async () => {
    expect(await faultyFrames({ name: 'error-frame', form: 'string', message, afterEvents: 0 })).toEqual([
      { event: undefined, data: { error: message } },
    ])
  })
})

describe('streams with an unusual end', () => {
  test('no-done omits [DONE]', async () => {
    const frames = await faultyFrames('no-done')
    expect(frames).toHaveLength(6)
    expect(frames.at(-1)?.data.choices[0].finish_reason).toBe('stop')
  })

  test.each([
    ['/api/v1/chat', { input: 'x' }, 'message.end'],
    ['/v1/responses', { input: 'x' }, 'response.output_item.done'],
    ['/v1/messages', { messages: hello, max_tokens: 9 }, 'message_delta'],
  ])('no-done omits the last event of %s', async (path, body, lastEvent) => {
    const mock = createMockLMStudio({ faults: ['no-done'] })
    const frames = await framesOf(post(mock, path, { model, stream: true, ...body }))
    expect(frames.at(-1)?.event).toBe(lastEvent)
  })

  test('no-finish-reason omits the chunk with the finish reason', async () => {
    const frames = await faultyFrames('no-finish-reason')
    expect(frames.at(-1)?.data).toBe('[DONE]')
    expect(frames.slice(0, -1).map(({ data }) => data.choices[0].finish_reason)).toEqual([null, null, null, null, null])
  })

  test('no-final-newline omits the line ends after the last event', async () => {
    expect(await (await faultyStream('no-final-newline')).text()).toMatch(/\n\ndata: \[DONE\]$/u)
  })
})

describe('streams with unusual chunks', () => {
  test('null-error adds "error": null to every chunk', async () => {
    const chunks = (await faultyFrames('null-error')).slice(0, -1)
    expect(chunks.map(({ data }) => data.error)).toEqual([null, null, null, null, null, null])
  })

  test('json-instead-of-stream is a whole completion', async () => {
    const response = await faultyStream('json-instead-of-stream')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect((await response.json()).object).toBe('chat.completion')
  })
})
