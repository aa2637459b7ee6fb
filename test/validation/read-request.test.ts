import { describe, expect, it } from 'vitest'
import { readRequest } from '../../src/validation/validate.js'
import { thrownBy } from '../helpers/provider-errors.js'

/** An object with a getter that throws. */
const throwing = (key: string, rest: object = {}): object =>
  Object.defineProperty({ ...rest }, key, {
    enumerable: true,
    get() {
      throw new TypeError('secret')
    },
  })

function circular(): object {
  const object: Record<string, unknown> = {}
  object.self = { object }
  return object
}

function nested(depth: number): object {
  let value: object = {}
  for (let level = 0; level < depth; level++) value = { value }
  return value
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('readRequest', () => {
  it('copies plain objects and lists, and passes everything else on', () => {
    const [bytes, date, execute, signal] = [new Uint8Array(3), new Date(), () => {}, new AbortController().signal]
    const request = { model: 'm', list: [{ bytes }, date, null], execute, signal, none: undefined }
    const copy = readRequest(request)
    expect(copy).toEqual(request)
    expect(copy.list).not.toBe(request.list)
    expect(copy.list[0]).not.toBe(request.list[0])
    expect((copy.list[0] as { bytes: unknown }).bytes).toBe(bytes)
    expect([copy.list[1], copy.execute, copy.signal]).toEqual([date, execute, signal])
    expect(copy.list[1]).toBe(date)
  })

  it.each([[undefined], [null], ['text'], [7]])('passes %j on', (value) => expect(readRequest(value)).toBe(value))

  it('reads every member once', () => {
    let reads = 0
    const request = {
      get model() {
        return `m${++reads}`
      },
    }
    expect(readRequest(request)).toEqual({ model: 'm1' })
    expect(reads).toBe(1)
  })

  it('copies a value that occurs twice once, so that many references take linear time', () => {
    let value: object = { end: true }
    for (let level = 0; level < 40; level++) value = { left: value, right: value }
    const copy = readRequest(value) as { left: object; right: object }
    expect(copy.left).toBe(copy.right)
  })

  it('copies a member that is called `__proto__` like any other', () => {
    const copy = readRequest(JSON.parse('{"extraBody":{"__proto__":{"a":1}}}') as { extraBody: object })
    expect(Object.keys(copy.extraBody)).toEqual(['__proto__'])
    expect(JSON.stringify(copy)).toBe('{"extraBody":{"__proto__":{"a":1}}}')
  })

  it('does not copy a schema of a library, or an instance of a class', () => {
    const schema = { '~standard': { version: 1 }, nested: circular() }
    const instance = new (class Model {
      name = 'm'
    })()
    expect(readRequest({ parameters: schema, instance })).toEqual({ parameters: schema, instance })
    expect(readRequest({ parameters: schema }).parameters).toBe(schema)
    expect(readRequest({ instance }).instance).toBe(instance)
  })

  it.each<[string, unknown, (string | number)[]]>([
    ['a getter', throwing('model'), ['model']],
    ['a getter of a list', { messages: [{}, throwing('content')] }, ['messages', 1, 'content']],
    ['a getter of a list itself', { messages: throwing('0', []) }, ['messages', '0']],
    ['a revoked proxy', revoked(), []],
    ['a revoked proxy inside', { tools: [revoked()] }, ['tools', 0]],
    [
      'a proxy that does not list its keys',
      {
        options: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('secret')
            },
          },
        ),
      },
      ['options'],
    ],
    [
      'a class whose JSON throws',
      {
        extraBody: {
          user: new (class {
            toJSON() {
              throw new Error('secret')
            }
          })(),
        },
      },
      ['extraBody', 'user'],
    ],
  ])('names what cannot be read: %s', (_, request, path) => {
    const error = thrownBy(() => readRequest(request))
    expect(error).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path, message: 'cannot be read: its getter or proxy throws' }],
    })
    expect((error as Error).message).not.toContain('secret')
  })

  it.each<[string, unknown, (string | number)[], string]>([
    ['itself', circular(), ['self', 'object'], 'contains itself'],
    [
      'itself in a list',
      { extraBody: { list: [circular()] } },
      ['extraBody', 'list', 0, 'self', 'object'],
      'contains itself',
    ],
    ['a BigInt', { extraBody: { seed: 1n } }, ['extraBody', 'seed'], 'must be JSON, not a bigint'],
    ['a symbol', { extraBody: { a: [Symbol('s')] } }, ['extraBody', 'a', 0], 'must be JSON, not a symbol'],
    ['a function', { extraBody: { a: () => {} } }, ['extraBody', 'a'], 'must be JSON, not a function'],
    ['a date', { extraBody: { a: new Date(0) } }, ['extraBody', 'a'], 'must be JSON, not a Date'],
    ['a map', { extraBody: new Map() }, ['extraBody'], 'must be JSON, not a Map'],
    [
      'a set',
      { tools: [{ parameters: { enum: new Set() } }] },
      ['tools', 0, 'parameters', 'enum'],
      'must be JSON, not a Set',
    ],
    [
      'bytes',
      { messages: [{ toolCalls: [{ arguments: { a: new Uint8Array(1) } }] }] },
      ['messages', 0, 'toolCalls', 0, 'arguments', 'a'],
      'must be JSON, not a Uint8Array',
    ],
    [
      'NaN',
      { responseFormat: { schema: { minimum: NaN } } },
      ['responseFormat', 'schema', 'minimum'],
      'must be JSON, not NaN or Infinity',
    ],
    ['Infinity', { extraBody: { a: Infinity } }, ['extraBody', 'a'], 'must be JSON, not NaN or Infinity'],
  ])('refuses %s', (_, request, path, message) => {
    expect(thrownBy(() => readRequest(request))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path, message }],
    })
  })

  it('passes on a schema of a library that is a function, or an instance whose JSON throws', () => {
    const standard = { version: 1 }
    const callable = Object.assign(() => {}, { '~standard': standard })
    const instance = new (class Schema {
      '~standard' = standard
      toJSON() {
        throw new Error('secret')
      }
    })()
    for (const schema of [callable, instance]) expect(readRequest({ parameters: schema }).parameters).toBe(schema)
  })

  it('copies an object without a prototype like any other', () => {
    const extraBody = Object.assign(Object.create(null) as object, { a: { b: 1 } })
    const copy = readRequest({ extraBody })
    expect(copy).toEqual({ extraBody: { a: { b: 1 } } })
    expect(copy.extraBody).not.toBe(extraBody)
  })

  it('passes on an instance of a class in JSON, which decides about its own JSON', () => {
    const user = new (class User {
      toJSON() {
        return { name: 'Ada' }
      }
    })()
    expect(readRequest({ extraBody: { user } }).extraBody.user).toBe(user)
  })

  it('accepts 200 levels and refuses more, with the beginning of the path', () => {
    expect(readRequest(nested(200))).toEqual(nested(200))
    expect(thrownBy(() => readRequest(nested(201)))).toMatchObject({ issues: [{ message: 'is nested too deeply' }] })
    expect(thrownBy(() => readRequest(nested(100_000)))).toMatchObject({
      issues: [{ path: Array.from({ length: 10 }, () => 'value'), message: 'is nested too deeply' }],
    })
  })

  it('keeps undefined in JSON, which takes a field out', () => {
    expect(readRequest({ extraBody: { stream_options: undefined, keep: null } })).toStrictEqual({
      extraBody: { stream_options: undefined, keep: null },
    })
  })
})
