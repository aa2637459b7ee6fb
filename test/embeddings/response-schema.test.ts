import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { embeddingsSchema } from '../../src/embeddings/embed-batch.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const accepts = (value: unknown): boolean => v.safeParse(embeddingsSchema(), value).success

describe('the schema of an embeddings response', () => {
  it.each(['embeddings.json', 'embeddings-unordered.json'])('accepts the recorded %s unchanged', (name) =>
    expect(v.parse(embeddingsSchema(), fixtureJSON(name))).toEqual(fixtureJSON(name)),
  )

  const response = (more: object): unknown => ({ data: [{ embedding: [0.1] }], ...more })

  it.each([
    ['no index, model or usage', {}],
    ['null for index, model and usage', { model: null, usage: null, data: [{ index: null, embedding: [0] }] }],
    ['unknown properties', { object: 'list', x: 1 }],
  ])('accepts %s', (_, more) => expect(accepts(response(more))).toBe(true))

  it.each([
    ['base64 instead of vectors', { data: [{ embedding: 'AAAA' }] }],
    ['strings in a vector', { data: [{ embedding: ['0.1'] }] }],
    ['null in a vector', { data: [{ embedding: [null] }] }],
    ['a vector of vectors', { data: [{ embedding: [[0.1]] }] }],
    ['a string as an index', { data: [{ index: '0', embedding: [0.1] }] }],
    ['an object instead of a list', { data: { embedding: [0.1] } }],
  ])('rejects %s', (_, more) => expect(accepts(response(more))).toBe(false))
})
