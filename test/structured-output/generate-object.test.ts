import { generateObject, streamObject, type ObjectRequest, type Schema } from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { caught } from '../integration/support/caught.js'
import { fakeProvider } from '../tools/fake-provider.js'

const prompt = { model: 'm', prompt: 'Name a bird.' } as const
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const gull = '{"name":"gull"}'

type Run = (...args: Parameters<typeof generateObject>) => Promise<unknown>
const variants: readonly (readonly [string, Run])[] = [
  ['generateObject', async (...args) => (await generateObject(...args)).object],
  ['streamObject', (provider, ...args) => streamObject(provider as never, ...args).object],
]

describe.each(variants)('%s', (_, run) => {
  test.each([
    [
      'a check',
      v.pipe(
        v.string(),
        v.check((name) => name !== 'hen'),
      ),
      'hen',
    ],
    ['a trim', v.pipe(v.string(), v.trim(), v.minLength(2)), ' x '],
    ['a brand', v.pipe(v.string(), v.minLength(2), v.brand('Name')), 'x'],
    ['a pattern with flags', v.pipe(v.string(), v.regex(/^[a-z]+$/i)), '1'],
    ['two patterns', v.pipe(v.string(), v.startsWith('g'), v.endsWith('l')), 'go'],
  ])('validates with %s of valibot, which JSON Schema cannot express', async (_what, name, invalid) => {
    const request = { ...prompt, schema: v.object({ name }) } as ObjectRequest
    const provider = fakeProvider({ text: gull }, { text: JSON.stringify({ name: invalid }) })
    expect(await run(provider, request)).toEqual({ name: 'gull' })
    expect(await caught(run(provider, request))).toMatchObject({ code: 'output-mismatch' })
  })

  test.each<[string, unknown]>([
    ['a broken reference', { type: 'object', properties: { a: { $ref: '#/$defs/a' } } }],
    ['a bigint', { const: 5n }],
  ])('rejects a schema with %s before sending anything', async (_what, broken) => {
    const provider = fakeProvider({ text: gull })
    const running = run(provider, { ...prompt, schema: broken as Schema })
    expect(await caught(running)).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-schema' })
    expect(provider.requests).toEqual([])
  })

  test.each([null, undefined, {}, { complete: 1, stream: 1 }, { ...prompt, schema }])(
    'rejects %j as a provider',
    async (provider) => {
      expect(await caught(run(provider as never, { ...prompt, schema }))).toMatchObject({ name: 'InvalidRequestError' })
    },
  )

  test('accepts any provider, and passes its schema as responseFormat', async () => {
    const provider = fakeProvider({ text: gull })
    expect(await run(provider, { ...prompt, schema, schemaName: 'bird', maxTokens: 9 })).toEqual({ name: 'gull' })
    expect(provider.requests).toEqual([{ ...prompt, maxTokens: 9, responseFormat: { schema, name: 'bird' } }])
  })

  test('is not affected by a schema that the caller changes later', async () => {
    const changing = structuredClone(schema)
    const provider = fakeProvider({ text: gull })
    const running = run(provider, { ...prompt, schema: changing })
    changing.properties.name.type = 'number'
    expect(await running).toEqual({ name: 'gull' })
    expect(provider.requests[0]?.responseFormat).toMatchObject({ schema })
  })
})
