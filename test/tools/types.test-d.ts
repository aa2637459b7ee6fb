import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  createLMStudio,
  runTools,
  streamTools,
  tool,
  ToolExecutionError,
  type InferSchema,
  type Message,
  type RunToolsResult,
  type Tool,
  type ToolDefinition,
  type ToolInit,
  type ToolLoopSettings,
  type ToolsEvent,
} from 'lmstudio-provider'
import type { EntriesOf } from '../../src/validation/schema.js'

const valibotSchema = v.object({ city: v.string(), days: v.optional(v.number(), 1) })
const zodSchema = z.object({ city: z.string(), days: z.number().default(1) })
const arktypeSchema = type({ city: 'string', days: 'number = 1' })

interface Weather {
  city: string
  days: number
}

describe('tool', () => {
  it('infers the arguments of execute from the schema', () => {
    tool({ name: 'a', parameters: valibotSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    tool({ name: 'a', parameters: zodSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    tool({ name: 'a', parameters: arktypeSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    expectTypeOf(tool({ name: 'a', parameters: zodSchema })).toEqualTypeOf<Tool<Weather>>()
  })

  it('leaves the arguments unknown for plain JSON Schema, unless their type is given', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } } as const
    tool({ name: 'a', parameters, execute: (args) => expectTypeOf(args).toBeUnknown() })
    tool({ name: 'a', execute: (args) => expectTypeOf(args).toBeUnknown() })
    tool<{ city: string }>({ name: 'a', parameters, execute: ({ city }) => expectTypeOf(city).toBeString() })
  })

  it('types the context of execute', () => {
    tool({
      name: 'a',
      execute(_, { signal, toolCallId }) {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(toolCallId).toBeString()
      },
    })
  })

  it('rejects definitions that do not match', () => {
    // @ts-expect-error -- the schema has no such member
    tool({ name: 'a', parameters: zodSchema, execute: ({ town }) => town })
    // @ts-expect-error -- the member of the schema is a string
    tool({ name: 'a', parameters: valibotSchema, execute: (args: { city: number }) => args.city })
    // @ts-expect-error -- the name is missing
    tool({ parameters: arktypeSchema })
    // @ts-expect-error -- not a schema
    tool({ name: 'a', parameters: 'object' })
    // @ts-expect-error -- not a function
    tool({ name: 'a', execute: 'run' })
  })
})

describe('InferSchema', () => {
  it('is the type of the validated value', () => {
    expectTypeOf<InferSchema<typeof valibotSchema>>().toEqualTypeOf<Weather>()
    expectTypeOf<InferSchema<typeof zodSchema>>().toEqualTypeOf<Weather>()
    expectTypeOf<InferSchema<typeof arktypeSchema>>().toEqualTypeOf<Weather>()
    expectTypeOf<InferSchema<{ type: 'object' }>>().toBeUnknown()
  })
})

describe('runTools', () => {
  const lmstudio = createLMStudio()
  const tools = [
    tool({ name: 'a', parameters: valibotSchema, execute: ({ city }) => city }),
    tool({ name: 'b', parameters: zodSchema, execute: ({ days }) => days }),
  ]

  it('accepts tools with different arguments', () => {
    expectTypeOf(runTools(lmstudio, { model: 'm', prompt: 'Hi', tools })).resolves.toEqualTypeOf<RunToolsResult>()
    expectTypeOf(tools).toExtend<ToolDefinition[]>()
    lmstudio.stream({ model: 'm', prompt: 'Hi', tools })
    void runTools(lmstudio, { model: 'm', prompt: 'Hi', tools: [{ name: 'c' }] })
  })

  it('accepts the messages of its result', async () => {
    const { messages } = await runTools(lmstudio, { model: 'm', prompt: 'Hi', tools })
    void runTools(lmstudio, { model: 'm', messages, tools, maxRounds: 3, onStep: ({ results }) => results.length })
  })

  it('lets the caller append the next message to the conversation of a result and of an error', async () => {
    let conversation: Message[] = []
    const { messages } = await runTools(lmstudio, { model: 'm', prompt: 'Hi', tools })
    messages.push({ role: 'user', content: 'And tomorrow?' })
    conversation = messages
    conversation = new ToolExecutionError('The model still calls tools.').messages
    void conversation
  })

  it('rejects a request without tools, and one with both a prompt and messages', () => {
    // @ts-expect-error -- the tools are missing
    void runTools(lmstudio, { model: 'm', prompt: 'Hi' })
    // @ts-expect-error -- only one of prompt and messages is allowed
    void runTools(lmstudio, { model: 'm', prompt: 'Hi', messages: [], tools })
  })

  it('types its stream of events and its response', async () => {
    const stream = streamTools(lmstudio, { model: 'm', prompt: 'Hi', tools })
    expectTypeOf(stream.response).resolves.toEqualTypeOf<RunToolsResult>()
    for await (const event of stream) expectTypeOf(event).toEqualTypeOf<ToolsEvent>()
  })
})

describe('EntriesOf', () => {
  const entry = v.unknown()

  it('requires an entry for each field of a tool definition', () => {
    const { name, ...rest } = { name: entry, description: entry, parameters: entry, execute: entry }
    void ({ name, ...rest } satisfies EntriesOf<ToolInit>)
    // @ts-expect-error -- `name` is missing
    void (rest satisfies EntriesOf<ToolInit>)
    // @ts-expect-error -- `nmae` is misspelled
    void ({ nmae: entry, ...rest } satisfies EntriesOf<ToolInit>)
  })

  it('requires an entry for each setting of the loop', () => {
    const { maxRounds, ...rest } = { tools: entry, onStep: entry, parseTextToolCalls: entry, maxRounds: entry }
    void ({ maxRounds, ...rest } satisfies EntriesOf<ToolLoopSettings>)
    // @ts-expect-error -- `maxRounds` is missing
    void (rest satisfies EntriesOf<ToolLoopSettings>)
    // @ts-expect-error -- `maxSteps` does not exist
    void ({ maxRounds, ...rest, maxSteps: entry } satisfies EntriesOf<ToolLoopSettings>)
  })
})
