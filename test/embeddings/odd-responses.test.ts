import { describe, expect, it } from 'vitest'
import { embed } from '../../src/embeddings/embed.js'
import { json, testClient } from '../helpers/client.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const embedWith = (body: unknown, input: string | string[] = ['a', 'b']) =>
  embed(testClient({ fetch: async () => json(body), maxRetries: 0 }), { model: 'm', input })

const bodyWith = (...vectors: unknown[]): object => ({
  data: vectors.map((embedding, index) => ({ index, embedding })),
})

/** 0.5, -2 and 1 as little-endian 32-bit numbers. */
const BASE64 = 'AAAAPwAAAMAAAIA/'

describe('vectors of a response', () => {
  it.each<[string, object, string]>([
    ['null', bodyWith([1], null), 'The server returned no vector for text 2 of 2.'],
    [
      'missing',
      { data: [{ index: 0 }, { index: 1, embedding: [1] }] },
      'The server returned no vector for text 1 of 2.',
    ],
    ['empty', bodyWith([1], []), 'The server returned an empty vector for text 2 of 2.'],
    ['a number', bodyWith([1], 7), 'The server returned a value that is not a vector for text 2 of 2.'],
    ['an object', bodyWith([1], { 0: 1 }), 'The server returned a value that is not a vector for text 2 of 2.'],
    ['a text', bodyWith([1], 'a vector!'), 'The server returned a value that is not a vector for text 2 of 2.'],
    ['base64 of 3 bytes', bodyWith([1], 'AAAA'), 'The server returned a value that is not a vector for text 2 of 2.'],
    ['empty text', bodyWith([1], ''), 'The server returned an empty vector for text 2 of 2.'],
    [
      'null inside',
      bodyWith([null], [1]),
      'The server returned a vector with values that are not numbers for text 1 of 2.',
    ],
    [
      'texts inside',
      bodyWith(['1'], [1]),
      'The server returned a vector with values that are not numbers for text 1 of 2.',
    ],
    [
      'NaN as base64',
      bodyWith([1], 'AADAfw=='),
      'The server returned a vector with values that are not numbers for text 2 of 2.',
    ],
    ['vectors', bodyWith([[1]], [1]), 'The server returned a vector with values that are not numbers for text 1 of 2.'],
  ])('that are %s reject with the text that has none', async (_, body, message) => {
    const error = await rejectionOf(embedWith(body))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'invalid-vectors', message })
    expect((error as { hint: string }).hint).toContain('embedding model')
  })

  it('with endless numbers are refused', async () => {
    expect(await rejectionOf(embedWith('{"data":[{"embedding":[1e999]}]}', 'a'))).toMatchObject({
      name: 'InvalidResponseError',
    })
  })

  it('of different lengths are refused', async () => {
    expect(await rejectionOf(embedWith(bodyWith([1, 2], BASE64)))).toMatchObject({ code: 'mixed-dimensions' })
  })

  it('are decoded from base64 that nothing asked for', async () => {
    expect((await embedWith(bodyWith(BASE64, [1, 2, 3]))).embeddings).toEqual([
      [0.5, -2, 1],
      [1, 2, 3],
    ])
  })
})

describe('a response with odd fields', () => {
  it.each(['1e999', '-1', '1.5', '"7"', '[]', 'null', '{}'])(
    'does not use %s as a number of tokens',
    async (number) => {
      const body = `{"data":[{"embedding":[1]}],"model":[],
      "usage":{"prompt_tokens":${number},"completion_tokens":${number},"total_tokens":${number}}}`
      const { usage, embeddings, model } = await embedWith(body, 'a')
      expect({ usage, embeddings, model }).toStrictEqual({
        usage: { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined },
        embeddings: [[1]],
        model: 'm',
      })
    },
  )

  it('never takes the wrong vector for one whose index cannot be read', async () => {
    const data = [
      { index: 1, embedding: [1] },
      { index: '0', embedding: [0] },
    ]
    expect(await rejectionOf(embedWith({ data }))).toMatchObject({ code: 'wrong-count' })
  })

  it.each([
    [{ detail: 'Busy.' }],
    [{ detail: [{ loc: ['body', 'input'], msg: 'Busy.' }] }],
    [{ message: 'Busy.', code: 'busy' }],
    [{ success: false, data: null, message: 'Busy.' }],
    [{ object: 'error', message: 'Busy.' }],
  ])('with status 200 that reports a failure rejects with the words of the server: %j', async (body) => {
    expect(await rejectionOf(embedWith(body))).toMatchObject({
      name: 'ApiError',
      status: 200,
      serverMessage: expect.stringContaining('Busy.') as string,
    })
  })

  it.each([
    [null],
    [[]],
    ['x'],
    [7],
    [{}],
    [{ data: null }],
    [{ data: {} }],
    [{ data: [null] }],
    [{ status: 'failed' }],
  ])('rejects %j', async (body) => {
    expect(await rejectionOf(embedWith(body, 'a'))).toMatchObject({ name: 'InvalidResponseError' })
  })
})
