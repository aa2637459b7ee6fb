import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/tools/tool.js'
import { thrownBy } from '../helpers/provider-errors.js'

describe('tool', () => {
  test.each([
    ['no name', {}, 'name'],
    ['a blank name', { name: ' ' }, 'name'],
    ['a misspelled field', { name: 'a', exekute: () => 1 }, 'exekute'],
    ['an execute that is not a function', { name: 'a', execute: 'run' }, 'execute'],
    ['a library schema that is not of an object', { name: 'a', parameters: v.string() }, 'parameters'],
    ['a JSON Schema that is not of an object', { name: 'a', parameters: { type: 'array' } }, 'parameters'],
  ])('rejects %s', (_, definition, field) => {
    expect(thrownBy(() => tool(definition as never))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: [field] }],
    })
  })

  test('explains how to pass a value that is not an object', () => {
    expect(thrownBy(() => tool({ name: 'a', parameters: v.string() }))).toMatchObject({
      message: expect.stringContaining('`parameters` must be the schema of an object') as string,
      hint: 'Wrap the value in an object, because models pass tool arguments by name.',
    })
  })

  test('rejects parameters that are not a schema', () => {
    expect(thrownBy(() => tool({ name: 'a', parameters: 7 as never }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      message: 'Expected a schema.',
    })
  })

  test.each([
    ['valibot', v.object({ city: v.string() })],
    ['zod', z.object({ city: z.string() })],
    ['arktype', type({ city: 'string' })],
    ['plain JSON Schema', { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }],
  ])('creates a tool definition with the JSON Schema of %s', (_, parameters) => {
    expect(tool({ name: 'get_weather', description: 'Weather', parameters })).toMatchObject({
      name: 'get_weather',
      description: 'Weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    })
  })

  test('creates a tool definition without the fields that are not set', () => {
    expect(tool({ name: 'a', description: undefined, execute: undefined as never })).toEqual({ name: 'a' })
  })

  test('binds execute to the definition', () => {
    const definition = {
      name: 'who',
      execute() {
        return this.name
      },
    }
    const { execute } = tool(definition)
    expect(execute?.({}, {} as never)).toBe('who')
  })
})
