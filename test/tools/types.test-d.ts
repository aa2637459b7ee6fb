import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  createLMStudio,
  runTools,
  streamTools,
  tool,
  type InferSchema,
  type RunToolsResult,
  type Tool,
  type ToolDefinition,
  type ToolsEvent,
} from 'lmstudio-provider'

const valibotSchema = v.object({ city: v.string(), days: v.optional(v.number(), 1) })
const zodSchema = z.object({ city: z.string(), days: z.number().default(1) })
const arktypeSchema = type({ city: 'string', days: 'number = 1' })

interface Weather {
  city: string
  days: number
}

describe('tool', () => {
  it('gives execute what the schema makes of the arguments', () => {
    tool({ name: 'a', parameters: valibotSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    tool({ name: 'a', parameters: zodSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    tool({ name: 'a', parameters: arktypeSchema, execute: (args) => expectTypeOf(args).toEqualTypeOf<Weather>() })
    expectTypeOf(tool({ name: 'a', parameters: zodSchema })).toEqualTypeOf<Tool<Weather>>()
  })

  it('knows nothing of plain JSON Schema unless told', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } } as const
    tool({ name: 'a', parameters, execute: (args) => expectTypeOf(args).toBeUnknown() })
    tool({ name: 'a', execute: (args) => expectTypeOf(args).toBeUnknown() })
    tool<{ city: string }>({ name: 'a', parameters, execute: ({ city }) => expectTypeOf(city).toBeString() })
  })

  it('says what execute is told besides', () => {
    tool({
      name: 'a',
      execute(_, { signal, toolCallId }) {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(toolCallId).toBeString()
      },
    })
  })

  it('refuses what does not fit', () => {
    // @ts-expect-error -- the schema has no such member
    tool({ name: 'a', parameters: zodSchema, execute: ({ town }) => town })
    // @ts-expect-error -- the schema says string
    tool({ name: 'a', parameters: valibotSchema, execute: (args: { city: number }) => args.city })
    // @ts-expect-error -- a name is needed
    tool({ parameters: arktypeSchema })
    // @ts-expect-error -- not a schema
    tool({ name: 'a', parameters: 'object' })
    // @ts-expect-error -- not a function
    tool({ name: 'a', execute: 'run' })
  })
})

describe('InferSchema', () => {
  it('is the value after validation', () => {
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

  it('takes tools of different arguments', () => {
    expectTypeOf(runTools(lmstudio, { model: 'm', prompt: 'Hi', tools })).resolves.toEqualTypeOf<RunToolsResult>()
    expectTypeOf(tools).toExtend<ToolDefinition[]>()
    lmstudio.stream({ model: 'm', prompt: 'Hi', tools })
    void runTools(lmstudio, { model: 'm', prompt: 'Hi', tools: [{ name: 'c' }] })
  })

  it('goes on with what it gave', async () => {
    const { messages } = await runTools(lmstudio, { model: 'm', prompt: 'Hi', tools })
    void runTools(lmstudio, { model: 'm', messages, tools, maxRounds: 3, onStep: ({ results }) => results.length })
  })

  it('refuses a request without tools, and one with both forms', () => {
    // @ts-expect-error -- tools are needed
    void runTools(lmstudio, { model: 'm', prompt: 'Hi' })
    // @ts-expect-error -- one of the two
    void runTools(lmstudio, { model: 'm', prompt: 'Hi', messages: [], tools })
  })

  it('streams events', async () => {
    const stream = streamTools(lmstudio, { model: 'm', prompt: 'Hi', tools })
    expectTypeOf(stream.response).resolves.toEqualTypeOf<RunToolsResult>()
    for await (const event of stream) expectTypeOf(event).toEqualTypeOf<ToolsEvent>()
  })
})
