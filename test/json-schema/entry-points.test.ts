import {
  createLMStudio,
  generateObject,
  runTools,
  streamObject,
  streamTools,
  tool,
  type StandardSchemaV1,
} from 'lmstudio-provider'
import * as mini from 'zod/mini'
import * as z3 from 'zod/v3'
import { describe, expect, test } from 'vitest'
import { caught } from '../integration/support/caught.js'
import { FINAL } from '../tools/weather.js'
import { fakeProvider, toolCall, withToolCalls } from '../tools/fake-provider.js'

const lmstudio = createLMStudio({
  fetch: () => Promise.reject(new Error('A request was sent.')),
  cache: false,
  maxRetries: 0,
})
const provider = fakeProvider(FINAL)
const base = { model: 'm', prompt: 'A bird?' }

/** Every way in which a caller passes a schema; each rejects, and sends nothing. */
const entries: readonly (readonly [string, (schema: never) => unknown])[] = [
  ['tool', async (parameters) => tool({ name: 'a', parameters })],
  ['runTools', (parameters) => runTools(provider, { ...base, tools: [{ name: 'a', parameters, execute: () => 1 }] })],
  ['streamTools', (parameters) => streamTools(provider, { ...base, tools: [{ name: 'a', parameters }] }).response],
  ['complete with a tool', (parameters) => lmstudio.complete({ ...base, tools: [{ name: 'a', parameters }] })],
  ['stream with a tool', (parameters) => lmstudio.stream({ ...base, tools: [{ name: 'a', parameters }] }).response],
  [
    'respond with a tool',
    (parameters) => lmstudio.respond({ model: 'm', input: 'A?', tools: [{ name: 'a', parameters }] }),
  ],
  ['generateObject', (schema) => generateObject(provider, { ...base, schema })],
  ['streamObject', (schema) => streamObject(provider, { ...base, schema }).object],
  ['complete with a format', (schema) => lmstudio.complete({ ...base, responseFormat: { schema } })],
]

class Bird {
  readonly type = 'object'
}

describe.each(entries)('%s', (_, pass) => {
  test.each<[string, unknown]>([
    ['a class instance', new Bird()],
    ['a list', []],
    ['true', true],
    ['an unknown type', { type: 'objekt' }],
    ['an unknown type inside', { type: 'object', properties: { a: { type: 'strng' } } }],
    ['members without `properties`', { city: { type: 'string' } }],
    ['a remote reference', { type: 'object', properties: { a: { $ref: 'https://example.org/bird.json' } } }],
    ['a schema of zod/mini inside JSON Schema', { type: 'object', properties: { a: mini.string() } }],
    ['an object with a broken converter', { '~standard': { version: 1, vendor: 'v', jsonSchema: {} } }],
  ])('refuses %s before anything is sent', async (__, schema) => {
    expect(await caught(pass(schema as never) as Promise<unknown>)).toMatchObject({ name: 'InvalidRequestError' })
    expect(provider.requests).toEqual([])
  })

  test('refuses a schema of zod 3 before anything is sent, and says what to do', async () => {
    const { '~standard': standard } = z3.string()
    expect(standard.validate).toBeTypeOf('function')
    const error = await caught(pass(z3.object({ a: z3.string() }) as never) as Promise<unknown>)
    expect(error).toMatchObject({ name: 'InvalidRequestError' })
    expect(provider.requests).toEqual([])
  })
})

const validated = entries.filter(([name]) => !/^(complete|stream|respond) with/.test(name))
describe.each(validated)('%s, which validates', (_, pass) => {
  test.each([
    [{ type: 'object', unevaluatedProperties: false }, 'unevaluatedProperties'],
    [
      { type: 'object', properties: { a: { type: 'array', unevaluatedItems: false } } },
      'properties.a.unevaluatedItems',
    ],
    [{ type: 'object', $dynamicRef: '#a' }, '$dynamicRef'],
    [{ type: 'object', properties: { a: { contentEncoding: 'base64' } } }, 'properties.a.contentEncoding'],
  ])('refuses %j, a keyword that is not checked, with its path', async (schema, path) => {
    const error = await caught(pass(schema as never) as Promise<unknown>)
    expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-schema' })
    expect(error.issues?.[0]?.path.join('.').endsWith(path)).toBe(true)
    expect(error.message).toContain(`${path}\` is a keyword that is not supported`)
  })

  test.each<[string, unknown, string]>([
    [
      'zod/mini',
      mini.object({ a: mini.string() }),
      'Pass `z.toJSONSchema(schema)`, or use `zod` 4.2 or later instead of `zod/mini`.',
    ],
    [
      'zod 3',
      z3.object({ a: z3.string() }),
      'Upgrade to zod 4.2 or later, or pass `zodToJsonSchema(schema)` of the package zod-to-json-schema.',
    ],
    [
      'an older zod 3',
      Object.create({ parse() {} }, { _def: { value: {} }, type: { value: 'object', enumerable: true } }),
      'Upgrade to zod 4.2, or pass `zodToJsonSchema(schema)` of the package zod-to-json-schema.',
    ],
  ])('says what to do with a schema of %s', async (__, schema, hint) => {
    expect(await caught(pass(schema as never) as Promise<unknown>)).toMatchObject({ code: 'invalid-schema', hint })
  })
})

describe('a schema with a converter and no validation', () => {
  const bird = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  const schemaOf = (converted: unknown) =>
    ({
      '~standard': { version: 1, vendor: 'v', jsonSchema: { input: () => converted } },
    }) as unknown as StandardSchemaV1

  test('is sent as what it converts to, and validates with that', async () => {
    const answers = fakeProvider({ text: '{"name":"gull"}' }, { text: '{"name":7}' })
    const request = { ...base, schema: schemaOf(bird) }
    expect((await generateObject(answers, request)).object).toEqual({ name: 'gull' })
    expect(answers.requests[0]?.responseFormat).toEqual({ schema: bird, name: undefined })
    expect(await caught(generateObject(answers, request))).toMatchObject({ code: 'output-mismatch' })
  })

  test('validates the arguments of a tool', async () => {
    const calls = fakeProvider(withToolCalls(toolCall('look', { name: 7 })), FINAL)
    const look = tool({ name: 'look', parameters: schemaOf(bird), execute: () => 'seen' })
    const { steps } = await runTools(calls, { ...base, tools: [look] })
    expect(steps[0]?.results[0]).toMatchObject({ outcome: 'invalid-arguments', issues: [{ path: ['name'] }] })
  })

  test.each([undefined, 7, {}, { type: 'objekt' }, { type: 'object', unevaluatedProperties: false }])(
    'is refused if it converts to %j',
    async (converted) => {
      const error = await caught(generateObject(provider, { ...base, schema: schemaOf(converted) }))
      expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-schema' })
      expect(provider.requests).toEqual([])
    },
  )
})

test.each(entries.filter(([name]) => !name.includes('tool') && !name.includes('Tools')))(
  '%s refuses an empty schema',
  async (_, pass) => {
    expect(await caught(pass({} as never) as Promise<unknown>)).toMatchObject({ name: 'InvalidRequestError' })
  },
)

test('tools take an empty schema as no arguments', async () => {
  expect(tool({ name: 'a', parameters: {} })).toEqual({ name: 'a' })
  const answers = fakeProvider(FINAL)
  await runTools(answers, { ...base, tools: [{ name: 'a', parameters: {} }] })
  expect(answers.requests[0]?.tools).toEqual([{ name: 'a', description: undefined, parameters: {} }])
})

describe('a tool in the form of another client', () => {
  const openAI = { type: 'function', function: { name: 'a', parameters: { type: 'object' } } }
  const mcp = { name: 'a', inputSchema: { type: 'object' } }
  const anthropic = { name: 'a', ['input_schema']: { type: 'object' } }
  const runs: readonly (readonly [string, (definition: never) => unknown])[] = [
    ['tool', async (definition) => tool(definition)],
    ['runTools', (definition) => runTools(provider, { ...base, tools: [definition] })],
    ['complete', (definition) => lmstudio.complete({ ...base, tools: [definition] })],
    ['respond', (definition) => lmstudio.respond({ model: 'm', input: 'A?', tools: [definition] })],
  ]
  test.each(runs)('is refused by %s with the form to use', async (_, pass) => {
    const messageFor = async (definition: unknown) =>
      (await caught(pass(definition as never) as Promise<unknown>)).message
    expect(await messageFor(openAI)).toContain(
      'pass what OpenAI has under `function`, { name, description, parameters }',
    )
    expect(await messageFor(mcp)).toContain('inputSchema` is `parameters` here')
    expect(await messageFor(anthropic)).toContain('input_schema` is `parameters` here')
  })
})

test('abortSignal as a call option is refused with the name of the option', async () => {
  const signal = new AbortController().signal
  for (const run of [
    () => generateObject(provider, { ...base, schema: { type: 'object' } }, { abortSignal: signal } as never),
    () => runTools(provider, { ...base, tools: [] }, { abortSignal: signal } as never),
    () => lmstudio.complete(base, { abortSignal: signal } as never),
  ]) {
    expect((await caught(run())).message).toContain('(did you mean `signal`?)')
  }
})
