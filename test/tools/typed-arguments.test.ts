import type { JSONSchema } from 'lmstudio-provider'
import { describe, expect, it } from 'vitest'
import { parameterNames, toTypedArguments } from '../../src/tools/typed-arguments.js'

/** Reads a text as the argument that a schema describes. */
function typed(schema: unknown, text: string, more: JSONSchema = {}): unknown {
  const tool = { name: 'f', parameters: { ...more, properties: { a: schema } } as JSONSchema }
  return toTypedArguments(tool, [['a', text]])['a']
}

/** A schema inside `anyOf`, as many times as this. */
const nested = (depth: number): unknown => (depth === 0 ? { type: 'number' } : { anyOf: [nested(depth - 1)] })

describe('toTypedArguments', () => {
  it.each<[unknown, string, unknown]>([
    [{ type: 'string' }, '7', '7'],
    [{ type: 'string' }, ' "7" ', ' "7" '],
    [{ type: 'integer' }, ' 7 ', 7],
    [{ type: 'integer' }, '7.0', 7],
    [{ type: 'integer' }, '7.5', '7.5'],
    [{ type: 'integer' }, 'seven', 'seven'],
    [{ type: 'number' }, '7', 7],
    [{ type: 'number' }, '-7.5', -7.5],
    [{ type: 'number' }, '"7"', '7'],
    [{ type: 'number' }, 'true', 'true'],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, ' True\n', true],
    [{ type: 'boolean' }, 'False', false],
    [{ type: 'boolean' }, '1', '1'],
    [{ type: 'null' }, 'null', null],
    [{ type: 'null' }, 'None', null],
    [{ type: 'array' }, '[1]', [1]],
    [{ type: 'array' }, '{}', '{}'],
    [{ type: 'object' }, '{"a":1}', { a: 1 }],
    [{ type: 'object' }, '[1]', '[1]'],
    [{ type: 'object' }, 'null', 'null'],
    [{ type: ['string', 'null'] }, 'null', null],
    [{ type: ['string', 'null'] }, '7', '7'],
    [{ type: [7, 'number'] }, '7', 7],
    [{ enum: [1, 'x'] }, '1', 1],
    [{ enum: [1, 'x'] }, 'x', 'x'],
    [{ enum: [null] }, 'null', null],
    [{ enum: [[1]] }, '[1]', [1]],
    [{ enum: [{ a: 1 }] }, '[1]', '[1]'],
    [{ const: 5 }, '5', 5],
    [{ const: null }, 'null', null],
    [{ const: 'x' }, '5', '5'],
    [{ anyOf: [{ type: 'boolean' }, { type: 'number' }] }, '7', 7],
    [{ oneOf: [{ type: 'boolean' }, { type: 'number' }] }, 'true', true],
    [{ allOf: [{ type: 'number' }, { minimum: 1 }] }, '7', 7],
    [{}, '7', '7'],
    [{}, '"7"', '"7"'],
    [true, '7', '7'],
    [{ title: 'a' }, '[1]', '[1]'],
    [{ anyOf: [{ $ref: 7 }] }, '7', '7'],
    [{ $ref: '#/$defs/missing' }, '7', '7'],
  ])('of the schema %j reads %j', (schema, text, value) => {
    expect(typed(schema, text)).toEqual(value)
  })

  it('follows a reference, also one that leads to itself', () => {
    const $defs = { count: { type: 'number' }, list: { anyOf: [{ $ref: '#/$defs/list' }, { type: 'array' }] } }
    expect(typed({ $ref: '#/$defs/count' }, '7', { $defs } as never)).toBe(7)
    expect(typed({ $ref: '#/$defs/list' }, '[7]', { $defs } as never)).toEqual([7])
  })

  it('looks into eight schemas inside each other and no deeper', () => {
    expect(typed(nested(8), '7')).toBe(7)
    expect(typed(nested(9), '7')).toBe('7')
  })

  it('leaves what the schema does not name a string', () => {
    const texts = [
      ['toString', '7'],
      ['b', '7'],
    ] as const
    for (const parameters of [undefined, {}, { properties: {} }, { properties: [] as never }]) {
      const tool = parameters === undefined ? { name: 'f' } : { name: 'f', parameters }
      expect(toTypedArguments(tool, texts)).toEqual({ toString: '7', b: '7' })
    }
  })
})

describe('parameterNames', () => {
  it('are those of the schema in its order, and none without a schema', () => {
    expect(parameterNames({ name: 'f', parameters: { properties: { b: {}, a: {} } } })).toEqual(['b', 'a'])
    expect(parameterNames({ name: 'f' })).toEqual([])
    expect(parameterNames({ name: 'f', parameters: {} })).toEqual([])
    expect(parameterNames({ name: 'f', parameters: { properties: ['a'] as never } })).toEqual([])
  })
})
