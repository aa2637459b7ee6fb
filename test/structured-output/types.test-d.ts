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
const request = { model: 'm', prompt: 'Name a bird.' } as const

interface Bird {
  name: string
  legs?: number | undefined
}
interface GrowingBird {
  readonly name?: string
  readonly legs?: number | undefined
}

describe('generateObject', () => {
  it('infers the object from a schema of valibot, zod or arktype', () => {
    const ofValibot = v.object({ name: v.string(), legs: v.optional(v.number()) })
    expectTypeOf(generateObject(provider, { ...request, schema: ofValibot })).resolves.toEqualTypeOf<
      ObjectResponse<Bird>
    >()
    const ofZod = z.object({ name: z.string(), legs: z.number().optional() })
    expectTypeOf(generateObject(provider, { ...request, schema: ofZod })).resolves.toEqualTypeOf<ObjectResponse<Bird>>()
    const ofArktype = type({ name: 'string', legs: 'number' })
    expectTypeOf(generateObject(provider, { ...request, schema: ofArktype })).resolves.toEqualTypeOf<
      ObjectResponse<{ name: string; legs: number }>
    >()
  })

  it('infers the result of a transform', () => {
    const schema = v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    )
    expectTypeOf(generateObject(provider, { ...request, schema })).resolves.toEqualTypeOf<ObjectResponse<Date>>()
  })

  it('leaves the object unknown for plain JSON Schema, unless its type is given', () => {
    const schema = { type: 'object' }
    expectTypeOf(generateObject(provider, { ...request, schema })).resolves.toEqualTypeOf<ObjectResponse<unknown>>()
    expectTypeOf(generateObject<Bird>(provider, { ...request, schema })).resolves.toEqualTypeOf<ObjectResponse<Bird>>()
  })

  it('accepts any provider, a prompt or messages, and no tools', () => {
    const schema = z.string()
    const messages = [{ role: 'user', content: 'Hi' }] as const
    void generateObject({} as ModelProvider, { model: 'm', messages, schema, repair: true, schemaName: 'a' })
    // @ts-expect-error -- tools cannot be combined with a schema
    void generateObject(provider, { ...request, schema, tools: [] })
    // @ts-expect-error -- responseFormat is generated from the schema
    void generateObject(provider, { ...request, schema, responseFormat: 'json' })
    // @ts-expect-error -- the schema is missing
    void generateObject(provider, request)
    // @ts-expect-error -- neither a prompt nor messages
    void generateObject(provider, { model: 'm', schema })
  })
})

describe('streamObject', () => {
  it("yields parts of the schema's input and returns its output", () => {
    const schema = z.object({ name: z.string(), born: z.string().transform((text) => new Date(text)) })
    const stream = streamObject(provider, { ...request, schema })
    expectTypeOf(stream).toExtend<AsyncIterable<{ readonly name?: string; readonly born?: string }>>()
    expectTypeOf(stream.object).resolves.toEqualTypeOf<{ name: string; born: Date }>()
    expectTypeOf(stream.response).resolves.toEqualTypeOf<CompletionResponse>()
  })

  it('leaves the object unknown for plain JSON Schema, unless its type is given', () => {
    const stream = streamObject<Bird>(provider, { ...request, schema: {} })
    expectTypeOf(stream).toExtend<AsyncIterable<GrowingBird>>()
    expectTypeOf(stream.object).resolves.toEqualTypeOf<Bird>()
    expectTypeOf(streamObject(provider, { ...request, schema: {} }).object).resolves.toBeUnknown()
  })
})

describe('DeepPartial', () => {
  it('makes every member optional at every depth, but no item of a list', () => {
    expectTypeOf<DeepPartial<{ list: { a: string }[] }>>().toEqualTypeOf<{
      readonly list?: readonly { readonly a?: string }[]
    }>()
    expectTypeOf<DeepPartial<string>>().toEqualTypeOf<string>()
    expectTypeOf<DeepPartial<unknown>>().toBeUnknown()
    expectTypeOf<DeepPartial<{ a: number } | null>>().toEqualTypeOf<{ readonly a?: number } | null>()
  })
})

describe('OutputValidationError', () => {
  it('has the text and the response', () => {
    const error = {} as OutputValidationError
    expectTypeOf(error.text).toEqualTypeOf<string>()
    expectTypeOf(error.response).toEqualTypeOf<CompletionResponse | undefined>()
  })
})
