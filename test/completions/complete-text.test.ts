import { describe, expect, it } from 'vitest'
import { completeText, streamCompleteText, toTextBody } from '../../src/completions/complete-text.js'
import type { TextCompletionRequest, TextCompletionStream } from '../../src/completions/types.js'
import type { InvalidRequestError } from '../../src/errors/index.js'
import { frame } from '../helpers/chat.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'

const request = { model: 'acme/heron-base', prompt: 'The gull cried' }

const chunk = (text: string, finishReason: string | null = null): string =>
  frame({ id: 'cmpl-1', model: 'acme/heron-base', choices: [{ index: 0, text, finish_reason: finishReason }] })

function open(...chunks: readonly (string | Uint8Array)[]): TextCompletionStream {
  const { response } = eventStream(chunks)
  return streamCompleteText(testClient({ fetch: async () => response, maxRetries: 0 }), request)
}

const complete = (body: unknown) => completeText(testClient({ fetch: async () => json(body), maxRetries: 0 }), request)

describe('toTextBody', () => {
  it('maps every setting', () => {
    const settings = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      minP: 0.1,
      maxTokens: 9,
      stop: ['\n'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      repeatPenalty: 1.1,
      logitBias: { '15': -100 },
      ttlSeconds: 60,
      draftModel: 'd',
      extraBody: { echo: true, top_k: 1 },
    }
    expect(JSON.parse(toTextBody({ ...request, ...settings }, true))).toEqual({
      model: 'acme/heron-base',
      prompt: 'The gull cried',
      temperature: 0.5,
      top_p: 0.9,
      top_k: 1,
      min_p: 0.1,
      max_tokens: 9,
      stop: ['\n'],
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      repeat_penalty: 1.1,
      logit_bias: { '15': -100 },
      ttl: 60,
      draft_model: 'd',
      echo: true,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('sends only the settings that are set', () => {
    expect(JSON.parse(toTextBody(request, false))).toEqual({ ...request, stream: false })
  })

  it.each<[string, object, string[]]>([
    ['a missing prompt', { prompt: undefined }, ['prompt']],
    ['a prompt of token ids', { prompt: [1, 2] }, ['prompt']],
    ['messages', { messages: [] }, ['messages']],
    ['tools', { tools: [] }, ['tools']],
    ['a call option', { signal: null }, ['signal']],
    ['several invalid settings', { topP: 2, stop: 7 }, ['topP', 'stop']],
  ])('rejects %s', (_, fields, paths) => {
    const error = thrownBy(() => toTextBody({ ...request, ...fields } as TextCompletionRequest, false))
    expect(error).toMatchObject({ name: 'InvalidRequestError' })
    expect((error as InvalidRequestError).issues.map(({ path }) => path.join('.'))).toEqual(paths)
  })
})

describe('completeText', () => {
  it('resolves to the response', async () => {
    expect(await complete(fixtureJSON('completion.json'))).toMatchObject({
      id: 'cmpl-77b',
      model: 'acme/heron-base',
      text: ' and the tide turned',
      finishReason: 'length',
      rawFinishReason: 'length',
      usage: { inputTokens: 6, outputTokens: 5, totalTokens: 11 },
    })
  })

  it('keeps think tags and white space in the text', async () => {
    const text = '\n<think>Hm.</think>\n\nSeven'
    const response = await complete({ choices: [{ text, finish_reason: 'stop' }] })
    expect(response).toMatchObject({ text, model: 'acme/heron-base' })
    expect(response).not.toHaveProperty('reasoning')
  })

  it.each<[string, unknown, string]>([
    ['an empty list of choices', { choices: [] }, 'empty-response'],
    ['a choice without text', { choices: [{ index: 0 }] }, 'empty-response'],
    ['an empty text', { choices: [{ index: 0, text: '', finish_reason: 'stop' }] }, 'empty-response'],
    ['text of another type', { choices: [{ index: 0, text: 7 }] }, 'invalid-response'],
  ])('rejects %s', async (_, body, code) => {
    expect(await rejectionOf(complete(body))).toMatchObject({ name: 'InvalidResponseError', code })
  })

  it('accepts an empty text with an output token', async () => {
    const body = { choices: [{ text: '', finish_reason: 'stop' }], usage: { completion_tokens: 1 } }
    expect(await complete(body)).toMatchObject({ text: '', finishReason: 'stop' })
  })
})

describe('streamCompleteText', () => {
  it('streams the text and then the response', async () => {
    const { events, error } = await collect(open(fixtureBytes('completion-stream.sse')))
    expect(error).toBeUndefined()
    expect(events).toEqual([
      { type: 'completion-start', id: 'cmpl-77c', model: 'acme/heron-base' },
      { type: 'text-delta', text: ' and' },
      { type: 'text-delta', text: ' the' },
      { type: 'text-delta', text: ' tide' },
      { type: 'text-delta', text: ' turned' },
      {
        type: 'completion-end',
        response: expect.objectContaining({ text: ' and the tide turned', finishReason: 'length' }) as object,
      },
    ])
  })

  it('streams the response of a server that does not stream', async () => {
    const fetch = async (): Promise<Response> => json(fixtureJSON('completion.json'))
    const { events } = await collect(streamCompleteText(testClient({ fetch }), request))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })

  it('keeps think tags and white space in the text', async () => {
    const { events } = await collect(open(chunk('\n<think>'), chunk('Hm.</think>\n\nSeven'), chunk('', 'stop')))
    expect(events.at(-1)).toMatchObject({ response: { text: '\n<think>Hm.</think>\n\nSeven' } })
  })

  it('rejects a stream that ends without a finish reason, with the partial response', async () => {
    const { error } = await collect(open(chunk(' and'), chunk(' the')))
    expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { id: 'cmpl-1', text: ' and the' } })
  })

  it.each([[{ model: 'm' }], [undefined]])(
    'rejects the first read for the invalid request %j, and sends nothing',
    async (invalid) => {
      const { fetch, requests } = stubFetch(json({}))
      const completion = streamCompleteText(testClient({ fetch }), invalid as unknown as TextCompletionRequest)
      expect(await rejectionOf(completion.response)).toMatchObject({ name: 'InvalidRequestError' })
      expect(requests).toEqual([])
    },
  )
})
