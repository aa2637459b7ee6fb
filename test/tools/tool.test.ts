import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/tools/tool.js'

const refused = (definition: object): unknown => {
  try {
    return tool(definition as never)
  } catch (error) {
    return error
  }
}

describe('tool', () => {
  test.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a misspelt field', { name: 'a', exekute: () => 1 }, 'exekute'],
    ['an execute that is none', { name: 'a', execute: 'run' }, 'execute'],
    ['a schema of something else than an object', { name: 'a', parameters: v.string() }, 'parameters'],
    ['a list as plain JSON Schema', { name: 'a', parameters: { type: 'array' } }, 'parameters'],
  ])('refuses %s', (_, definition, field) => {
    expect(refused(definition)).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: [field] }] })
  })

  test('refuses what is no schema', () => {
    expect(refused({ name: 'a', parameters: 7 })).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
    })
  })

  test.each([
    ['valibot', v.object({ city: v.string() })],
    ['zod', z.object({ city: z.string() })],
    ['arktype', type({ city: 'string' })],
    ['plain JSON Schema', { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }],
  ])('is a tool definition with the JSON Schema of %s', (_, parameters) => {
    expect(tool({ name: 'get_weather', description: 'Weather', parameters })).toMatchObject({
      name: 'get_weather',
      description: 'Weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    })
  })

  test('keeps what execute calls `this`', () => {
    const definition = { name: 'a', factor: 2, execute: () => 1 }
    expect(tool({ name: 'a', execute: definition.execute }).execute?.({}, {} as never)).toBe(1)
    const made = tool({
      name: 'who',
      execute() {
        return this.name
      },
    })
    expect(made.execute?.({}, {} as never)).toBe('who')
  })
})
