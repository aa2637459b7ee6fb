import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat, user } from './ask.js'

/** The arguments of the call that a message brings about. */
async function argumentsFor(message: string, properties: object, description = ''): Promise<unknown> {
  const parameters = { type: 'object', properties, required: Object.keys(properties) }
  const tools = [{ type: 'function', function: { name: 'tide_at', description, parameters } }]
  const body = await (await chat(createMockLMStudio(), { ...user(message), tools })).json()
  const [call] = body.choices[0].message.tool_calls
  return call === undefined ? undefined : JSON.parse(call.function.arguments)
}

describe('arguments of the tool calls the mock makes up', () => {
  test('names after a preposition or in quotes fill strings in their order', async () => {
    const properties = { from: { type: 'string' }, to: { type: 'string' } }
    expect(await argumentsFor('Tide from Oban to "Port Ellen"?', properties)).toEqual({
      from: 'Oban',
      to: 'Port Ellen',
    })
  })

  test('numbers fill numbers that allow them', async () => {
    const properties = { day: { type: 'integer', minimum: 1, maximum: 31 }, height: { type: 'number' } }
    expect(await argumentsFor('Tide over 2.5 m on the 14 th?', properties)).toEqual({ day: 14, height: 2.5 })
  })

  test('a choice that is named is made', async () => {
    expect(await argumentsFor('When is the tide low?', { kind: { enum: ['high', 'low'] } })).toEqual({ kind: 'low' })
  })

  test('a query is the message itself', async () => {
    expect(await argumentsFor('any tide today?', { query: { type: 'string' } })).toEqual({ query: 'any tide today?' })
  })

  test('what the message does not say is made up to fit', async () => {
    const made = (await argumentsFor('tide?', {
      kind: { enum: ['high', 'low'] },
      day: { type: 'integer', minimum: 1, maximum: 31 },
      on: { type: 'string', format: 'date' },
      place: { type: 'string' },
    })) as Record<string, unknown>
    expect(['high', 'low']).toContain(made.kind)
    expect(made.day).toBeGreaterThanOrEqual(1)
    expect(made.day).toBeLessThanOrEqual(31)
    expect(made.on).toMatch(/^\d{4}-\d{2}-\d{2}$/u)
    expect(made.place).toBeTypeOf('string')
  })

  test('a description is as good as a name', async () => {
    expect(await argumentsFor('When is high water?', {}, 'High water of a harbour')).toEqual({})
    expect(await argumentsFor('Good morning!', {}, 'High water of a harbour')).toBeUndefined()
  })
})
