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
  type CompletionSettings,
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
  type Prompt,
  type PartialCompletion,
} from 'lmstudio-provider'

const messages: Message[] = [{ role: 'user', content: 'Hi' }]

describe('createLMStudio', () => {
  it('createLMStudio needs no options', () => {
    expectTypeOf(createLMStudio).toBeCallableWith()
    expectTypeOf(createLMStudio).toBeCallableWith({})
    expectTypeOf(createLMStudio).returns.toEqualTypeOf<LMStudioProvider>()
  })

  it('createLMStudio accepts undefined for every option under exactOptionalPropertyTypes', () => {
    type Undefined = { [K in keyof LMStudioOptions]-?: undefined }
    expectTypeOf<Undefined>().toExtend<LMStudioOptions>()
    expectTypeOf<{ [K in keyof CallOptions]-?: undefined }>().toExtend<CallOptions>()
  })

  it('createLMStudio accepts a string or a URL, and a token or a function that returns it', () => {
    expectTypeOf(createLMStudio).toBeCallableWith({ endpoint: new URL('http://localhost:1234') })
    expectTypeOf(createLMStudio).toBeCallableWith({ apiToken: async () => undefined })
    expectTypeOf(createLMStudio).toBeCallableWith({ cache: false })
    expectTypeOf(createLMStudio).toBeCallableWith({ cache: memoryCache(), fetch })
    // @ts-expect-error -- `endpiont` is misspelled
    createLMStudio({ endpiont: 'http://localhost:1234' })
    // @ts-expect-error -- a time in ms is a number
    createLMStudio({ timeout: '30s' })
    // @ts-expect-error -- `true` is not a cache
    createLMStudio({ cache: true })
  })

  it('createLMStudio accepts read-only options', () => {
    expectTypeOf<Readonly<LMStudioOptions>>().toExtend<LMStudioOptions>()
  })
})

describe('CompletionRequest', () => {
  it('CompletionRequest has exactly one of messages and prompt', () => {
    assertType<CompletionRequest>({ model: 'm', messages })
    assertType<CompletionRequest>({ model: 'm', prompt: 'Hi', system: 'Be brief.' })
    assertType<CompletionRequest>({ model: 'm', messages, prompt: undefined, system: undefined })
    assertType<CompletionRequest>({ model: 'm', prompt: 'Hi', messages: undefined })
    // @ts-expect-error -- both are given
    assertType<CompletionRequest>({ model: 'm', messages, prompt: 'Hi' })
    // @ts-expect-error -- neither is given
    assertType<CompletionRequest>({ model: 'm' })
    // @ts-expect-error -- the system message belongs into messages
    assertType<CompletionRequest>({ model: 'm', messages, system: 'Be brief.' })
    // The default model.
    assertType<CompletionRequest>({ messages })
  })

  it('CompletionRequest is its settings and a prompt, so that a wrapper can fix some of them', () => {
    const ask = (settings: Omit<CompletionSettings, 'model'>, prompt: Prompt): CompletionRequest => ({
      model: 'm',
      ...settings,
      ...prompt,
    })
    assertType<CompletionRequest>(ask({ temperature: 0 }, { messages }))
    assertType<CompletionRequest>(ask({}, { prompt: 'Hi' }))
    // @ts-expect-error -- the wrapper fixes the model
    void ask({ model: 'n' }, { prompt: 'Hi' })
    // @ts-expect-error -- neither is given
    void ask({}, {})
  })

  it('CompletionRequest accepts undefined for every setting, and read-only lists', () => {
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

  it("CompletionRequest accepts its own choices, and not OpenAI's", () => {
    assertType<CompletionRequest>({
      model: 'm',
      prompt: 'x',
      toolChoice: { tool: 'f' },
      responseFormat: { schema: {} },
    })
    // @ts-expect-error -- `any` does not exist
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', toolChoice: 'any' })
    // @ts-expect-error -- OpenAI's shape
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', responseFormat: { type: 'json_object' } })
    // @ts-expect-error -- the field is `maxTokens`
    assertType<CompletionRequest>({ model: 'm', prompt: 'x', max_tokens: 5 })
  })
})

describe('Message', () => {
  it('Message is narrowed by its role', () => {
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
    // @ts-expect-error -- a system message is a string
    assertType<Message>({ role: 'system', content: [{ type: 'text', text: 'a' }] })
    // @ts-expect-error -- `toolCallId` is missing
    assertType<Message>({ role: 'tool', content: '' })
    // @ts-expect-error -- `developer` does not exist
    assertType<Message>({ role: 'developer', content: '' })
  })

  it('Message accepts the tool calls of a response unchanged', () => {
    expectTypeOf<CompletionResponse['toolCalls']>().toExtend<
      NonNullable<Extract<Message, { role: 'assistant' }>['toolCalls']>
    >()
  })
})

describe('CompletionEvent', () => {
  it('CompletionEvent is narrowed by its type', () => {
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

  it('CompletionEvent is read-only', () => {
    const event = {} as Extract<CompletionEvent, { type: 'text-delta' }>
    // @ts-expect-error -- read-only
    event.text = 'x'
    expectTypeOf<CompletionEvent>().toEqualTypeOf<Readonly<CompletionEvent>>()
  })
})

describe('responses', () => {
  it('responses are read-only', () => {
    expectTypeOf<CompletionResponse>().toEqualTypeOf<Readonly<CompletionResponse>>()
    expectTypeOf<EmbeddingResponse>().toEqualTypeOf<Readonly<EmbeddingResponse>>()
    expectTypeOf<ModelInfo>().toEqualTypeOf<Readonly<ModelInfo>>()
    expectTypeOf<ModelCapabilities>().toEqualTypeOf<Readonly<ModelCapabilities>>()
    expectTypeOf<HealthReport>().toEqualTypeOf<Readonly<HealthReport>>()
    // @ts-expect-error -- read-only
    ;({}) as CompletionResponse['toolCalls'] satisfies unknown[]
  })

  it('responses have undefined for what the server may omit', () => {
    expectTypeOf<CompletionResponse['usage']['inputTokens']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<CompletionResponse['rawFinishReason']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<ModelCapabilities['vision']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<CompletionResponse['toolCalls'][number]['arguments']>().toBeUnknown()
    expectTypeOf<CompletionResponse['raw']>().toBeUnknown()
    expectTypeOf<ModelInfo['raw']>().toBeUnknown()
  })

  it('PartialCompletion has no finish reason', () => {
    expectTypeOf<PartialCompletion>().not.toHaveProperty('finishReason')
    expectTypeOf<CompletionResponse>().toExtend<PartialCompletion>()
  })
})

describe('the provider', () => {
  it('LMStudioProvider is a ModelProvider', () => {
    expectTypeOf<LMStudioProvider>().toExtend<ModelProvider>()
    expectTypeOf<LMStudioProvider['name']>().toEqualTypeOf<'lmstudio'>()
    expectTypeOf<ModelProvider['name']>().toEqualTypeOf<string>()
    // @ts-expect-error -- read-only
    createLMStudio().endpoint = 'x'
  })

  it('ModelProvider returns the documented types', () => {
    expectTypeOf<ModelProvider['complete']>().returns.resolves.toEqualTypeOf<CompletionResponse>()
    expectTypeOf<ModelProvider['stream']>().returns.toEqualTypeOf<CompletionStream>()
    expectTypeOf<ModelProvider['listModels']>().returns.resolves.toEqualTypeOf<ModelInfo[]>()
    expectTypeOf<ModelProvider['supportsModel']>().returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf<ModelProvider['modelCapabilities']>().returns.resolves.toEqualTypeOf<ModelCapabilities | undefined>()
    expectTypeOf<ModelProvider['healthCheck']>().returns.resolves.toEqualTypeOf<HealthReport>()
    expectTypeOf<LMStudioProvider['embed']>().returns.resolves.toEqualTypeOf<EmbeddingResponse>()
  })

  it('only listModels accepts `refresh`', () => {
    expectTypeOf<LMStudioProvider['listModels']>().toBeCallableWith({ refresh: true })
    expectTypeOf<LMStudioProvider['listModels']>().toBeCallableWith({ refresh: undefined, signal: undefined })
    // @ts-expect-error -- `refresh` is an option of listModels
    void createLMStudio().healthCheck({ refresh: true })
  })

  it('embed accepts one text or a list, which may be read-only', () => {
    expectTypeOf<LMStudioProvider['embed']>().toBeCallableWith({ model: 'm', input: 'a' })
    expectTypeOf<LMStudioProvider['embed']>().toBeCallableWith({ model: 'm', input: ['a'] as const })
    // @ts-expect-error -- token ids are not accepted
    void createLMStudio().embed({ model: 'm', input: [1, 2] })
  })
})

describe('CompletionStream', () => {
  it('CompletionStream is iterable, and so is its text', () => {
    expectTypeOf<CompletionStream>().toExtend<AsyncIterable<CompletionEvent>>()
    expectTypeOf<CompletionStream['textStream']>().toEqualTypeOf<AsyncIterable<string>>()
    expectTypeOf<CompletionStream['response']>().resolves.toEqualTypeOf<CompletionResponse>()
    expectTypeOf<CompletionStream['toReadableStream']>().returns.toEqualTypeOf<ReadableStream<Uint8Array>>()
    expectTypeOf<CompletionStream['toResponse']>().returns.resolves.toEqualTypeOf<Response>()
    expectTypeOf<CompletionStream['abort']>().parameters.toEqualTypeOf<[reason?: unknown]>()
  })
})

describe('errors', () => {
  it('isInstance narrows an error', () => {
    const error = {} as unknown
    if (TimeoutError.isInstance(error)) {
      expectTypeOf(error).toEqualTypeOf<TimeoutError>()
      expectTypeOf(error.limit).toExtend<string>()
      expectTypeOf(error.partial).toEqualTypeOf<PartialCompletion | undefined>()
    }
    if (ProviderError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
  })

  it('errors accept only codes that exist', () => {
    assertType(new NetworkError('x', { code: 'connection-reset' }))
    // @ts-expect-error -- the code is misspelled
    assertType(new NetworkError('x', { code: 'conection-reset' }))
    // @ts-expect-error -- the code is not an ErrorCode
    assertType(new ApiError('x', { code: 'my-code' as string }))
  })

  it('ProviderError is abstract', () => {
    // @ts-expect-error -- the class is abstract
    assertType(() => new ProviderError('x'))
  })
})

describe('CacheAdapter', () => {
  it('CacheAdapter may be synchronous or asynchronous', () => {
    assertType<CacheAdapter>({ get: () => 1, set() {}, delete() {}, clear() {} })
    assertType<CacheAdapter>({ get: async () => 1, set: async () => {}, delete: async () => {}, clear: async () => {} })
    // @ts-expect-error -- `delete` and `clear` are missing
    assertType<CacheAdapter>({ get: () => 1, set() {} })
  })
})
