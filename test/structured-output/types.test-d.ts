import { type } from 'arktype'
import {
  generateObject,
  type OutputValidationError,
  streamObject,
  type CompletionResponse,
  type DeepPartial,
  type LMStudioProvider,
  type ModelProvider,
  type ObjectResponse,
} from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

const provider = {} as LMStudioProvider
const ask = { model: 'm', prompt: 'Name a bird.' } as const

interface Bird {
  name: string
  legs?: number | undefined
}
interface GrowingBird {
  readonly name?: string
  readonly legs?: number | undefined
}

describe('generateObject', () => {
  it('gives what a schema of valibot, zod or arktype says', () => {
    const ofValibot = v.object({ name: v.string(), legs: v.optional(v.number()) })
    expectTypeOf(generateObject(provider, { ...ask, schema: ofValibot })).resolves.toEqualTypeOf<ObjectResponse<Bird>>()
    const ofZod = z.object({ name: z.string(), legs: z.number().optional() })
    expectTypeOf(generateObject(provider, { ...ask, schema: ofZod })).resolves.toEqualTypeOf<ObjectResponse<Bird>>()
    const ofArktype = type({ name: 'string', legs: 'number' })
    expectTypeOf(generateObject(provider, { ...ask, schema: ofArktype })).resolves.toEqualTypeOf<
      ObjectResponse<{ name: string; legs: number }>
    >()
  })

  it('gives what comes out of a transform', () => {
    const schema = v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    )
    expectTypeOf(generateObject(provider, { ...ask, schema })).resolves.toEqualTypeOf<ObjectResponse<Date>>()
  })

  it('knows nothing of plain JSON Schema unless it is told', () => {
    const schema = { type: 'object' }
    expectTypeOf(generateObject(provider, { ...ask, schema })).resolves.toEqualTypeOf<ObjectResponse<unknown>>()
    expectTypeOf(generateObject<Bird>(provider, { ...ask, schema })).resolves.toEqualTypeOf<ObjectResponse<Bird>>()
  })

  it('takes any provider of the family, by prompt or by messages, and no tools', () => {
    const schema = z.string()
    const messages = [{ role: 'user', content: 'Hi' }] as const
    void generateObject({} as ModelProvider, { model: 'm', messages, schema, repair: true, schemaName: 'a' })
    // @ts-expect-error no tools beside a schema
    void generateObject(provider, { ...ask, schema, tools: [] })
    // @ts-expect-error the form of the answer is the schema's
    void generateObject(provider, { ...ask, schema, responseFormat: 'json' })
    // @ts-expect-error no schema
    void generateObject(provider, ask)
    // @ts-expect-error neither prompt nor messages
    void generateObject(provider, { model: 'm', schema })
  })
})

describe('streamObject', () => {
  it('shows parts of what the model writes, and gives what the schema makes of it', () => {
    const schema = z.object({ name: z.string(), born: z.string().transform((text) => new Date(text)) })
    const stream = streamObject(provider, { ...ask, schema })
    expectTypeOf(stream).toExtend<AsyncIterable<{ readonly name?: string; readonly born?: string }>>()
    expectTypeOf(stream.object).resolves.toEqualTypeOf<{ name: string; born: Date }>()
    expectTypeOf(stream.response).resolves.toEqualTypeOf<CompletionResponse>()
  })

  it('takes the type of plain JSON Schema from whoever knows it', () => {
    const stream = streamObject<Bird>(provider, { ...ask, schema: {} })
    expectTypeOf(stream).toExtend<AsyncIterable<GrowingBird>>()
    expectTypeOf(stream.object).resolves.toEqualTypeOf<Bird>()
    expectTypeOf(streamObject(provider, { ...ask, schema: {} }).object).resolves.toBeUnknown()
  })
})

describe('DeepPartial', () => {
  it('lets every member be missing, at every depth, and no item of a list be undefined', () => {
    expectTypeOf<DeepPartial<{ list: { a: string }[] }>>().toEqualTypeOf<{
      readonly list?: readonly { readonly a?: string }[]
    }>()
    expectTypeOf<DeepPartial<string>>().toEqualTypeOf<string>()
    expectTypeOf<DeepPartial<unknown>>().toBeUnknown()
    expectTypeOf<DeepPartial<{ a: number } | null>>().toEqualTypeOf<{ readonly a?: number } | null>()
  })
})

describe('OutputValidationError', () => {
  it('has the answer', () => {
    const error = {} as OutputValidationError
    expectTypeOf(error.text).toEqualTypeOf<string>()
    expectTypeOf(error.response).toEqualTypeOf<CompletionResponse | undefined>()
  })
})
