import { runTools, streamTools, tool, type ContentPart, type ModelProvider } from 'lmstudio-provider'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { toBase64 } from '../../src/utils/image.js'
import { countListeners } from '../helpers/listeners.js'
import { gif, jpeg, png, webp } from '../helpers/images.js'
import { caught } from '../integration/support/caught.js'
import { type FakeResponse, fakeProvider, toolCall, withToolCalls } from './fake-provider.js'
import { FINAL, request, variants } from './weather.js'

/** A PNG of 12,045 bytes. */
const PICTURE = new Uint8Array([...png(8, 8), ...new Uint8Array(12_000)])
const DATA = toBase64(PICTURE)
const URL_OF_PICTURE = `data:image/png;base64,${DATA}`
const CALL = withToolCalls(toolCall('look', {}))
const SHOWN = '[image 1: image/png, 12 kB, shown in the next user message]'

const looks = (value: unknown) => [tool({ name: 'look', execute: () => value })]

function providerThat(vision: boolean | undefined, ...responses: FakeResponse[]) {
  const modelCapabilities = vi.fn(async () => ({ vision }) as never)
  return { ...fakeProvider(...(responses.length === 0 ? [CALL, FINAL] : responses)), modelCapabilities }
}

/** Runs the loop with a tool that returns a value; returns what the second request adds to the conversation. */
async function resultOf(value: unknown, { vision }: { readonly vision: boolean | undefined } = { vision: true }) {
  const provider = providerThat(vision)
  const { steps } = await runTools(provider, { ...request, tools: looks(value) })
  const added = provider.requests[1]!.messages!.slice(2)
  const [{ content: text }, imageMessage] = added as unknown as [
    { content: string },
    { content: ContentPart[] } | undefined,
  ]
  expect(text).toBe(steps[0]?.results[0]?.content)
  return {
    text,
    imageMessage,
    result: steps[0]!.results[0]!,
    size: JSON.stringify(steps[0]?.results[0]?.content).length,
  }
}

const shownMessage = (image = URL_OF_PICTURE) => ({
  role: 'user',
  content: [
    { type: 'text', text: 'Image 1 in the result of look (call_1):' },
    { type: 'image', image },
  ],
})

describe('an image in the result of a tool', () => {
  const mcp = (...content: object[]) => ({ content })
  const forms: readonly (readonly [string, unknown, string])[] = [
    ['bytes', PICTURE, SHOWN],
    ['an ArrayBuffer', PICTURE.buffer, SHOWN],
    ['a Buffer', Buffer.from(PICTURE), SHOWN],
    ['a view of a larger buffer', new DataView(new Uint8Array([0, ...PICTURE, 0]).buffer, 1, PICTURE.length), SHOWN],
    ['a Buffer that became JSON', { type: 'Buffer', data: [...PICTURE] }, SHOWN],
    ['a Uint8Array that became JSON', JSON.parse(JSON.stringify(PICTURE)), SHOWN],
    ['a data URL that is percent-encoded', `data:image/png;base64,${encodeURIComponent(DATA)}`, SHOWN],
    ['a Blob', new Blob([PICTURE]), SHOWN],
    ['a data URL', URL_OF_PICTURE, SHOWN],
    ['a data URL in a text', `See ![chart](${URL_OF_PICTURE}).`, `See ![chart](${SHOWN}).`],
    ['base64 alone', DATA, SHOWN],
    ['base64 in lines', DATA.replace(/.{76}/g, '$&\n'), SHOWN],
    ['base64 in a JSON text', JSON.stringify({ png: DATA }), `{"png":"${SHOWN}"}`],
    ['bytes in a list in an object', { charts: [{ at: 1, png: PICTURE }] }, `{"charts":[{"at":1,"png":"${SHOWN}"}]}`],
    ['bytes in a map', new Map([['png', PICTURE]]), `{"png":"${SHOWN}"}`],
    ['a part of MCP', mcp({ type: 'image', data: DATA, mimeType: 'image/png' }), SHOWN],
    ['a part without a type', mcp({ type: 'image', data: DATA }), SHOWN],
    [
      'a list of parts',
      [
        { type: 'text', text: 'A chart.' },
        { type: 'image', data: DATA, mimeType: 'image/png' },
      ],
      `A chart.\n${SHOWN}`,
    ],
    ['a part of AI SDK', [{ type: 'media', data: DATA, mediaType: 'image/png' }], SHOWN],
    ['a part of OpenAI', [{ type: 'image_url', image_url: { url: URL_OF_PICTURE } }], SHOWN],
    ['a part of OpenAI alone', { type: 'image_url', image_url: { url: URL_OF_PICTURE } }, SHOWN],
    [
      'a part of Anthropic',
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } }],
      SHOWN,
    ],
    [
      'a part of Gemini',
      { inlineData: { mimeType: 'image/png', data: DATA } },
      `{"inlineData":{"mimeType":"image/png","data":"${SHOWN}"}}`,
    ],
    ['an image of OpenAI', { data: [{ b64_json: DATA }] }, `{"data":[{"b64_json":"${SHOWN}"}]}`],
    [
      'a resource of MCP',
      mcp({ type: 'resource', resource: { uri: 'file:///a.png', mimeType: 'image/png', blob: DATA } }),
      SHOWN,
    ],
  ]
  it.each(forms)('is shown to a model that sees: %s', async (form, value, text) => {
    const seen = await resultOf(value)
    expect(seen.text).toBe(
      form === 'a part of OpenAI alone' ? `{"type":"image_url","image_url":{"url":"${SHOWN}"}}` : text,
    )
    expect(seen.imageMessage).toEqual(shownMessage())
    expect(seen.result).toMatchObject({ outcome: 'done', value })
  })

  it.each(forms)('is only named to a model that does not see: %s', async (_, value) => {
    const { text, imageMessage } = await resultOf(value, { vision: false })
    expect(text).toContain('[image/png, 12 kB, not shown: the model cannot see images]')
    expect(text).not.toContain(DATA.slice(100, 160))
    expect(imageMessage).toBeUndefined()
  })

  it('is only named if nobody knows whether the model sees', async () => {
    const { text, imageMessage } = await resultOf(PICTURE, { vision: undefined })
    expect(text).toBe('[image/png, 12 kB, not shown: it is not known whether the model can see images]')
    expect(imageMessage).toBeUndefined()
  })

  it('is shown if nobody knows, but the conversation has an image already', async () => {
    const provider = fakeProvider(CALL, FINAL)
    const content: ContentPart[] = [
      { type: 'text', text: 'Like this?' },
      { type: 'image', image: png(1, 1) },
    ]
    await runTools(
      { complete: provider.complete },
      { model: 'm', messages: [{ role: 'user', content }], tools: looks(PICTURE) },
    )
    expect(provider.requests[1]?.messages?.at(-1)).toEqual(shownMessage())
  })

  it.each<[string, Uint8Array, string]>([
    ['GIF', gif(), 'image/gif, 14 bytes'],
    ['WebP', webp(), 'image/webp, 20 bytes'],
  ])('is only named in a format that cannot be sent: %s', async (_, bytes, described) => {
    expect((await resultOf(bytes)).text).toBe(`[${described}, not shown: this format cannot be sent]`)
  })

  it('is only named if it is not what its type says', async () => {
    const { text } = await resultOf({ content: [{ type: 'image', data: 'c3Zn', mimeType: 'image/png' }] })
    expect(text).toBe('[image/png, 3 bytes, not shown: this format cannot be sent]')
  })

  it('is named by its real type', async () => {
    const picture = toBase64(jpeg(4, 4))
    const { text } = await resultOf({ content: [{ type: 'image', data: picture, mimeType: 'image/png' }] })
    expect(text).toBe('[image 1: image/jpeg, 25 bytes, shown in the next user message]')
  })
})

describe('other binary data in the result of a tool', () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 251)
  const base64 = toBase64(bytes)
  test.each<[string, unknown, string]>([
    ['bytes', bytes, '[binary data, 3 kB, not shown]'],
    ['numbers', new Float32Array(8), '[binary data, 32 bytes, not shown]'],
    ['no bytes', new Uint8Array(), '[binary data, 0 bytes, not shown]'],
    ['a Blob with a type', new Blob([bytes], { type: 'application/zip' }), '[application/zip, 3 kB, not shown]'],
    [
      'audio of MCP',
      { content: [{ type: 'audio', data: base64, mimeType: 'audio/wav' }] },
      '[audio/wav, 3 kB, not shown]',
    ],
    [
      'audio of OpenAI',
      [{ type: 'input_audio', input_audio: { data: base64, format: 'wav' } }],
      '[wav, 3 kB, not shown]',
    ],
    [
      'a resource of MCP',
      { content: [{ type: 'resource', resource: { uri: 'a', blob: base64 } }] },
      '[binary data, 3 kB, not shown]',
    ],
    ['a data URL', `data:application/pdf;base64,${base64}`, '[application/pdf, 3 kB, not shown]'],
    ['a data URL with parameters', `data:audio/ogg;codecs=opus;base64,${base64}`, '[audio/ogg, 3 kB, not shown]'],
    ['base64 alone', base64, '[binary data, 3 kB, not shown]'],
    ['base64 in an object', { dump: base64 }, '{"dump":"[binary data, 3 kB, not shown]"}'],
  ])('is only named: %s', async (_, value, text) => {
    const seen = await resultOf(value)
    expect(seen.text).toBe(text)
    expect(seen.imageMessage).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['long words', 'tern'.repeat(500)],
    ['long hexadecimal digits', '0123456789abcdef'.repeat(100)],
    ['a hash', 'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=='],
    ['a text that names data URLs', 'Use data:image/png and base64.'],
    ['a remote image', JSON.stringify({ type: 'image_url', image_url: { url: 'https://example.org/a.png' } })],
  ])('is not seen in %s', async (_, value) => {
    expect((await resultOf(value)).text).toBe(value)
  })

  test.each<[string, object, string]>([
    ['text', { mimeType: 'text/plain', data: 'hello' }, '{"mimeType":"text/plain","data":"hello"}'],
    ['JSON', { mimeType: 'application/json', data: 'true' }, '{"mimeType":"application/json","data":"true"}'],
    ['an unknown format', { format: 'csv', data: 'abc' }, '{"format":"csv","data":"abc"}'],
  ])('is not seen in data that is %s', async (_, value, text) => {
    expect((await resultOf(value)).text).toBe(text)
  })
})

describe('a result of MCP', () => {
  test('becomes its texts, and those of its resources', async () => {
    const content = [
      { type: 'text', text: 'Two birds.' },
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'gull' } },
      { type: 'resource_link', uri: 'file:///b.txt', name: 'b' },
    ]
    const { text } = await resultOf({ content, structuredContent: { birds: 2 } })
    expect(text).toBe('Two birds.\ngull\n{"type":"resource_link","uri":"file:///b.txt","name":"b"}')
  })

  test('becomes its structured content if it has no other', async () => {
    expect((await resultOf({ content: [], structuredContent: { birds: 2 } })).text).toBe('{"birds":2}')
  })

  test('that is an error is a failure of the tool', async () => {
    const value = { isError: true, content: [{ type: 'text', text: 'No such bird.' }] }
    expect((await resultOf(value)).result).toMatchObject({
      outcome: 'failed',
      content: 'Error: No such bird.',
      error: value,
    })
    expect((await resultOf({ isError: true, content: 'fog' })).text).toBe('Error: fog')
    expect((await resultOf({ isError: true, content: [] })).text).toBe('Error: the tool reported an error.')
    expect((await resultOf({ isError: false, content: [{ type: 'text', text: 'sun' }] })).result.outcome).toBe('done')
  })

  test('is JSON if it is something else with content', async () => {
    expect((await resultOf({ content: [{ kind: 'note' }], page: 1 })).text).toBe(
      '{"content":[{"kind":"note"}],"page":1}',
    )
    expect((await resultOf([])).text).toBe('[]')
  })
})

describe.each(variants)('%s', (_, run) => {
  test('shows the images of a round after all its results, with the call of each', async () => {
    const calls = withToolCalls(toolCall('look', {}, 'call_a'), toolCall('look', {}, 'call_b'))
    const provider = providerThat(true, calls, FINAL)
    const { messages } = await run(provider, { ...request, tools: looks([PICTURE, 'and', PICTURE]) })
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user', 'assistant'])
    const texts = (messages[4]!.content as ContentPart[]).flatMap((part) => (part.type === 'text' ? [part.text] : []))
    expect(texts).toEqual([
      'Image 1 in the result of look (call_a):',
      'Image 2 in the result of look (call_a):',
      'Image 1 in the result of look (call_b):',
      'Image 2 in the result of look (call_b):',
    ])
    expect(provider.modelCapabilities).toHaveBeenCalledTimes(1)
    expect(provider.modelCapabilities).toHaveBeenCalledWith(
      'fake',
      expect.objectContaining({ signal: expect.anything() as unknown }),
    )
  })

  test('does not ask what the model can do without an image', async () => {
    const provider = providerThat(true)
    await run(provider, { ...request, tools: looks('sea') })
    expect(provider.modelCapabilities).not.toHaveBeenCalled()
  })

  test('only names images if the caller appends results of the same round', async () => {
    const calls = withToolCalls(toolCall('look', {}, 'call_a'), toolCall('ask', {}, 'call_b'))
    const tools = [...looks(PICTURE), tool({ name: 'ask' })]
    const { messages } = await run(providerThat(true, calls), { ...request, tools })
    expect(messages.at(-1)).toEqual({
      role: 'tool',
      toolCallId: 'call_a',
      content: '[image/png, 12 kB, not shown: the round has a call whose result comes later]',
    })
  })

  test.each<[string, ModelProvider['modelCapabilities']]>([
    ['rejects', () => Promise.reject(new Error('no list'))],
    [
      'throws',
      () => {
        throw new Error('no list')
      },
    ],
    ['has no such model', async () => undefined],
  ])('goes on if the provider %s when it is asked for capabilities', async (__, modelCapabilities) => {
    const provider = { ...fakeProvider(CALL, FINAL), modelCapabilities }
    const { messages } = await run(provider, { ...request, tools: looks(PICTURE) })
    expect(messages[2]?.content).toContain('not shown: it is not known')
  })
})

describe('capabilities that never come', () => {
  afterEach(() => {
    vi.useRealTimers()
  })
  const silent = () => ({ ...fakeProvider(CALL, FINAL), modelCapabilities: vi.fn(() => new Promise<never>(() => {})) })

  test('are given up after 10 s', async () => {
    vi.useFakeTimers()
    const provider = silent()
    const running = runTools(provider, { ...request, tools: looks(PICTURE) })
    await vi.advanceTimersByTimeAsync(0)
    expect(provider.modelCapabilities).toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(9999)
    expect(provider.requests).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await running).messages[2]?.content).toContain('not shown: it is not known')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('do not delay an abort, and leave nothing', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    const provider = silent()
    const running = caught(runTools(provider, { ...request, tools: looks(PICTURE) }, { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(0)
    expect(provider.modelCapabilities).toHaveBeenCalled()
    controller.abort(new Error('enough'))
    expect(await running).toMatchObject({ message: 'enough' })
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(controller.signal)).toBe(0)
  })
})

test.each([
  ['shows an image that it quotes', true, `Error: cannot read ${SHOWN}`, [expect.objectContaining({ type: 'image' })]],
  ['names it', false, 'Error: cannot read [image/png, 12 kB, not shown: the model cannot see images]', []],
])('an error that a tool throws %s', async (_, vision, content, images) => {
  const provider = providerThat(vision)
  const thrown = new Error(`cannot read ${URL_OF_PICTURE}`)
  const tools = [tool({ name: 'look', execute: () => Promise.reject(thrown) })]
  const { steps } = await runTools(provider, { ...request, tools })
  expect(steps[0]!.results[0]).toMatchObject({ outcome: 'failed', content, error: thrown })
  const added = provider.requests[1]!.messages!.slice(3) as unknown as { content: ContentPart[] }[]
  expect(added.flatMap((message) => message.content.slice(1))).toEqual(images)
})

test.each([
  ['is short', Array.from({ length: 63 }, () => 1)],
  ['has a number that is not a byte', Array.from({ length: 64 }, () => 256)],
  ['has a negative number', Array.from({ length: 64 }, () => -1)],
  ['has a fraction', Array.from({ length: 64 }, () => 0.5)],
])('an object with numbers as keys stays as it is if it %s', async (_, numbers) => {
  expect((await resultOf({ ...numbers })).text).toBe(JSON.stringify({ ...numbers }))
})

test('an object of bytes with another key stays as it is', async () => {
  const value = { ...Array.from({ length: 64 }, () => 1), width: 8 }
  expect((await resultOf(value)).text).toBe(JSON.stringify(value))
})

test('a Blob that cannot be read is only named', async () => {
  const blob = Object.assign(new Blob(['a']), { arrayBuffer: () => Promise.reject(new Error('gone')) })
  expect((await resultOf(blob)).text).toBe('[binary data, not shown: it cannot be read]')
})

test('streamTools emits results that contain no base64', async () => {
  const contents: string[] = []
  for await (const event of streamTools(providerThat(true), { ...request, tools: looks(PICTURE) })) {
    if (event.type === 'tool-result') contents.push(event.result.content)
  }
  expect(contents).toEqual([SHOWN])
})
