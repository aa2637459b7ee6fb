import { describe, expect, it } from 'vitest'
import { completeText, streamCompleteText } from '../../src/completions/complete-text.js'
import { toTextBody } from '../../src/completions/complete-text.js'
import * as errors from '../../src/errors/index.js'
import type { TextCompletionEvent, TextCompletionRequest, TextCompletionStream } from '../../src/completions/types.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'

const request = { model: 'acme/heron-base', prompt: 'The gull cried' }
const chunk = (text: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'cmpl-1', model: 'acme/heron-base', choices: [{ index: 0, text, finish_reason: finish }] })}\n\n`

function open(blocks: readonly (string | Uint8Array)[]): TextCompletionStream {
  const { fetch } = stubFetch(() => eventStream(blocks).response)
  return streamCompleteText(testClient({ fetch, maxRetries: 0 }), request)
}
async function collect(answer: TextCompletionStream): Promise<{ events: TextCompletionEvent[]; error: unknown }> {
  const events: TextCompletionEvent[] = []
  try {
    for await (const event of answer) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}
const whole = (body: unknown) =>
  completeText(testClient({ fetch: stubFetch(json(body)).fetch, maxRetries: 0 }), request)

describe('what is refused', () => {
  it.each<[string, object, string[]]>([
    ['no prompt', { prompt: undefined }, ['prompt']],
    ['a list of tokens', { prompt: [1, 2] }, ['prompt']],
    ['messages', { messages: [] }, ['messages']],
    ['tools', { tools: [] }, ['tools']],
    ['a signal in the wrong place', { signal: null }, ['signal']],
    ['a bad setting', { topP: 2, stop: 7 }, ['topP', 'stop']],
  ])('%s', (_, change, paths) => {
    const error = thrownBy(() => toTextBody({ ...request, ...change } as TextCompletionRequest, false))
    expect(error).toBeInstanceOf(errors.InvalidRequestError)
    expect((error as errors.InvalidRequestError).issues.map(({ path }) => path.join('.')).toSorted()).toEqual(
      paths.toSorted(),
    )
  })

  it('by the stream when it is read, not when it is made', async () => {
    const bad = { model: 'm' } as TextCompletionRequest
    const { fetch, requests } = stubFetch(json({}))
    const stream = streamCompleteText(testClient({ fetch }), bad)
    expect(await rejectionOf(stream.response)).toBeInstanceOf(errors.InvalidRequestError)
    expect(requests).toHaveLength(0)
    const none = streamCompleteText(testClient({ fetch }), undefined as never)
    expect(await rejectionOf(none.response)).toBeInstanceOf(errors.InvalidRequestError)
  })
})

it('puts every setting on the wire', () => {
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
    ...request,
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
  expect(JSON.parse(toTextBody(request, false))).toEqual({ ...request, stream: false })
})

describe('recorded answers', () => {
  it('in one piece', async () => {
    expect(await whole(fixtureJSON('completion.json'))).toMatchObject({
      id: 'cmpl-77b',
      model: 'acme/heron-base',
      text: ' and the tide turned',
      finishReason: 'length',
      rawFinishReason: 'length',
      usage: { inputTokens: 6, outputTokens: 5, totalTokens: 11 },
    })
  })

  it('as a stream, also of a server that sends it whole', async () => {
    const { events, error } = await collect(open([fixtureBytes('completion-stream.sse')]))
    expect(error).toBeUndefined()
    expect(events).toEqual([
      { type: 'completion-start', id: 'cmpl-77c', model: 'acme/heron-base' },
      ...[' and', ' the', ' tide', ' turned'].map((text) => ({ type: 'text-delta', text })),
      {
        type: 'completion-end',
        response: expect.objectContaining({ text: ' and the tide turned', finishReason: 'length' }),
      },
    ])
    const { fetch } = stubFetch(json(fixtureJSON('completion.json')))
    const replayed = streamCompleteText(testClient({ fetch }), request)
    expect((await collect(replayed)).events.map(({ type }) => type)).toEqual([
      'completion-start',
      'text-delta',
      'completion-end',
    ])
  })

  it('leaves tags and white space where they are', async () => {
    const text = '\n<think>Hm.</think>\n\nSeven'
    const { events } = await collect(open([chunk('\n<think>'), chunk('Hm.</think>\n\nSeven'), chunk('', 'stop')]))
    expect(events.at(-1)).toMatchObject({ response: { text } })
    const answer = await whole({ choices: [{ text, finish_reason: 'stop' }] })
    expect(answer).toMatchObject({ text, model: 'acme/heron-base' })
    expect(answer).not.toHaveProperty('reasoning')
  })
})

describe('what goes wrong', () => {
  it('a stream that ends too early hands over what came', async () => {
    const { error } = await collect(open([chunk(' and'), chunk(' the')]))
    expect(error).toBeInstanceOf(errors.StreamInterruptedError)
    expect(error).toMatchObject({ partial: { id: 'cmpl-1', text: ' and the' } })
  })

  it.each([
    ['no choice', { choices: [] }],
    ['a choice without text', { choices: [{ index: 0 }] }],
    ['an empty text', { choices: [{ index: 0, text: '', finish_reason: 'stop' }] }],
    ['text of another type', { choices: [{ index: 0, text: 7 }] }],
  ])('%s is no answer', async (_, body) => {
    expect(await rejectionOf(whole(body))).toBeInstanceOf(errors.InvalidResponseError)
  })

  it('an empty text that cost a token is one', async () => {
    const body = { choices: [{ text: '', finish_reason: 'stop' }], usage: { completion_tokens: 1 } }
    expect(await whole(body)).toMatchObject({ text: '', finishReason: 'stop' })
  })
})
