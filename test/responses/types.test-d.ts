import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import type {
  CompletionResponse,
  LMStudioProvider,
  RespondEvent,
  RespondOutputItem,
  RespondRequest,
  RespondResponse,
  RespondStream,
  ToolCall,
} from 'lmstudio-provider'
import type { WireEvent, WireItem, WireResponse } from '../../src/responses/response.js'
import type { EntriesOf } from '../../src/validation/schema.js'

const entry = v.unknown()

describe('the entries of the request schema', () => {
  it('schema entries cover each field of RespondRequest and nothing else', () => {
    const rest = {
      model: entry,
      input: entry,
      instructions: entry,
      store: entry,
      tools: entry,
      toolChoice: entry,
      reasoningEffort: entry,
      maxTokens: entry,
      temperature: entry,
      topP: entry,
      presencePenalty: entry,
      frequencyPenalty: entry,
      extraBody: entry,
    }
    void ({ previousResponseId: entry, ...rest } satisfies EntriesOf<RespondRequest>)
    // @ts-expect-error -- `previousResponseId` is missing
    void (rest satisfies EntriesOf<RespondRequest>)
    // @ts-expect-error -- `previousResponseID` is misspelled
    void ({ previousResponseID: entry, ...rest } satisfies EntriesOf<RespondRequest>)
    // @ts-expect-error -- `stop` does not exist
    void ({ previousResponseId: entry, ...rest, stop: entry } satisfies EntriesOf<RespondRequest>)
  })
})

describe('the wire types', () => {
  it('WireResponse rejects a misspelled field', () => {
    void ({ id: 'resp_1', output: [{ type: 'message' }], usage: { input_tokens: 1 } } satisfies WireResponse)
    // @ts-expect-error -- `incomplete_detail` is misspelled
    void ({ incomplete_detail: null } satisfies WireResponse)
    // @ts-expect-error -- `reasn` is misspelled
    void ({ incomplete_details: { reasn: 'x' } } satisfies WireResponse)
    // @ts-expect-error -- `input_token` is misspelled
    void ({ usage: { input_token: 1 } } satisfies WireResponse)
    const wire: WireResponse = {}
    // @ts-expect-error -- `outputs` is misspelled
    void wire.outputs
  })

  it('WireEvent rejects a misspelled field', () => {
    void ({ response: { id: 'resp_1' }, item: { type: 'message' }, text: undefined } satisfies WireEvent)
    // @ts-expect-error -- `output_indx` is misspelled
    void ({ output_indx: 0 } satisfies WireEvent)
    // @ts-expect-error -- `typ` is misspelled
    void ({ item: { typ: 'message' } } satisfies WireEvent)
    const wire: WireEvent = {}
    // @ts-expect-error -- `deltas` is misspelled
    void wire.deltas
  })

  it('WireItem and WireUsage reject a misspelled field', () => {
    void ({ type: 'function_call', call_id: 'call_1', arguments: { x: 1 } } satisfies WireItem)
    // @ts-expect-error -- `callid` is misspelled
    void ({ type: 'function_call', callid: 'call_1' } satisfies WireItem)
    type WireUsage = NonNullable<WireResponse['usage']>
    void ({ input_tokens: 1, input_tokens_details: { cached_tokens: 1 } } satisfies WireUsage)
    // @ts-expect-error -- `cached_token` is misspelled
    void ({ input_tokens_details: { cached_token: 1 } } satisfies WireUsage)
  })
})

describe('RespondRequest', () => {
  it('RespondRequest accepts text or messages, and undefined for each optional field', () => {
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
})

describe('respond and streamRespond', () => {
  it('respond returns a promise, and streamRespond a stream of typed events', () => {
    expectTypeOf<LMStudioProvider['respond']>().returns.toEqualTypeOf<Promise<RespondResponse>>()
    expectTypeOf<LMStudioProvider['streamRespond']>().returns.toEqualTypeOf<RespondStream>()
    expectTypeOf<RespondStream>().toExtend<AsyncIterable<RespondEvent>>()
    expectTypeOf<RespondStream['response']>().resolves.toEqualTypeOf<RespondResponse>()
    expectTypeOf<RespondResponse>().toExtend<CompletionResponse>()
    expectTypeOf<RespondResponse['usage']['cachedTokens']>().toEqualTypeOf<number | undefined>()
  })

  it('RespondEvent and RespondOutputItem are narrowed by their type', () => {
    type EventOf<T extends RespondEvent['type']> = Extract<RespondEvent, { readonly type: T }>
    expectTypeOf<EventOf<'response-end'>['response']>().toEqualTypeOf<RespondResponse>()
    expectTypeOf<EventOf<'text-delta'>['text']>().toEqualTypeOf<string>()
    expectTypeOf<EventOf<'tool-call'>['toolCall']>().toEqualTypeOf<ToolCall>()
    expectTypeOf<EventOf<'unknown'>['data']>().toEqualTypeOf<unknown>()
    expectTypeOf<Extract<RespondOutputItem, { type: 'tool-call' }>['toolCall']>().toEqualTypeOf<ToolCall>()
  })
})
