import { generateObject, streamObject, type Schema } from 'lmstudio-provider'
import { inspect } from 'node:util'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fakeProvider } from '../tools/fake-provider.js'
import { caught } from './support/caught.js'

const ask = { model: 'm', prompt: 'Name a bird.' } as const
const named = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const gull = '{"name":"gull"}'
const answer = async (text: string, schema: Schema = named): Promise<unknown> =>
  (await generateObject(fakeProvider({ text }), { ...ask, schema })).object

describe('schemas of valibot', () => {
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
  ])('with %s, which JSON Schema cannot say, are sent without and validated with it', async (_, name, wrong) => {
    const schema = v.object({ name })
    const provider = fakeProvider({ text: gull }, { text: JSON.stringify({ name: wrong }) })
    const { object } = await generateObject(provider, { ...ask, schema })
    expect(object).toEqual({ name: 'gull' })
    expect(provider.requests[0]?.responseFormat).toMatchObject({
      schema: { properties: { name: { type: 'string' } }, required: ['name'] },
    })
    expect(await caught(generateObject(provider, { ...ask, schema }))).toMatchObject({ code: 'output-mismatch' })
  })
})

const itself: Record<string, unknown> = { type: 'object' }
itself['properties'] = { itself }

test.each<[string, object]>([
  ['a reference that leads nowhere', { type: 'object', properties: { a: { $ref: '#/$defs/a' } } }],
  ['a reference out of the document', { items: { $ref: 'https://example.org/bird.json' } }],
  ['a bigint', { const: 5n }],
  ['itself in it', itself],
  [
    'a member that throws',
    {
      get type() {
        throw new Error('no')
      },
    },
  ],
])('a schema with %s is refused before an answer is asked for', async (_, broken) => {
  const schema = broken as Schema
  const provider = fakeProvider({ text: gull })
  expect(await caught(generateObject(provider, { ...ask, schema }))).toMatchObject({ code: 'invalid-schema' })
  expect(await caught(streamObject(provider, { ...ask, schema }).object)).toMatchObject({ code: 'invalid-schema' })
  expect(provider.requests).toEqual([])
})

test('what looks like a reference and is a value, or a member of that name, is neither followed nor refused', async () => {
  const schema = {
    properties: { $ref: { type: 'string' }, name: { default: { $ref: '#/no' } } },
    examples: [{ $ref: 'x' }],
  }
  expect(await answer('{"$ref":"#/no"}', schema)).toEqual({ $ref: '#/no' })
})

test.each([
  ['a brace in the prose after it', `${gull} Have fun {smile}.`],
  ['a brace in the prose before it', `With {name} filled in: ${gull}`],
  ['a citation before it', `[1] ${gull}`],
  ['brackets within its texts', '[1] {"name":"gull"} {"] not": \'json\'}'],
  ['reasoning whose opening tag is missing', `hm, {x}\n</think>\n${gull}`],
  ['the same again', `${gull}\n${gull}`],
])('JSON among prose is found despite %s', async (_, text) => {
  expect(await answer(text)).toEqual({ name: 'gull' })
})

test.each(['{"name":"gull",}', '{"list":[{"name":"gull"}],}', '[{"name":"gull"},{"na', `${'"\\'.repeat(50_000)}{`])(
  'nothing is made of a part of what is no JSON: %.30s',
  async (text) => {
    expect(await caught(answer(text))).toMatchObject({ code: 'output-not-json' })
  },
)

describe('an answer that is hard to check', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  const tree: z.ZodType = z.lazy(() => z.array(tree))

  test.each<[string, Schema]>([
    ['plain JSON Schema', { items: { $ref: '#' } }],
    ['zod', tree],
  ])('by its depth is a mismatch with its text, by %s', async (_, schema) => {
    const error = await caught(answer(deep, schema))
    expect(error).toMatchObject({ name: 'OutputValidationError', code: 'output-mismatch', text: deep })
  })

  test('by its number of faults is a mismatch', async () => {
    const text = JSON.stringify(Array.from({ length: 200_000 }, (_, at) => at))
    expect((await caught(answer(text, { items: { type: 'string' } }))).issues).toHaveLength(200_000)
  })

  test('by alternatives that hold each other takes no longer with each step down than the step', async () => {
    const branch = { type: 'array', items: { $ref: '#' } }
    const schema = { anyOf: [branch, { type: 'string' }] }
    const text = `${'['.repeat(60)}5${']'.repeat(60)}`
    expect(await caught(answer(text, schema))).toMatchObject({ code: 'output-mismatch' })
  })

  test('by the number of its items, which must differ, is checked in one go', async () => {
    const items = Array.from({ length: 100_000 }, (_, at) => ({ at, of: 'x' }))
    expect(await answer(JSON.stringify(items), { uniqueItems: true })).toHaveLength(items.length)
    const twice = '[{"a":1,"b":{"c":2,"d":3}},{"b":{"d":3,"c":2},"a":1}]'
    expect(await caught(answer(twice, { uniqueItems: true }))).toMatchObject({ code: 'output-mismatch' })
  })
})

test('an answer that does not fit is not printed with the error, though what the schema says of it quotes it', async () => {
  const schema = v.strictObject({ name: v.literal('gull') })
  const error = await caught(answer('{"name":"Ada Lovelace"}', schema))
  expect(error.issues).toMatchObject([{ path: ['name'], message: expect.stringContaining('Ada') }])
  expect(error.message).toContain('`name`')
  expect(JSON.stringify(error) + inspect(error, { depth: 9 }) + error.stack).not.toContain('Ada')
})

test.each([null, undefined, {}, { complete: 1, stream: 1 }, { ...ask, schema: named }])(
  'what is no provider is told: %j',
  async (provider) => {
    const request = { ...ask, schema: named }
    const told = { name: 'InvalidRequestError', message: 'The first argument is no provider.' }
    expect(await caught(generateObject(provider as never, request))).toMatchObject(told)
    expect(await caught(streamObject(provider as never, request).object)).toMatchObject(told)
  },
)
