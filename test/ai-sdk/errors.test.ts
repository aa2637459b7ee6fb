import { APICallError, type AISDKError } from '@ai-sdk/provider'
import { ContextLengthError, NetworkError, ProviderError, RateLimitError } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { closedPort } from '../integration/support/servers.js'
import { callError, MODEL, promptOf, useServer, versions } from './support.js'

const mock = useServer()

describe.each(versions)('an error in $version', ({ ai }) => {
  test('is an APICallError with our error as the cause, its code and its hint', async () => {
    mock.server.inject('context-overflow')
    const error = await callError(ai.generateText({ model: mock.provider()(MODEL), prompt: 'Hello.' }))
    expect(ai.APICallError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({
      code: 'context-length',
      statusCode: 400,
      url: `${mock.server.url}/v1/chat/completions`,
      isRetryable: false,
      requestBodyValues: { model: MODEL },
      data: { name: 'ContextLengthError', code: 'context-length' },
    })
    const { cause } = error
    expect(ContextLengthError.isInstance(cause)).toBe(true)
    const { message, hint } = cause as ContextLengthError
    expect(error.hint).toBe(hint)
    expect(hint).toContain('Shorten the conversation')
    expect(error.message).toBe(`${message} ${hint}`)
    expect(mock.server.calls).toHaveLength(1)
  })

  test.each([
    ['status-400', 1],
    ['status-500', 1],
    ['reset', 1],
    ['malformed-json', 1],
    ['status-429', 2],
    ['status-503', 2],
  ] as const)('%s: a client with one retry sends %i in all, the AI SDK none', async (fault, count) => {
    mock.server.inject(fault, { times: 10 })
    const model = mock.provider({ maxRetries: 1 })(MODEL)
    const error = await callError(ai.generateText({ model, prompt: 'Hello.' }))
    expect(ai.APICallError.isInstance(error)).toBe(true)
    expect(error.isRetryable).toBe(false)
    expect(mock.server.calls.filter(({ path }) => path === '/v1/chat/completions')).toHaveLength(count)
  })

  test('of a stream reaches onError once', async () => {
    mock.server.inject({ name: 'cut', afterEvents: 8 })
    const errors: unknown[] = []
    const result = ai.streamText({
      model: mock.provider()(MODEL),
      prompt: 'lorem 100',
      onError: ({ error }) => void errors.push(error),
    })
    const types: string[] = []
    for await (const { type } of result.fullStream) types.push(type)
    expect(errors).toMatchObject([{ name: 'AI_APICallError', code: 'stream-interrupted' }])
    expect(types.filter((type) => type === 'error')).toHaveLength(1)
    expect(await result.finishReason).toBe('error')
  })
})

describe('isRetryable', () => {
  const failure = (fault: Parameters<typeof mock.server.inject>[0]) => {
    mock.server.inject(fault)
    return callError(
      mock
        .provider({ maxRetries: 0 })(MODEL)
        .doGenerate({ prompt: promptOf('Hello.') }),
    )
  }

  test.each([
    ['status-429' as const, true],
    ['status-503' as const, true],
    ['status-500' as const, false],
    ['status-400' as const, false],
    ['reset' as const, false],
    ['model-unloaded' as const, false],
    ['malformed-json' as const, false],
  ])('without retries of the client, %s may be repeated by the AI SDK: %s', async (fault, isRetryable) => {
    expect((await failure(fault)).isRetryable).toBe(isRetryable)
  })

  test('is true without retries of the client if the server is off, because nothing was sent', async () => {
    const provider = mock.provider({ maxRetries: 0, endpoint: `http://127.0.0.1:${await closedPort()}` })
    const error = await callError(provider(MODEL).doGenerate({ prompt: promptOf('Hello.') }))
    expect(error).toMatchObject({ code: 'not-running', isRetryable: true })
    expect(NetworkError.isInstance(error.cause)).toBe(true)
  })

  test('comes with the wait that the server asked for', async () => {
    const error = await failure({ name: 'status-429', retryAfter: 7 })
    expect(error.responseHeaders).toEqual({ 'retry-after-ms': '7000' })
    expect(RateLimitError.isInstance(error.cause)).toBe(true)
  })
})

test('no error has the prompt in it', async () => {
  mock.server.inject('status-400')
  const error = await callError(
    mock
      .provider()(MODEL)
      .doGenerate({ prompt: promptOf('a secret about gulls') }),
  )
  expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain('gulls')
})

test('a time limit of the provider ends a call', async () => {
  mock.server.inject('delay-headers')
  const provider = mock.provider({ generationTimeout: 50 })
  const error = await callError(provider(MODEL).doGenerate({ prompt: promptOf('Hello.') }))
  expect(APICallError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ code: 'timeout', isRetryable: false, cause: { limit: 'generationTimeout' } })
})

test('an error of the AI SDK itself stays as it is', async () => {
  const file = { type: 'file' as const, mediaType: 'audio/wav', data: 'AAAA' }
  const error: AISDKError = await callError(
    mock
      .provider()(MODEL)
      .doGenerate({ prompt: [{ role: 'user', content: [file] }] }),
  )
  expect(error.name).toBe('AI_UnsupportedFunctionalityError')
  expect(ProviderError.isInstance(error.cause)).toBe(false)
})
