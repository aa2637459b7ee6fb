import { describe, expect, it } from 'vitest'
import { cancelBody, openForeignBody, toBytes } from '../../src/http/body-source.js'
import { ENDPOINT } from '../helpers/client.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const open = (response: object) => openForeignBody(response as Response, ENDPOINT)

/** A body that records how it is ended. */
function bodyWith(...methods: string[]) {
  const calls: unknown[][] = []
  const entries = methods.map((name) => [name, (...rest: unknown[]) => void calls.push([name, ...rest])])
  return { calls, body: Object.fromEntries(entries) as object }
}

describe('openForeignBody', () => {
  it('reads the chunks of an async iterable', async () => {
    async function* chunks() {
      yield 'a'
      yield 'b'
    }
    const source = open({ body: chunks() })
    expect([await source.read(), await source.read(), await source.read()]).toEqual([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
      { done: true, value: undefined },
    ])
  })

  it.each<[string, object, unknown]>([
    ['a text', { body: 'a', text: async () => 'b' }, 'a'],
    ['an empty text', { body: '', text: async () => 'b' }, ''],
    ['bytes', { body: Uint8Array.of(1), text: async () => 'b' }, Uint8Array.of(1)],
    ['text()', { text: async () => 'b', arrayBuffer: async () => 'c' }, 'b'],
    ['arrayBuffer()', { body: null, arrayBuffer: async () => 'c' }, 'c'],
  ])('reads %s as one chunk', async (_, response, value) => {
    expect(await open(response).read()).toEqual({ done: true, value })
  })

  it('rejects a response without a body and without methods', async () => {
    expect(await rejectionOf(open({}).read())).toMatchObject({
      code: 'not-a-response',
      endpoint: ENDPOINT,
      message: expect.stringContaining('body is not bytes') as string,
      hint: expect.stringContaining('the option `fetch`') as string,
    })
  })

  it('ends a stream of Node, else the iterator of an iterable', async () => {
    const stream = bodyWith('destroy')
    const iterator = bodyWith('next', 'return')
    const iterable = { [Symbol.asyncIterator]: () => iterator.body }
    await open({ body: { ...iterable, ...stream.body } }).cancel('why')
    expect([stream.calls, iterator.calls]).toEqual([[['destroy']], []])
    await open({ body: iterable }).cancel('why')
    expect(iterator.calls).toEqual([['return']])
  })

  it('cancels a body that is read as one chunk', async () => {
    const { body, calls } = bodyWith('cancel')
    await open({ body, text: async () => 'b' }).cancel('why')
    expect(calls).toEqual([['cancel', 'why']])
  })
})

describe('cancelBody', () => {
  it.each([
    [['cancel', 'destroy', 'return'], [['cancel', 'why']]],
    // A stream of Node would report a reason as an error that nobody awaits.
    [['destroy', 'return'], [['destroy']]],
    [['return'], [['return']]],
    [[], []],
  ])('of the methods %j calls the first', async (methods, expected) => {
    const { body, calls } = bodyWith(...methods)
    await cancelBody(body, 'why')
    expect(calls).toEqual(expected)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'a'],
    [
      'a body that throws',
      {
        cancel: () => {
          throw new Error('locked')
        },
      },
    ],
    ['a body that rejects', { cancel: () => Promise.reject(new Error('locked')) }],
    ['an iterator that rejects', { return: () => Promise.reject(new Error('locked')) }],
  ])('ignores %s', async (_, body) => {
    await expect(cancelBody(body, 'why')).resolves.toBeUndefined()
  })
})

describe('toBytes', () => {
  const { buffer } = Uint8Array.of(1, 2, 3, 4)

  it.each<[string, unknown, number[]]>([
    ['an array of bytes', Uint8Array.of(1, 2), [1, 2]],
    ['a part of a buffer', new Uint8Array(buffer, 1, 2), [2, 3]],
    ['a DataView', new DataView(buffer, 2), [3, 4]],
    ['an ArrayBuffer', buffer, [1, 2, 3, 4]],
    ['an ArrayBuffer of another realm', { [Symbol.toStringTag]: 'ArrayBuffer', byteLength: 0 }, []],
  ])('returns the bytes of %s', (_, chunk, bytes) => expect([...toBytes(chunk)!]).toEqual(bytes))

  it.each([undefined, null, 'a', 1, [1, 2], {}])('returns nothing for %j', (chunk) =>
    expect(toBytes(chunk)).toBeUndefined(),
  )
})
