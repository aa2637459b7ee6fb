import { describe, expectTypeOf, it } from 'vitest'
import type {
  CompletionResponse,
  LMStudioProvider,
  RespondEvent,
  RespondOutputItem,
  RespondRequest,
  RespondResponse,
  RespondStream,
  TextCompletionEvent,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
  ToolCall,
} from 'lmstudio-provider'

describe('responses', () => {
  it('take a text or messages, and undefined for what is optional', () => {
    expectTypeOf<{ model: string; input: string }>().toExtend<RespondRequest>()
    expectTypeOf<{
      model: string
      input: [{ role: 'tool'; toolCallId: string; content: string }]
    }>().toExtend<RespondRequest>()
    type Optional = Omit<RespondRequest, 'model' | 'input'>
    expectTypeOf<{ [K in keyof Optional]-?: undefined }>().toExtend<Optional>()
    expectTypeOf<RespondRequest>().not.toHaveProperty('stop')
    expectTypeOf<RespondRequest>().not.toHaveProperty('responseFormat')
  })

  it('give a promise, or a stream of typed events', () => {
    expectTypeOf<LMStudioProvider['respond']>().returns.toEqualTypeOf<Promise<RespondResponse>>()
    expectTypeOf<LMStudioProvider['streamRespond']>().returns.toEqualTypeOf<RespondStream>()
    expectTypeOf<RespondStream>().toExtend<AsyncIterable<RespondEvent>>()
    expectTypeOf<RespondStream['response']>().resolves.toEqualTypeOf<RespondResponse>()
    expectTypeOf<RespondResponse>().toExtend<CompletionResponse>()
    expectTypeOf<RespondResponse['usage']['cachedTokens']>().toEqualTypeOf<number | undefined>()
  })

  it('tell events and items apart by their type', () => {
    type Of<T extends RespondEvent['type']> = Extract<RespondEvent, { type: T }>
    expectTypeOf<Of<'response-end'>['response']>().toEqualTypeOf<RespondResponse>()
    expectTypeOf<Of<'text-delta'>['text']>().toEqualTypeOf<string>()
    expectTypeOf<Of<'tool-call'>['toolCall']>().toEqualTypeOf<ToolCall>()
    expectTypeOf<Of<'unknown'>['data']>().toEqualTypeOf<unknown>()
    expectTypeOf<Extract<RespondOutputItem, { type: 'tool-call' }>['toolCall']>().toEqualTypeOf<ToolCall>()
  })
})

describe('text completions', () => {
  it('take a prompt and no tools', () => {
    expectTypeOf<{ model: string; prompt: string; stop: string[] }>().toExtend<TextCompletionRequest>()
    expectTypeOf<TextCompletionRequest>().not.toHaveProperty('tools')
    expectTypeOf<TextCompletionRequest>().not.toHaveProperty('messages')
  })

  it('give text and no tool calls', () => {
    expectTypeOf<LMStudioProvider['completeText']>().returns.toEqualTypeOf<Promise<TextCompletionResponse>>()
    expectTypeOf<LMStudioProvider['streamCompleteText']>().returns.toEqualTypeOf<TextCompletionStream>()
    expectTypeOf<TextCompletionResponse>().not.toHaveProperty('toolCalls')
    expectTypeOf<TextCompletionEvent['type']>().toEqualTypeOf<'completion-start' | 'text-delta' | 'completion-end'>()
  })
})
