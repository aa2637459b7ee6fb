import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import type {
  CompletionRequest,
  LMStudioProvider,
  TextCompletionEvent,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from 'lmstudio-provider'
import type { WireChunk, WireCompletion } from '../../src/completions/response.js'
import { samplingEntries } from '../../src/generation/sampling.js'
import type { EntriesOf } from '../../src/validation/schema.js'

const entry = v.unknown()

describe('the entries of the request schemas', () => {
  it('schema entries cover each field of CompletionRequest and nothing else', () => {
    const rest = {
      ...samplingEntries,
      model: entry,
      messages: entry,
      prompt: entry,
      system: entry,
      tools: entry,
      toolChoice: entry,
      reasoningEffort: entry,
    }
    void ({ responseFormat: entry, ...rest } satisfies EntriesOf<CompletionRequest>)
    // @ts-expect-error -- `responseFormat` is missing
    void (rest satisfies EntriesOf<CompletionRequest>)
    // @ts-expect-error -- `responseFormt` is misspelled
    void ({ responseFormt: entry, ...rest } satisfies EntriesOf<CompletionRequest>)
    // @ts-expect-error -- `stream` does not exist
    void ({ responseFormat: entry, ...rest, stream: entry } satisfies EntriesOf<CompletionRequest>)
  })

  it('schema entries cover each field of TextCompletionRequest and nothing else', () => {
    const rest = { ...samplingEntries, model: entry }
    void ({ prompt: entry, ...rest } satisfies EntriesOf<TextCompletionRequest>)
    // @ts-expect-error -- `prompt` is missing
    void (rest satisfies EntriesOf<TextCompletionRequest>)
    // @ts-expect-error -- `promt` is misspelled
    void ({ promt: entry, ...rest } satisfies EntriesOf<TextCompletionRequest>)
    // @ts-expect-error -- `messages` does not exist
    void ({ prompt: entry, ...rest, messages: entry } satisfies EntriesOf<TextCompletionRequest>)
  })
})

describe('the wire types', () => {
  it('WireCompletion rejects a misspelled field', () => {
    void ({ choices: [{ message: { content: 'a' } }] } satisfies WireCompletion)
    // @ts-expect-error -- the choices are missing
    void ({ id: 'c' } satisfies WireCompletion)
    // @ts-expect-error -- `choises` is misspelled
    void ({ choices: [], choises: [] } satisfies WireCompletion)
    // @ts-expect-error -- `mesage` is misspelled
    void ({ choices: [{ mesage: { content: 'a' } }] } satisfies WireCompletion)
    // @ts-expect-error -- `finish_reasn` is misspelled
    void ({ choices: [{ finish_reasn: 'stop' }] } satisfies WireCompletion)
    const wire: WireCompletion = { choices: [] }
    // @ts-expect-error -- `usages` is misspelled
    void wire.usages
  })

  it('WireChunk rejects a misspelled field', () => {
    void ({} satisfies WireChunk)
    void ({ choices: [{ index: 0, delta: { content: null } }], usage: null } satisfies WireChunk)
    // @ts-expect-error -- `dleta` is misspelled
    void ({ choices: [{ dleta: {} }] } satisfies WireChunk)
    // Some servers send a message in the place of a delta.
    void ({ choices: [{ message: {} }] } satisfies WireChunk)
    // @ts-expect-error -- `prompt_token` is misspelled
    void ({ usage: { prompt_token: 1 } } satisfies WireChunk)
    const wire: WireChunk = {}
    // @ts-expect-error -- `choice` is misspelled
    void wire.choice
  })
})

describe('text completions', () => {
  it('TextCompletionRequest takes a prompt and no tools', () => {
    expectTypeOf<{ model: string; prompt: string; stop: string[] }>().toExtend<TextCompletionRequest>()
    expectTypeOf<TextCompletionRequest>().not.toHaveProperty('tools')
    expectTypeOf<TextCompletionRequest>().not.toHaveProperty('messages')
  })

  it('completeText and streamCompleteText return text and no tool calls', () => {
    expectTypeOf<LMStudioProvider['completeText']>().returns.toEqualTypeOf<Promise<TextCompletionResponse>>()
    expectTypeOf<LMStudioProvider['streamCompleteText']>().returns.toEqualTypeOf<TextCompletionStream>()
    expectTypeOf<TextCompletionResponse>().not.toHaveProperty('toolCalls')
    expectTypeOf<TextCompletionEvent['type']>().toEqualTypeOf<'completion-start' | 'text-delta' | 'completion-end'>()
  })
})
