import type { LanguageModelV3CallOptions, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { UnsupportedFunctionalityError } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { png } from '../helpers/images.js'
import { callError, promptOf, useServer } from './support.js'

const mock = useServer()
const PNG = Buffer.from(png(2, 3)).toString('base64')
const base64Of = (text: string): string => Buffer.from(text).toString('base64')

async function send(prompt: LanguageModelV3Prompt, call: Partial<LanguageModelV3CallOptions> = {}) {
  const { warnings } = await mock
    .provider()('acme/plover-vl')
    .doGenerate({ prompt, ...call })
  return { messages: mock.lastBody()['messages'] as { role: string; content: unknown }[], warnings }
}

/** A conversation in which the model called the tool `look`, with this result. */
const withResult = (output: unknown): LanguageModelV3Prompt =>
  [
    ...promptOf('Look.'),
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '123', toolName: 'look', input: { at: 'sea' } }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: '123', toolName: 'look', output }] },
  ] as LanguageModelV3Prompt

describe('messages', () => {
  test('keeps the order of system, user and assistant messages', async () => {
    const { messages, warnings } = await send([
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Be kind.' },
      ...promptOf('Hello.'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'A greeting.' },
          { type: 'text', text: 'Good ' },
          { type: 'text', text: 'morning.' },
        ],
      },
      ...promptOf('And?'),
    ])
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Good morning.' },
      { role: 'user', content: 'And?' },
    ])
    expect(warnings).toEqual([])
  })

  test('sends several parts of a user message as parts', async () => {
    const { messages } = await send([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ],
      },
    ])
    expect(messages[0]!.content).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ])
  })

  test('sends tool calls and their results', async () => {
    const { messages } = await send([
      ...promptOf('Look twice.'),
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Looking.' },
          { type: 'tool-call', toolCallId: '123', toolName: 'look', input: { at: 'sea' } },
          { type: 'tool-call', toolCallId: '124', toolName: 'look', input: {} },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '123', toolName: 'look', output: { type: 'text', value: 'Waves.' } },
          { type: 'tool-result', toolCallId: '124', toolName: 'look', output: { type: 'json', value: [1, 2] } },
        ],
      },
    ])
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: '123', type: 'function', function: { name: 'look', arguments: '{"at":"sea"}' } },
          { id: '124', type: 'function', function: { name: 'look', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: '123', content: 'Waves.' },
      { role: 'tool', tool_call_id: '124', content: '[1,2]' },
    ])
  })

  test('sends the results of tools that another provider ran after the message that has them', async () => {
    const { messages } = await send([
      ...promptOf('Search.'),
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: '1', toolName: 'search', input: {}, providerExecuted: true },
          { type: 'tool-result', toolCallId: '1', toolName: 'search', output: { type: 'text', value: 'Found.' } },
          { type: 'text', text: 'It is there.' },
        ],
      },
      ...promptOf('Where?'),
    ])
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
  })

  test('leaves out the answers to approval requests, which belong to other providers', async () => {
    const prompt = withResult({ type: 'text', value: 'Waves.' })
    const results = prompt[2] as Extract<LanguageModelV3Prompt[number], { role: 'tool' }>
    results.content.push({ type: 'tool-approval-response', approvalId: 'a', approved: true })
    const { messages } = await send(prompt)
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })
})

describe('results of tools', () => {
  test.each([
    [{ type: 'text', value: 'Waves.' }, 'Waves.'],
    [{ type: 'json', value: { waves: 3 } }, '{"waves":3}'],
    [{ type: 'json', value: null }, 'null'],
    [{ type: 'error-text', value: 'Too dark.' }, 'Too dark.'],
    [{ type: 'error-json', value: { code: 7 } }, '{"code":7}'],
    [{ type: 'execution-denied', reason: 'Not now.' }, 'Not now.'],
    [{ type: 'execution-denied' }, 'The user denied the execution of this tool.'],
    [{ type: 'content', value: [] }, 'Done.'],
    [
      {
        type: 'content',
        value: [
          { type: 'text', text: 'One.' },
          { type: 'file-data', mediaType: 'text/plain', data: base64Of('Two.') },
          { type: 'file-url', url: 'https://example.com/three.pdf' },
          { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'Four.' } },
        ],
      },
      'One.\nTwo.\nhttps://example.com/three.pdf\nFour.',
    ],
  ])('sends %j as text', async (output, content) => {
    const { messages, warnings } = await send(withResult(output))
    expect(messages[2]).toEqual({ role: 'tool', tool_call_id: '123', content })
    expect(messages).toHaveLength(3)
    expect(warnings).toEqual([])
  })

  test.each([
    { type: 'image-data', mediaType: 'image/png', data: PNG },
    { type: 'file-data', mediaType: 'image/png', data: PNG },
    { type: 'image-url', url: `data:image/png;base64,${PNG}` },
  ])('sends an image ($type) in a message of the user after the results', async (image) => {
    const { messages } = await send(withResult({ type: 'content', value: [image] }))
    expect(messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: '123', content: 'The result is attached as an image.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Images returned by look:' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        ],
      },
    ])
  })

  test('keeps the results of one round together, and shows their images after the last of them', async () => {
    const image = { type: 'image-data' as const, mediaType: 'image/png', data: PNG }
    const call = (toolCallId: string) => ({ type: 'tool-call' as const, toolCallId, toolName: 'look', input: {} })
    const result = (toolCallId: string) => ({
      role: 'tool' as const,
      content: [
        {
          type: 'tool-result' as const,
          toolCallId,
          toolName: 'look',
          output: { type: 'content' as const, value: [image] },
        },
      ],
    })
    const { messages } = await send([
      ...promptOf('Look twice.'),
      { role: 'assistant', content: [call('1'), call('2')] },
      result('1'),
      result('2'),
      ...promptOf('And?'),
    ])
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user', 'user'])
    expect(messages[4]!.content).toHaveLength(4)
    expect(messages[5]!.content).toBe('And?')
  })

  test('rejects a result that JSON cannot express', async () => {
    const error = await callError(send(withResult({ type: 'json', value: 10n })))
    expect(error).toMatchObject({
      name: 'AI_APICallError',
      code: 'invalid-request',
      message: expect.stringContaining('The result of the tool look cannot be serialized as JSON.'),
      hint: expect.stringContaining('Return'),
    })
    expect(mock.server.calls).toEqual([])
  })

  test.each([
    { type: 'file-data', mediaType: 'application/pdf', data: PNG },
    { type: 'file-data', mediaType: 'text/plain', data: 'not base64!' },
    { type: 'file-url', url: 'data:application/pdf;base64,AAAA' },
    { type: 'file-id', fileId: 'file-1' },
    { type: 'custom' },
  ])('warns about a part that LM Studio does not take ($type)', async (part) => {
    const { messages, warnings } = await send(
      withResult({ type: 'content', value: [{ type: 'text', text: 'See.' }, part] }),
    )
    expect(messages[2]).toMatchObject({ content: 'See.' })
    expect(warnings).toEqual([{ type: 'unsupported', feature: `${part.type} parts in tool results` }])
  })
})

describe('files', () => {
  test.each([
    ['bytes', 'image/png', png(2, 3)],
    ['bytes of an image whose type is not known', 'image/*', png(2, 3)],
    ['base64', 'image/png', PNG],
    ['base64 of an image whose type is not known', 'image/*', PNG],
    ['base64 with the first half of a type, as in ai 7', 'image', PNG],
    ['a data URL', 'image/png', new URL(`data:image/png;base64,${PNG}`)],
  ])('sends an image given as %s', async (_, mediaType, data) => {
    const { messages } = await send([{ role: 'user', content: [{ type: 'file', mediaType, data }] }])
    expect(messages[0]!.content).toEqual([{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }])
  })

  test.each([
    ['base64', 'text/markdown', base64Of('# Möwen')],
    ['bytes', 'text/plain', new TextEncoder().encode('# Möwen')],
    ['base64 of JSON', 'application/ld+json', base64Of('# Möwen')],
    ['a text, as in ai 7', 'text', { type: 'text', text: '# Möwen' } as unknown as string],
  ])('sends a text file given as %s', async (_, mediaType, data) => {
    const { messages } = await send([{ role: 'user', content: [{ type: 'file', mediaType, data }] }])
    expect(messages[0]!.content).toBe('# Möwen')
  })

  test('reads base64 in the form for URLs', async () => {
    // The last bytes need the two characters that differ.
    const image = Buffer.concat([png(2, 3), Buffer.from([0xfb, 0xff, 0xbf, 0xfb, 0xff, 0xbf])])
    const [image64, text64] = [image.toString('base64url'), Buffer.from('Möwen>>>???').toString('base64url')]
    expect([image64, text64].map((text) => /[-_]/.test(text))).toEqual([true, true])
    const { messages } = await send([
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/png', data: image64 },
          { type: 'file', mediaType: 'text/plain', data: text64 },
        ],
      },
    ])
    expect(messages[0]!.content).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${image.toString('base64')}` } },
      { type: 'text', text: 'Möwen>>>???' },
    ])
  })

  test.each([
    ['application/pdf', PNG],
    ['audio/wav', PNG],
    ['image/png', { type: 'reference', reference: { lmstudio: 'file-1' } } as unknown as string],
    ['text/plain', new URL('https://example.com/a.txt')],
  ])('rejects a file that LM Studio does not take (%s)', async (mediaType, data) => {
    const error = await callError(send([{ role: 'user', content: [{ type: 'file', mediaType, data }] }]))
    expect(UnsupportedFunctionalityError.isInstance(error)).toBe(true)
    expect(error.message).toBe(`LM Studio does not accept files of type ${mediaType}. Pass an image or text.`)
    expect(mock.server.calls).toEqual([])
  })

  test.each(['Hello, world!', 'data:text/plain;base64,SGVsbG8=', '%%%%'])(
    'rejects a text file that should be base64 and is not: %s',
    async (data) => {
      const error = await callError(
        send([{ role: 'user', content: [{ type: 'file', mediaType: 'text/plain', data }] }]),
      )
      expect(error).toMatchObject({
        name: 'AI_APICallError',
        code: 'invalid-request',
        message: expect.stringContaining('A file of type text/plain is not base64.'),
        hint: expect.stringContaining('text part'),
      })
      expect(error.message).not.toContain(data)
      expect(mock.server.calls).toEqual([])
    },
  )

  test('rejects the URL of an image, which the server does not fetch', async () => {
    const image = { type: 'file' as const, mediaType: 'image/png', data: new URL('https://example.com/a.png') }
    const error = await callError(send([{ role: 'user', content: [image] }]))
    expect(error).toMatchObject({ name: 'AI_APICallError', code: 'invalid-request', isRetryable: false })
    expect(mock.server.calls).toEqual([])
  })

  test('warns about a file that a model made', async () => {
    const { warnings } = await send([
      ...promptOf('Draw.'),
      { role: 'assistant', content: [{ type: 'file', mediaType: 'image/png', data: PNG }] },
      ...promptOf('Again.'),
    ])
    expect(warnings).toEqual([{ type: 'unsupported', feature: 'files in assistant messages' }])
  })
})
