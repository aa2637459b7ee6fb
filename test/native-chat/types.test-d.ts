import { assertType, describe, expectTypeOf, it } from 'vitest'
import {
  createConversation,
  createLMStudio,
  type CallOptions,
  type ChatEvent,
  type ChatOutputItem,
  type ChatRequest,
  type ChatResponse,
  type ChatSettings,
  type ChatStream,
  type CompletionStats,
  type Conversation,
  type ConversationSettings,
  type PartialChat,
  type PartialCompletion,
  type SavedConversation,
} from 'lmstudio-provider'

const base = { model: 'm', input: 'Hi' }

describe('ChatRequest', () => {
  it('takes a text or parts, and integrations in three forms', () => {
    assertType<ChatRequest>(base)
    assertType<ChatRequest>({
      ...base,
      input: [
        { type: 'text', text: 'x' },
        { type: 'image', image: new Blob() },
      ],
    })
    assertType<ChatRequest>({
      ...base,
      integrations: ['mcp/x', { type: 'plugin', id: 'x' }, { type: 'ephemeral-mcp', serverLabel: 'a', serverUrl: 'b' }],
    })
    // @ts-expect-error no such setting
    assertType<ChatRequest>({ ...base, reasoning: 'max' })
    // @ts-expect-error the route has no such field
    assertType<ChatRequest>({ ...base, stop: 'x' })
    // @ts-expect-error a plugin has no address
    assertType<ChatRequest>({ ...base, integrations: [{ type: 'plugin', id: 'x', serverUrl: 'b' }] })
    // @ts-expect-error `input` is required
    assertType<ChatRequest>({ model: 'm' })
  })

  it('takes undefined for every setting but the model under exactOptionalPropertyTypes', () => {
    type Undefined = { [K in keyof Omit<ChatSettings, 'model'>]-?: undefined } & { model: string }
    expectTypeOf<Undefined>().toExtend<ChatSettings>()
  })
})

describe('answers', () => {
  const lmstudio = createLMStudio()

  it('are of the same type, whole or streamed', () => {
    expectTypeOf(lmstudio.chat).parameters.toEqualTypeOf<[ChatRequest, (CallOptions | undefined)?]>()
    expectTypeOf(lmstudio.chat).returns.resolves.toEqualTypeOf<ChatResponse>()
    expectTypeOf(lmstudio.streamChat).returns.toEqualTypeOf<ChatStream>()
    expectTypeOf<ChatStream['response']>().resolves.toEqualTypeOf<ChatResponse>()
    expectTypeOf<ChatResponse['isFinishReasonInferred']>().toEqualTypeOf<true>()
    expectTypeOf<ChatResponse['stats']>().toExtend<CompletionStats>()
  })

  it('break into what the errors promise', () => {
    expectTypeOf<PartialChat>().toExtend<PartialCompletion>()
    expectTypeOf<PartialChat>().not.toHaveProperty('finishReason')
    expectTypeOf<PartialChat['output']>().toEqualTypeOf<readonly ChatOutputItem[]>()
  })

  it('have events and items that are told apart by their type', () => {
    const event = {} as ChatEvent
    if (event.type === 'progress') expectTypeOf(event.progress).toEqualTypeOf<number>()
    if (event.type === 'tool-call-success') expectTypeOf(event.output).toEqualTypeOf<string>()
    if (event.type === 'unknown') expectTypeOf(event.data).toEqualTypeOf<unknown>()
    if (event.type === 'chat-end') expectTypeOf(event.response).toEqualTypeOf<ChatResponse>()
    const item = {} as ChatOutputItem
    if (item.type === 'invalid-tool-call') expectTypeOf(item.reason).toEqualTypeOf<string>()
    // @ts-expect-error a message has no reason
    if (item.type === 'message') void item.reason
  })
})

describe('createConversation', () => {
  it('takes a provider, or what chats like one', () => {
    expectTypeOf(createConversation).toBeCallableWith(createLMStudio(), { model: 'm' })
    expectTypeOf(createConversation).returns.toEqualTypeOf<Conversation>()
    // @ts-expect-error it says itself what is stored
    assertType<ConversationSettings>({ model: 'm', store: true })
  })

  it('takes what it saved', () => {
    expectTypeOf<Conversation['toJSON']>().returns.toEqualTypeOf<SavedConversation>()
    expectTypeOf<NonNullable<ConversationSettings['from']>>().toEqualTypeOf<SavedConversation>()
  })
})
