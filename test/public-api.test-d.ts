import { assertType, describe, expectTypeOf, it } from 'vitest'
import {
  ApiError,
  createLMStudio,
  memoryCache,
  NetworkError,
  ProviderError,
  TimeoutError,
  type CacheAdapter,
  type CallOptions,
  type CompletionEvent,
  type CompletionRequest,
  type CompletionResponse,
  type CompletionStream,
  type EmbeddingResponse,
  type ErrorCode,
  type HealthReport,
  type LMStudioOptions,
  type LMStudioProvider,
  type Message,
  type ModelCapabilities,
  type ModelInfo,
  type ModelProvider,
  type PartialCompletion,
} from 'lmstudio-provider'

const messages: Message[] = [{ role: 'user', content: 'Hi' }]

describe('createLMStudio', () => {
  it('needs nothing', () => {
    expectTypeOf(createLMStudio).toBeCallableWith()
    expectTypeOf(createLMStudio).toBeCallableWith({})
    expectTypeOf(createLMStudio).returns.toEqualTypeOf<LMStudioProvider>()
  })

  it('takes undefined for every option under exactOptionalPropertyTypes', () => {
    type Undefined = { [K in keyof LMStudioOptions]-?: undefined }
    expectTypeOf<Undefined>().toExtend<LMStudioOptions>()
    expectTypeOf<{ [K in keyof CallOptions]-?: undefined }>().toExtend<CallOptions>()
  })

  it('takes a string or a URL, and a token or what gives one', () => {
    expectTypeOf(createLMStudio).toBeCallableWith({ endpoint: new URL('http://localhost:1234') })
    expectTypeOf(createLMStudio).toBeCallableWith({ apiToken: async () => undefined })
    expectTypeOf(createLMStudio).toBeCallableWith({ cache: false })
    expectTypeOf(createLMStudio).toBeCallableWith({ cache: memoryCache(), fetch })
    // @ts-expect-error no such option
    createLMStudio({ endpiont: 'http://localhost:1234' })
    // @ts-expect-error milliseconds are a number
    createLMStudio({ timeout: '30s' })
    // @ts-expect-error true is no cache
    createLMStudio({ cache: true })
  })

  it('takes what is frozen', () => {
    expectTypeOf<Readonly<LMStudioOptions>>().toExtend<LMStudioOptions>()
  })
})

describe('CompletionRequest', () => {
  it('has exactly one of messages and prompt', () => {
    assertType<CompletionRequest>({ model: 'm', messages })
    assertType<CompletionRequest>({ model: 'm', prompt: 'Hi', system: 'Be brief.' })
    assertType<CompletionRequest>({ model: 'm', messages, prompt: undefined, system: undefined })
    assertType<CompletionRequest>({ model: 'm', prompt: 'Hi', messages: undefined })
    // @ts-expect-error both
    assertType<CompletionRequest>({ model: 'm', messages, prompt: 'Hi' })
    // @ts-expect-error neither
    assertType<CompletionRequest>({ model: 'm' })
    // @ts-expect-error the system message belongs into messages
    assertType<CompletionRequest>({ model: 'm', messages, system: 'Be brief.' })
    // @ts-expect-error no model
    assertType<CompletionRequest>({ messages })
  })

  it('takes undefined for every setting, and read-only lists', () => {
    const stop = ['a', 'b'] as const
    assertType<CompletionRequest>({
      model: 'm',
      messages: messages as readonly Message[],
      stop,
      temperature: undefined,
      topP: undefined,
      tools: undefined,
      toolChoice: undefined,
      responseFormat: undefined,
      extraBody: undefined,
    })
    assertType<CompletionRequest>({
      model: 'm',
      prompt: 'x',
      tools: [{ name: 'f', description: undefined, parameters: undefined }] as const,
    })
  })

  it('knows the choices, and not those of OpenAI', () => {
    assertType<CompletionRequest>({
      model: 'm',
      prompt: 'x',
      toolChoice: { tool: 'f' },
      responseFormat: { schema: {} },
    })
    // @ts-expect-error not a choice
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', toolChoice: 'any' })
    // @ts-expect-error OpenAI's shape
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', responseFormat: { type: 'json_object' } })
    // @ts-expect-error snake case
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', max_tokens: 5 })
  })
})

describe('Message', () => {
  it('is told apart by its role', () => {
    assertType<Message>({
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'image', image: new Uint8Array() },
        { type: 'image', image: new Blob() },
      ],
    })
    assertType<Message>({ role: 'assistant', content: null, toolCalls: [{ id: '1', name: 'f', arguments: {} }] })
    assertType<Message>({ role: 'assistant' })
    assertType<Message>({ role: 'tool', toolCallId: '1', content: '' })
    // @ts-expect-error a system message is text
    assertType<Message>({ role: 'system', content: [{ type: 'text', text: 'a' }] })
    // @ts-expect-error whose result is it
    assertType<Message>({ role: 'tool', content: '' })
    // @ts-expect-error no such role
    assertType<Message>({ role: 'developer', content: '' })
  })

  it('takes the tool calls of an answer back as they are', () => {
    expectTypeOf<CompletionResponse['toolCalls']>().toExtend<
      NonNullable<Extract<Message, { role: 'assistant' }>['toolCalls']>
    >()
  })
})

describe('CompletionEvent', () => {
  it('is told apart by its type, completely', () => {
    const read = (event: CompletionEvent): string | number => {
      switch (event.type) {
        case 'completion-start':
          return event.model
        case 'progress':
          expectTypeOf(event.phase).toEqualTypeOf<'model-load' | 'prompt-processing'>()
          return event.progress
        case 'reasoning-delta':
        case 'text-delta':
          return event.text
        case 'tool-call-start':
          return event.name
        case 'tool-call-delta':
          return event.argumentsDelta
        case 'tool-call':
          return event.toolCall.rawArguments
        case 'completion-end':
          expectTypeOf(event.response).toEqualTypeOf<CompletionResponse>()
          return event.response.text
        default:
          expectTypeOf(event).toBeNever()
          return ''
      }
    }
    expectTypeOf(read).returns.toEqualTypeOf<string | number>()
  })

  it('cannot be changed', () => {
    const event = {} as Extract<CompletionEvent, { type: 'text-delta' }>
    // @ts-expect-error read-only
    event.text = 'x'
    expectTypeOf<CompletionEvent>().toEqualTypeOf<Readonly<CompletionEvent>>()
  })
})

describe('answers', () => {
  it('cannot be changed', () => {
    expectTypeOf<CompletionResponse>().toEqualTypeOf<Readonly<CompletionResponse>>()
    expectTypeOf<EmbeddingResponse>().toEqualTypeOf<Readonly<EmbeddingResponse>>()
    expectTypeOf<ModelInfo>().toEqualTypeOf<Readonly<ModelInfo>>()
    expectTypeOf<ModelCapabilities>().toEqualTypeOf<Readonly<ModelCapabilities>>()
    expectTypeOf<HealthReport>().toEqualTypeOf<Readonly<HealthReport>>()
    // @ts-expect-error read-only
    ;({}) as CompletionResponse['toolCalls'] satisfies unknown[]
  })

  it('leave open what the server may not say', () => {
    expectTypeOf<CompletionResponse['usage']['inputTokens']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<CompletionResponse['rawFinishReason']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<ModelCapabilities['vision']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<CompletionResponse['toolCalls'][number]['arguments']>().toBeUnknown()
    expectTypeOf<CompletionResponse['raw']>().toBeUnknown()
    expectTypeOf<ModelInfo['raw']>().toBeUnknown()
  })

  it('in part have no finish reason', () => {
    expectTypeOf<PartialCompletion>().not.toHaveProperty('finishReason')
    expectTypeOf<CompletionResponse>().toExtend<PartialCompletion>()
  })
})

describe('the provider', () => {
  it('is one of the family', () => {
    expectTypeOf<LMStudioProvider>().toExtend<ModelProvider>()
    expectTypeOf<LMStudioProvider['name']>().toEqualTypeOf<'lmstudio'>()
    expectTypeOf<ModelProvider['name']>().toEqualTypeOf<string>()
    // @ts-expect-error read-only
    createLMStudio().endpoint = 'x'
  })

  it('gives what it says', () => {
    expectTypeOf<ModelProvider['complete']>().returns.resolves.toEqualTypeOf<CompletionResponse>()
    expectTypeOf<ModelProvider['stream']>().returns.toEqualTypeOf<CompletionStream>()
    expectTypeOf<ModelProvider['listModels']>().returns.resolves.toEqualTypeOf<ModelInfo[]>()
    expectTypeOf<ModelProvider['supportsModel']>().returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf<ModelProvider['modelCapabilities']>().returns.resolves.toEqualTypeOf<ModelCapabilities | undefined>()
    expectTypeOf<ModelProvider['healthCheck']>().returns.resolves.toEqualTypeOf<HealthReport>()
    expectTypeOf<LMStudioProvider['embed']>().returns.resolves.toEqualTypeOf<EmbeddingResponse>()
  })

  it('takes refresh for a listing only', () => {
    expectTypeOf<LMStudioProvider['listModels']>().toBeCallableWith({ refresh: true })
    expectTypeOf<LMStudioProvider['listModels']>().toBeCallableWith({ refresh: undefined, signal: undefined })
    // @ts-expect-error only a listing can be refreshed
    void createLMStudio().healthCheck({ refresh: true })
  })

  it('embeds one text or several, also read-only ones', () => {
    expectTypeOf<LMStudioProvider['embed']>().toBeCallableWith({ model: 'm', input: 'a' })
    expectTypeOf<LMStudioProvider['embed']>().toBeCallableWith({ model: 'm', input: ['a'] as const })
    // @ts-expect-error token ids
    void createLMStudio().embed({ model: 'm', input: [1, 2] })
  })
})

describe('CompletionStream', () => {
  it('is iterable, and so is its text', () => {
    expectTypeOf<CompletionStream>().toExtend<AsyncIterable<CompletionEvent>>()
    expectTypeOf<CompletionStream['textStream']>().toEqualTypeOf<AsyncIterable<string>>()
    expectTypeOf<CompletionStream['response']>().resolves.toEqualTypeOf<CompletionResponse>()
    expectTypeOf<CompletionStream['toReadableStream']>().returns.toEqualTypeOf<ReadableStream<CompletionEvent>>()
    expectTypeOf<CompletionStream['abort']>().parameters.toEqualTypeOf<[reason?: unknown]>()
  })
})

describe('errors', () => {
  it('are told apart by isInstance', () => {
    const error = {} as unknown
    if (TimeoutError.isInstance(error)) {
      expectTypeOf(error).toEqualTypeOf<TimeoutError>()
      expectTypeOf(error.limit).toExtend<string>()
      expectTypeOf(error.partial).toEqualTypeOf<PartialCompletion | undefined>()
    }
    if (ProviderError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
  })

  it('take only codes that exist', () => {
    assertType(new NetworkError('x', { code: 'connection-reset' }))
    // @ts-expect-error a misspelt code
    assertType(new NetworkError('x', { code: 'conection-reset' }))
    // @ts-expect-error a code of one's own
    assertType(new ApiError('x', { code: 'my-code' as string }))
  })

  it('cannot be made of the base', () => {
    // @ts-expect-error abstract
    assertType(() => new ProviderError('x'))
  })
})

describe('CacheAdapter', () => {
  it('may be synchronous or not', () => {
    assertType<CacheAdapter>({ get: () => 1, set() {}, delete() {}, clear() {} })
    assertType<CacheAdapter>({ get: async () => 1, set: async () => {}, delete: async () => {}, clear: async () => {} })
    // @ts-expect-error a cache must be able to forget
    assertType<CacheAdapter>({ get: () => 1, set() {} })
  })
})
