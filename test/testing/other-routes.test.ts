import { describe, expect, test, vi } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { ask, hello, model } from './ask.js'
import { readFrames, type Frame } from './read-frames.js'

const dot = (left: number[], right: number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)

async function embed(input: unknown, extra: object = {}): Promise<number[][]> {
  const body = { model: 'text-embedding-plover-v2', input, ...extra }
  const answer = await (await ask(createMockLMStudio(), '/v1/embeddings', body)).json()
  return answer.data.map(({ embedding }: { embedding: number[] }) => embedding)
}

describe('embeddings', () => {
  test('texts that mean the same are closer than texts that do not', async () => {
    const [cat, cats, engine, sail, sailing] = (await embed([
      'cat',
      'cats',
      'car engine',
      'They sail to the harbour',
      'Sailing into a harbour',
    ])) as [number[], number[], number[], number[], number[]]
    expect(dot(cat, cats)).toBeGreaterThan(0.6)
    expect(dot(cat, engine)).toBeLessThan(0.3)
    expect(dot(sail, sailing)).toBeGreaterThan(dot(sail, engine))
    expect(dot(cat, cat)).toBeCloseTo(1, 5)
  })

  test('an empty text has a vector of length one too', async () => {
    const [empty] = (await embed('')) as [number[]]
    expect(dot(empty, empty)).toBeCloseTo(1, 5)
  })

  test('base64 is not heard of: floats come back', async () => {
    const [vector] = (await embed('gull', { encoding_format: 'base64', dimensions: 3 })) as [number[]]
    expect(vector).toHaveLength(256)
  })

  test.each([[[1, 2, 3]], [[[1, 2]]], [undefined], [{}]])('token ids and the like are refused: %j', async (input) => {
    const response = await ask(createMockLMStudio(), '/v1/embeddings', { model, input })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: "'input' field must be a string or an array of strings" })
  })

  test('a language model embeds nothing, and an embedding model does not chat', async () => {
    const mock = createMockLMStudio()
    expect((await ask(mock, '/v1/embeddings', { model, input: 'x' })).status).toBe(400)
    const chat = { model: 'text-embedding-plover-v2', messages: hello }
    expect((await ask(mock, '/v1/chat/completions', chat)).status).toBe(400)
  })
})

describe('text completions', () => {
  test('a prompt is gone on with', async () => {
    const body = { model: 'acme/heron-base', prompt: 'The gull cried', max_tokens: 2 }
    const answer = await (await ask(createMockLMStudio(), '/v1/completions', body)).json()
    expect(answer.model).toBe('acme/heron-base')
    expect(answer.choices[0]).toMatchObject({ text: ' and the', finish_reason: 'length' })
  })

  test('without a prompt there is nothing to go on with', async () => {
    expect((await ask(createMockLMStudio(), '/v1/completions', { model })).status).toBe(400)
  })

  test('a stream ends with a reason, the usage asked for, and its mark', async () => {
    const body = { model, prompt: 'lorem 3', stream: true, stream_options: { include_usage: true } }
    const frames = readFrames(await (await ask(createMockLMStudio(), '/api/v0/completions', body)).text())
    const text = frames.map(({ data }) => data.choices?.[0]?.text ?? '').join('')
    expect(text.split(' ')).toHaveLength(3)
    expect(frames.at(-3)?.data.stats.stop_reason).toBe('eosFound')
    expect(frames.at(-2)?.data.usage.total_tokens).toBeGreaterThan(0)
    expect(frames.at(-1)?.data).toBe('[DONE]')
  })
})

describe('responses', () => {
  const tools = [{ type: 'function', name: 'tide_at', parameters: { type: 'object', properties: {} } }]

  test('a conversation goes on from any stored answer', async () => {
    const prompts: number[] = []
    const mock = createMockLMStudio({
      reply: ({ messages }) => {
        prompts.push(messages.length)
        return 'Aye.'
      },
    })
    const say = async (body: object): Promise<string> =>
      (await (await ask(mock, '/v1/responses', { model, input: 'Go on.', ...body })).json()).id
    const first = await say({})
    await say({ previous_response_id: first })
    await say({ previous_response_id: first })
    expect(prompts).toEqual([1, 3, 3])
    const unstored = await say({ store: false })
    const lost = await ask(mock, '/v1/responses', { model, input: 'x', previous_response_id: unstored })
    expect([lost.status, (await lost.json()).error.param]).toEqual([400, 'previous_response_id'])
  })

  test('a function call and its output make a round', async () => {
    const mock = createMockLMStudio()
    const first = await ask(mock, '/v1/responses', { model, input: 'Tide?', tools, reasoning: { effort: 'none' } })
    const [call] = (await first.json()).output
    expect(call).toMatchObject({ type: 'function_call', name: 'tide_at', arguments: '{}' })
    const input = [
      { role: 'user', content: 'Tide?' },
      call,
      { type: 'function_call_output', call_id: call.call_id, output: '04:12' },
    ]
    const second = await (await ask(mock, '/v1/responses', { model, input, reasoning: { effort: 'none' } })).json()
    expect(second.output[0].content[0].text).toBe('According to tide_at: 04:12')
  })

  test('text.format is accepted and not kept to', async () => {
    const text = { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } }
    const body = { model, input: 'Hello.', text, reasoning: { effort: 'none' } }
    const answer = await (await ask(createMockLMStudio(), '/v1/responses', body)).json()
    expect(answer.text).toEqual(text)
    expect(answer.output[0].content[0].text).toBe('You said: Hello.')
  })

  test('an answer that was cut is incomplete and says why', async () => {
    const body = { model, input: 'lorem 50', max_output_tokens: 3, reasoning: { effort: 'none' } }
    const answer = await (await ask(createMockLMStudio(), '/v1/responses', body)).json()
    expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  })

  test('a stream numbers its events from zero', async () => {
    const body = { model, input: 'Hello.', stream: true }
    const frames = readFrames(await (await ask(createMockLMStudio(), '/v1/responses', body)).text())
    expect(frames.map(({ data }) => data.sequence_number)).toEqual(frames.map((_frame, index) => index))
    expect(frames.at(-1)?.event).toBe('response.completed')
  })

  test.each([
    ['an object tool_choice', { input: 'x', tool_choice: { type: 'function' } }],
    ['a tool without a name', { input: 'x', tools: [{ type: 'function' }] }],
    ['a strange role', { input: [{ role: 'gull', content: 'x' }] }],
    [
      'a remote image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://example.org/a.png' }] }] },
    ],
    ['no input', {}],
  ])('%s is refused with an object', async (_name, body) => {
    const response = await ask(createMockLMStudio(), '/v1/responses', { model, ...body })
    expect(response.status).toBe(400)
    expect((await response.json()).error.type).toBe('invalid_request_error')
  })
})

describe('messages', () => {
  const tools = [{ name: 'tide_at', input_schema: { type: 'object', properties: { harbour: { type: 'string' } } } }]

  test('a tool is used, and its result put into words', async () => {
    const mock = createMockLMStudio()
    const messages = [{ role: 'user', content: 'Tide at Oban?' }]
    const first = await (await ask(mock, '/v1/messages', { model, max_tokens: 99, messages, tools })).json()
    expect(first.stop_reason).toBe('tool_use')
    expect(first.content[0]).toMatchObject({ type: 'tool_use', name: 'tide_at', input: { harbour: 'Oban' } })
    const result = { type: 'tool_result', tool_use_id: first.content[0].id, content: [{ type: 'text', text: '04:12' }] }
    const rest = [
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]
    const second = await (
      await ask(mock, '/v1/messages', { model, max_tokens: 99, messages: [...messages, ...rest], tools })
    ).json()
    expect(second.content).toEqual([{ type: 'text', text: 'According to tide_at: 04:12' }])
  })

  test('a stream of a tool use gives its input in pieces of JSON', async () => {
    const body = { model, max_tokens: 99, messages: [{ role: 'user', content: 'Tide at Oban?' }], tools, stream: true }
    const frames = readFrames(await (await ask(createMockLMStudio(), '/v1/messages', body)).text())
    const json = frames.map(({ data }) => data.delta?.partial_json ?? '').join('')
    expect(JSON.parse(json)).toEqual({ harbour: 'Oban' })
  })

  test('blocks of text, images and a system prompt are read', async () => {
    let seen: unknown
    const mock = createMockLMStudio({
      reply: (prompt) => {
        seen = prompt.messages
        return 'Aye.'
      },
    })
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'What?' }, image] }]
    await ask(mock, '/v1/messages', { model, max_tokens: 9, system: [{ type: 'text', text: 'Be brief.' }], messages })
    expect(seen).toEqual([
      { role: 'system', text: 'Be brief.', images: [] },
      { role: 'user', text: 'What?', images: ['data:image/png;base64,AAAA'] },
    ])
  })

  const stopReason = async (type: string): Promise<string> => {
    const body = { model, max_tokens: 99, messages: hello, tools, tool_choice: { type } }
    return (await (await ask(createMockLMStudio(), '/v1/messages', body)).json()).stop_reason
  }

  test('a tool choice is an object here', async () => {
    expect([await stopReason('any'), await stopReason('none'), await stopReason('auto')]).toEqual([
      'tool_use',
      'end_turn',
      'end_turn',
    ])
  })

  test('a stop sequence is named', async () => {
    const messages = [{ role: 'user', content: 'echo: one two three' }]
    const body = { model, max_tokens: 99, messages, stop_sequences: ['two'] }
    const answer = await (await ask(createMockLMStudio(), '/v1/messages', body)).json()
    expect(answer).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'two', content: [{ text: 'one ' }] })
  })

  test('a strange role is refused', async () => {
    const body = { model, max_tokens: 9, messages: [{ role: 'gull', content: 'x' }] }
    expect((await ask(createMockLMStudio(), '/v1/messages', body)).status).toBe(400)
  })

  test('the token limit is asked for and kept', async () => {
    const messages = [{ role: 'user', content: 'lorem 50' }]
    expect((await ask(createMockLMStudio(), '/v1/messages', { model, messages })).status).toBe(400)
    const answer = await (await ask(createMockLMStudio(), '/v1/messages', { model, messages, max_tokens: 4 })).json()
    expect(answer.stop_reason).toBe('max_tokens')
  })

  test('a prompt beyond the context is an error of its own shape', async () => {
    const mock = createMockLMStudio({ models: [{ id: model, loaded: true, contextLength: 8 }] })
    const body = { model, max_tokens: 9, messages: [{ role: 'user', content: 'gull '.repeat(99) }] }
    expect(await (await ask(mock, '/v1/messages', body)).json()).toMatchObject({ type: 'error' })
    const frames = readFrames(await (await ask(mock, '/v1/messages', { ...body, stream: true })).text())
    expect(frames[0]).toMatchObject({ event: 'error', data: { type: 'error' } })
  })
})

describe('loading and unloading', () => {
  test('a second load makes a second instance, and each is unloaded by its own id', async () => {
    const mock = createMockLMStudio()
    const load = await ask(mock, '/api/v1/models/load', { model, context_length: 16384, echo_load_config: true })
    expect(await load.json()).toMatchObject({ instance_id: 'acme/tern-4b:2', load_config: { context_length: 16384 } })
    expect(mock.loadedInstances.map(({ id, contextLength }) => [id, contextLength])).toEqual([
      ['acme/tern-4b', 8192],
      ['acme/tern-4b:2', 16384],
    ])
    expect((await ask(mock, '/api/v1/models/unload', { instance_id: 'acme/tern-4b:2' })).status).toBe(200)
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual(['acme/tern-4b'])
    expect((await ask(mock, '/api/v1/models/unload', { instance_id: 'acme/tern-4b:2' })).status).toBe(404)
  })

  test.each([
    ['a model that is not there', { model: 'acme/puffin' }, 404],
    ['no model', {}, 400],
    ['a key it does not know', { model, ttl: 60 }, 400],
    ['more context than the model has', { model, context_length: 1_000_000 }, 400],
  ])('%s is refused', async (_name, body, status) => {
    expect((await ask(createMockLMStudio(), '/api/v1/models/load', body)).status).toBe(status)
  })

  test('a client that stops waiting does not stop the load', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const mock = createMockLMStudio({ loadDelayMs: 5000 })
      const leaving = new AbortController()
      const load = ask(mock, '/api/v1/models/load', { model: 'acme/heron-base' }, { signal: leaving.signal })
      await mock.whenCalled('/api/v1/models/load')
      // A whole exchange later, the load has begun.
      await ask(mock, '/lmstudio-greeting')
      leaving.abort()
      await expect(load).rejects.toThrow('aborted')
      expect(mock.loadedInstances).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(5000)
      expect(mock.loadedInstances.map(({ id }) => id)).toContain('acme/heron-base')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('downloads', () => {
  test.each([
    ['download-failed', 'failed'],
    ['download-paused', 'paused'],
  ] as const)('%s ends at half', async (fault, status) => {
    const mock = createMockLMStudio({ faults: [fault] })
    const job = await (await ask(mock, '/api/v1/models/download', { model: 'acme/puffin' })).json()
    const poll = async (): Promise<Record<string, number>> =>
      (await ask(mock, `/api/v1/models/download/status/${job.job_id}`)).json()
    await poll()
    const second = await poll()
    expect(second.status).toBe(status)
    expect(second.downloaded_bytes).toBe(Math.floor(job.total_size_bytes / 2))
  })

  test('a model that has come is on the disk', async () => {
    const mock = createMockLMStudio()
    const link = 'https://huggingface.co/acme/puffin-GGUF'
    const job = await (await ask(mock, '/api/v1/models/download', { model: link, quantization: 'Q4_K_M' })).json()
    for (let poll = 0; poll < 4; poll += 1) await ask(mock, `/api/v1/models/download/status/${job.job_id}`)
    const { data } = await (await ask(mock, '/v1/models')).json()
    expect(data.at(-1).id).toBe('acme/puffin-GGUF')
  })

  test('a quantization is for links only, and an unknown job is not found', async () => {
    const mock = createMockLMStudio()
    expect((await ask(mock, '/api/v1/models/download', { model: 'acme/x', quantization: 'Q4' })).status).toBe(400)
    const lost = await ask(mock, '/api/v1/models/download/status/job_0')
    expect([lost.status, (await lost.json()).error.type]).toEqual([404, 'job_not_found'])
  })
})

describe('a model unloaded in the middle of a stream', () => {
  test.each([
    ['/v1/completions', { prompt: 'x' }, (frame: Frame) => frame.data.error],
    ['/v1/responses', { input: 'x' }, (frame: Frame) => frame.data.response.error.message],
    ['/v1/messages', { messages: hello, max_tokens: 9 }, (frame: Frame) => frame.data.error.message],
  ])('%s says so in its own way', async (path, body, read) => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const text = (await ask(mock, path, { model, stream: true, ...body })).text()
    await mock.whenHeld()
    await ask(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect(read(readFrames(await text).at(-1) as Frame)).toBe('Model is unloaded.')
  })

  test('a native chat says so before its end', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const text = (await ask(mock, '/api/v1/chat', { model, input: 'x', stream: true })).text()
    await mock.whenHeld()
    await ask(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect(
      readFrames(await text)
        .map(({ event }) => event)
        .slice(-2),
    ).toEqual(['error', 'chat.end'])
  })
})
