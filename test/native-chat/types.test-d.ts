import * as v from 'valibot'
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
  type ConversationTurn,
  type EphemeralMCPIntegration,
  type PartialChat,
  type PartialCompletion,
  type PluginIntegration,
  type SavedConversation,
} from 'lmstudio-provider'
import type { WireChat } from '../../src/native-chat/response.js'
import type { WireInvalidToolCall, WireOutputItem, WireToolCall } from '../../src/native-chat/output.js'
import type { EntriesOf } from '../../src/validation/schema.js'

const entry = v.unknown()
const settings = {
  model: entry,
  system: entry,
  integrations: entry,
  reasoning: entry,
  maxTokens: entry,
  temperature: entry,
  topP: entry,
  topK: entry,
  minP: entry,
  repeatPenalty: entry,
}
const base = { model: 'm', input: 'Hi' }

describe('the entries of the request schemas', () => {
  it('schema entries cover each field of ChatSettings and nothing else', () => {
    void ({ contextLength: entry, ...settings } satisfies EntriesOf<ChatSettings>)
    // @ts-expect-error -- `contextLength` is missing
    void (settings satisfies EntriesOf<ChatSettings>)
    // @ts-expect-error -- `contextLenght` is misspelled
    void ({ contextLenght: entry, ...settings } satisfies EntriesOf<ChatSettings>)
    // @ts-expect-error -- `seed` does not exist
    void ({ contextLength: entry, ...settings, seed: entry } satisfies EntriesOf<ChatSettings>)
  })

  it('schema entries cover each field of ChatRequest and nothing else', () => {
    const rest = { ...settings, contextLength: entry, input: entry, store: entry }
    void ({ previousResponseId: entry, ...rest } satisfies EntriesOf<ChatRequest>)
    // @ts-expect-error -- `previousResponseId` is missing
    void (rest satisfies EntriesOf<ChatRequest>)
    // @ts-expect-error -- `previousResponseID` is misspelled
    void ({ previousResponseID: entry, ...rest } satisfies EntriesOf<ChatRequest>)
    // @ts-expect-error -- `stop` does not exist
    void ({ previousResponseId: entry, ...rest, stop: entry } satisfies EntriesOf<ChatRequest>)
  })

  it('schema entries cover each field of ConversationSettings and nothing else', () => {
    const rest = { ...settings, contextLength: entry }
    void ({ from: entry, ...rest } satisfies EntriesOf<ConversationSettings>)
    // @ts-expect-error -- `from` is missing
    void (rest satisfies EntriesOf<ConversationSettings>)
    // @ts-expect-error -- `form` is misspelled
    void ({ form: entry, ...rest } satisfies EntriesOf<ConversationSettings>)
    // @ts-expect-error -- `store` does not exist
    void ({ from: entry, ...rest, store: entry } satisfies EntriesOf<ConversationSettings>)
  })

  it('schema entries cover each field of SavedConversation and ConversationTurn, and nothing else', () => {
    void ({ version: entry, turns: entry } satisfies EntriesOf<SavedConversation>)
    // @ts-expect-error -- `turns` is missing
    void ({ version: entry } satisfies EntriesOf<SavedConversation>)
    // @ts-expect-error -- `turn` is misspelled
    void ({ version: entry, turn: entry } satisfies EntriesOf<SavedConversation>)
    const rest = { responseId: entry, input: entry, text: entry }
    void ({ reasoning: entry, ...rest } satisfies EntriesOf<ConversationTurn>)
    // @ts-expect-error -- `reasoning` is missing
    void (rest satisfies EntriesOf<ConversationTurn>)
    // @ts-expect-error -- `reasonning` is misspelled
    void ({ reasonning: entry, ...rest } satisfies EntriesOf<ConversationTurn>)
  })

  it('schema entries cover each field of PluginIntegration and EphemeralMCPIntegration, and nothing else', () => {
    void ({ type: entry, id: entry, allowedTools: entry } satisfies EntriesOf<PluginIntegration>)
    // @ts-expect-error -- `allowedTools` is missing
    void ({ type: entry, id: entry } satisfies EntriesOf<PluginIntegration>)
    // @ts-expect-error -- `allowedTool` is misspelled
    void ({ type: entry, id: entry, allowedTool: entry } satisfies EntriesOf<PluginIntegration>)
    const rest = { type: entry, serverLabel: entry, serverUrl: entry, allowedTools: entry }
    void ({ headers: entry, ...rest } satisfies EntriesOf<EphemeralMCPIntegration>)
    // @ts-expect-error -- `headers` is missing
    void (rest satisfies EntriesOf<EphemeralMCPIntegration>)
    // @ts-expect-error -- `header` is misspelled
    void ({ header: entry, ...rest } satisfies EntriesOf<EphemeralMCPIntegration>)
  })
})

describe('the wire types', () => {
  it('WireChat rejects a misspelled field', () => {
    void ({ output: [], stats: { input_tokens: 1 }, response_id: undefined } satisfies WireChat)
    // @ts-expect-error -- `respons_id` is misspelled
    void ({ output: [], respons_id: 'resp_1' } satisfies WireChat)
    // @ts-expect-error -- `input_token` is misspelled
    void ({ output: [], stats: { input_token: 1 } } satisfies WireChat)
    const wire: WireChat = { output: [] }
    // @ts-expect-error -- `model_instance` is misspelled
    void wire.model_instance
  })

  it('the wire types of output items reject a misspelled field', () => {
    void ({ type: 'message', content: 'Hi.' } satisfies WireOutputItem)
    // @ts-expect-error -- `contents` is misspelled
    void ({ type: 'message', contents: 'Hi.' } satisfies WireOutputItem)
    // @ts-expect-error -- `plugin` is misspelled
    void ({ tool: 't', provider_info: { plugin: 'x' } } satisfies WireToolCall)
    // @ts-expect-error -- `toolname` is misspelled
    void ({ metadata: { toolname: 't' } } satisfies WireInvalidToolCall)
  })
})

describe('ChatRequest', () => {
  it('ChatRequest accepts text or parts, and three kinds of integrations', () => {
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
    // @ts-expect-error -- `max` does not exist
    assertType<ChatRequest>({ ...base, reasoning: 'max' })
    // @ts-expect-error -- `stop` does not exist
    assertType<ChatRequest>({ ...base, stop: 'x' })
    // @ts-expect-error -- a plugin has no URL
    assertType<ChatRequest>({ ...base, integrations: [{ type: 'plugin', id: 'x', serverUrl: 'b' }] })
    // @ts-expect-error -- `input` is missing
    assertType<ChatRequest>({ model: 'm' })
  })

  it('ChatSettings accept undefined for each field but the model under exactOptionalPropertyTypes', () => {
    type Undefined = { [K in keyof Omit<ChatSettings, 'model'>]-?: undefined } & { model: string }
    expectTypeOf<Undefined>().toExtend<ChatSettings>()
  })
})

describe('responses of a chat', () => {
  const lmstudio = createLMStudio()

  it('chat and streamChat have the same response type', () => {
    expectTypeOf(lmstudio.chat).parameters.toEqualTypeOf<[ChatRequest, (CallOptions | undefined)?]>()
    expectTypeOf(lmstudio.chat).returns.resolves.toEqualTypeOf<ChatResponse>()
    expectTypeOf(lmstudio.streamChat).returns.toEqualTypeOf<ChatStream>()
    expectTypeOf<ChatStream['response']>().resolves.toEqualTypeOf<ChatResponse>()
    expectTypeOf<ChatResponse['isFinishReasonInferred']>().toEqualTypeOf<true>()
    expectTypeOf<ChatResponse['stats']>().toExtend<CompletionStats>()
  })

  it('PartialChat is a PartialCompletion with output items', () => {
    expectTypeOf<PartialChat>().toExtend<PartialCompletion>()
    expectTypeOf<PartialChat>().not.toHaveProperty('finishReason')
    expectTypeOf<PartialChat['output']>().toEqualTypeOf<readonly ChatOutputItem[]>()
  })

  it('ChatEvent and ChatOutputItem are narrowed by their type', () => {
    type EventOf<T extends ChatEvent['type']> = Extract<ChatEvent, { readonly type: T }>
    type ItemOf<T extends ChatOutputItem['type']> = Extract<ChatOutputItem, { readonly type: T }>
    expectTypeOf<EventOf<'progress'>['progress']>().toEqualTypeOf<number>()
    expectTypeOf<EventOf<'tool-call-success'>['output']>().toEqualTypeOf<string>()
    expectTypeOf<EventOf<'unknown'>['data']>().toEqualTypeOf<unknown>()
    expectTypeOf<EventOf<'chat-end'>['response']>().toEqualTypeOf<ChatResponse>()
    expectTypeOf<ItemOf<'invalid-tool-call'>['reason']>().toEqualTypeOf<string>()
    expectTypeOf<ItemOf<'message'>>().not.toHaveProperty('reason')
  })
})

describe('createConversation', () => {
  it('createConversation accepts a provider and settings without `store`', () => {
    expectTypeOf(createConversation).toBeCallableWith(createLMStudio(), { model: 'm' })
    expectTypeOf(createConversation).returns.toEqualTypeOf<Conversation>()
    // @ts-expect-error -- a conversation always stores its responses
    assertType<ConversationSettings>({ model: 'm', store: true })
  })

  it('createConversation accepts what toJSON returns', () => {
    expectTypeOf<Conversation['toJSON']>().returns.toEqualTypeOf<SavedConversation>()
    expectTypeOf<NonNullable<ConversationSettings['from']>>().toEqualTypeOf<SavedConversation>()
  })
})
