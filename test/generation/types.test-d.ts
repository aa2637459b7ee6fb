import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import type {
  AssistantMessage,
  ImagePart,
  SystemMessage,
  TextPart,
  ToolCallInput,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from 'lmstudio-provider'
import type { Metadata, WireDelta } from '../../src/generation/completion-accumulator.js'
import { samplingEntries } from '../../src/generation/sampling.js'
import type { WireStats } from '../../src/generation/stats.js'
import type { WireToolCall } from '../../src/generation/tool-call-accumulator.js'
import type { toolEntries } from '../../src/generation/tools.js'
import type { SamplingSettings } from '../../src/generation/types.js'
import type { WireUsage } from '../../src/generation/usage.js'
import type { EntriesOf } from '../../src/validation/schema.js'

const entry = v.unknown()

describe('the entries of the schemas that requests share', () => {
  it('schema entries cover each field of SamplingSettings and nothing else', () => {
    const { topP, ...rest } = samplingEntries
    void ({ topP, ...rest } satisfies EntriesOf<SamplingSettings>)
    // @ts-expect-error -- `topP` is missing
    void (rest satisfies EntriesOf<SamplingSettings>)
    // @ts-expect-error -- `topp` is misspelled
    void ({ topp: topP, ...rest } satisfies EntriesOf<SamplingSettings>)
    // @ts-expect-error -- `topX` does not exist
    void ({ topP, ...rest, topX: entry } satisfies EntriesOf<SamplingSettings>)
    expectTypeOf<keyof typeof samplingEntries>().toEqualTypeOf<keyof SamplingSettings>()
  })

  it('schema entries cover each field of TextPart and nothing else', () => {
    void ({ type: entry, text: entry } satisfies EntriesOf<TextPart>)
    // @ts-expect-error -- `text` is missing
    void ({ type: entry } satisfies EntriesOf<TextPart>)
    // @ts-expect-error -- `txt` is misspelled
    void ({ type: entry, txt: entry } satisfies EntriesOf<TextPart>)
    // @ts-expect-error -- `content` does not exist
    void ({ type: entry, text: entry, content: entry } satisfies EntriesOf<TextPart>)
  })

  it('schema entries cover each field of ImagePart and nothing else', () => {
    void ({ type: entry, image: entry } satisfies EntriesOf<ImagePart>)
    // @ts-expect-error -- `image` is missing
    void ({ type: entry } satisfies EntriesOf<ImagePart>)
    // @ts-expect-error -- `img` is misspelled
    void ({ type: entry, img: entry } satisfies EntriesOf<ImagePart>)
    // @ts-expect-error -- `url` does not exist
    void ({ type: entry, image: entry, url: entry } satisfies EntriesOf<ImagePart>)
  })

  it('schema entries cover each field of ToolCallInput and nothing else', () => {
    const rest = { id: entry, name: entry, arguments: entry }
    void ({ rawArguments: entry, ...rest } satisfies EntriesOf<ToolCallInput>)
    // @ts-expect-error -- `rawArguments` is missing
    void (rest satisfies EntriesOf<ToolCallInput>)
    // @ts-expect-error -- `rawargs` is misspelled
    void ({ rawargs: entry, ...rest } satisfies EntriesOf<ToolCallInput>)
    // @ts-expect-error -- `index` does not exist
    void ({ rawArguments: entry, ...rest, index: entry } satisfies EntriesOf<ToolCallInput>)
  })

  it('schema entries cover each field of SystemMessage and of UserMessage, and nothing else', () => {
    void ({ role: entry, content: entry } satisfies EntriesOf<SystemMessage>)
    void ({ role: entry, content: entry } satisfies EntriesOf<UserMessage>)
    // @ts-expect-error -- `content` is missing
    void ({ role: entry } satisfies EntriesOf<SystemMessage>)
    // @ts-expect-error -- `content` is missing
    void ({ role: entry } satisfies EntriesOf<UserMessage>)
    // @ts-expect-error -- `contents` is misspelled
    void ({ role: entry, contents: entry } satisfies EntriesOf<SystemMessage>)
    // @ts-expect-error -- `contents` is misspelled
    void ({ role: entry, contents: entry } satisfies EntriesOf<UserMessage>)
    // @ts-expect-error -- `name` does not exist
    void ({ role: entry, content: entry, name: entry } satisfies EntriesOf<UserMessage>)
  })

  it('schema entries cover each field of AssistantMessage and nothing else', () => {
    const rest = { role: entry, content: entry }
    void ({ toolCalls: entry, ...rest } satisfies EntriesOf<AssistantMessage>)
    // @ts-expect-error -- `toolCalls` is missing
    void (rest satisfies EntriesOf<AssistantMessage>)
    // @ts-expect-error -- `toolcalls` is misspelled
    void ({ toolcalls: entry, ...rest } satisfies EntriesOf<AssistantMessage>)
    // @ts-expect-error -- `refusal` does not exist
    void ({ toolCalls: entry, ...rest, refusal: entry } satisfies EntriesOf<AssistantMessage>)
  })

  it('schema entries cover each field of ToolMessage and nothing else', () => {
    const rest = { role: entry, content: entry }
    void ({ toolCallId: entry, ...rest } satisfies EntriesOf<ToolMessage>)
    // @ts-expect-error -- `toolCallId` is missing
    void (rest satisfies EntriesOf<ToolMessage>)
    // @ts-expect-error -- `toolCallID` is misspelled
    void ({ toolCallID: entry, ...rest } satisfies EntriesOf<ToolMessage>)
    // @ts-expect-error -- `name` does not exist
    void ({ toolCallId: entry, ...rest, name: entry } satisfies EntriesOf<ToolMessage>)
  })

  it('schema entries cover each field of ToolDefinition and nothing else', () => {
    const rest = { name: entry, description: entry }
    void ({ parameters: entry, ...rest } satisfies EntriesOf<ToolDefinition>)
    // @ts-expect-error -- `parameters` is missing
    void (rest satisfies EntriesOf<ToolDefinition>)
    // @ts-expect-error -- `params` is misspelled
    void ({ params: entry, ...rest } satisfies EntriesOf<ToolDefinition>)
    // @ts-expect-error -- `strict` does not exist
    void ({ parameters: entry, ...rest, strict: entry } satisfies EntriesOf<ToolDefinition>)
    expectTypeOf<keyof ReturnType<typeof toolEntries>>().toEqualTypeOf<keyof ToolDefinition>()
  })
})

describe('the wire types that routes share', () => {
  it('wire types accept missing fields and null, and reject a misspelled field', () => {
    void ({} satisfies WireUsage)
    void ({ prompt_tokens: 1, completion_tokens: null } satisfies WireUsage)
    // @ts-expect-error -- `prompt_token` is misspelled
    void ({ prompt_token: 1 } satisfies WireUsage)
    // @ts-expect-error -- `reasoning_token` is misspelled
    void ({ completion_tokens_details: { reasoning_token: 1 } } satisfies WireUsage)
    // @ts-expect-error -- a count is a number
    void ({ prompt_tokens: '1' } satisfies WireUsage)

    void ({ tokens_per_second: 1 } satisfies WireStats)
    // @ts-expect-error -- `token_per_second` is misspelled
    void ({ token_per_second: 1 } satisfies WireStats)

    void ({ content: 'a', tool_calls: [{ index: 0 }] } satisfies WireDelta)
    // @ts-expect-error -- `contents` is misspelled
    void ({ contents: 'a' } satisfies WireDelta)
    // @ts-expect-error -- `indx` is misspelled
    void ({ tool_calls: [{ indx: 0 }] } satisfies WireDelta)

    void ({ id: 'a', function: { name: 'f', arguments: { x: 1 } } } satisfies WireToolCall)
    // @ts-expect-error -- `argument` is misspelled
    void ({ function: { argument: '' } } satisfies WireToolCall)

    // @ts-expect-error -- `modle` is misspelled
    void ({ modle: 'm' } satisfies Metadata)
  })

  it('wire types do not let a misspelled field be read', () => {
    const usage: WireUsage = {}
    void usage.prompt_tokens
    // @ts-expect-error -- `prompt_token` is misspelled
    void usage.prompt_token
    const delta: WireDelta = {}
    // @ts-expect-error -- `reasoning_contents` is misspelled
    void delta.reasoning_contents
  })
})
