import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/tools/tool.js'
import type { InvalidRequestError } from '../../src/errors/errors.js'
import { thrownBy } from '../helpers/provider-errors.js'

describe('tool', () => {
  test('takes a function as execute, and says so of anything else', () => {
    expect(tool({ name: 'a', execute: () => 1 }).execute).toBeTypeOf('function')
    expect(thrownBy(() => tool({ name: 'a', execute: 'run' } as never))).toMatchObject({
      issues: [{ path: ['execute'], message: 'must be a function' }],
    })
  })

  test('names the place of an error in its parameters', () => {
    const parameters = { type: 'object', properties: { city: { type: 'text' } } }
    const error = thrownBy(() => tool({ name: 'a', parameters })) as InvalidRequestError
    expect(error.issues[0]?.path.slice(0, 3)).toEqual(['parameters', 'properties', 'city'])
  })

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

  test.each<[string, object, string]>([
    ['in the form of OpenAI', { type: 'function', function: { name: 'a' } }, 'pass what OpenAI has under `function`'],
    ['in the form of MCP', { name: 'a', inputSchema: {} }, '`inputSchema` is `parameters` here'],
    ['in the form of Anthropic', { name: 'a', input_schema: {} }, '`input_schema` is `parameters` here'],
    ['with a text as execute', { name: 'a', execute: 'run' }, '`execute` must be a function'],
    ['with a number as description', { name: 'a', description: 7 }, '`description` must be a string'],
    ['with a blank name', { name: ' ' }, '`name` must be a non-empty string'],
  ])('says what to write instead of a tool %s', (_, definition, words) => {
    expect(thrownBy(() => tool(definition as never))).toMatchObject({
      message: expect.stringContaining(words) as string,
    })
  })

  test('refuses a member `function` that is not the form of OpenAI like any unknown one', () => {
    expect(thrownBy(() => tool({ name: 'a', function: 7 } as never))).toMatchObject({
      issues: [{ path: ['function'] }],
    })
  })

  test('keeps the schema of a library, which validates the arguments, and no other', () => {
    const schema = v.object({ city: v.string() })
    expect(tool({ name: 'a', parameters: schema }).schema).toBe(schema)
    expect(tool({ name: 'a', parameters: { type: 'object' } })).toEqual({ name: 'a', parameters: { type: 'object' } })
    expect(tool({ name: 'a', parameters: {} })).toEqual({ name: 'a' })
    expect(tool({ name: 'a', parameters: { required: ['b'] } }).parameters).toMatchObject({ required: ['b'] })
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
