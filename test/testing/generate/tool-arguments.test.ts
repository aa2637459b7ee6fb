import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { chat, user } from '../support/mock-requests.js'

/** Returns the arguments of the call that a message causes; `undefined` without a call. */
async function argumentsFor(message: string, properties: object, description = ''): Promise<unknown> {
  const parameters = { type: 'object', properties, required: Object.keys(properties) }
  const tools = [{ type: 'function', function: { name: 'tide_at', description, parameters } }]
  const { choices } = await (await chat(createMockLMStudio(), { ...user(message), tools })).json()
  const [call] = choices[0].message.tool_calls
  return call === undefined ? undefined : JSON.parse(call.function.arguments)
}

describe('arguments of the tool calls that the mock makes', () => {
  test('names after a preposition or in quotes fill strings in order', async () => {
    const properties = { from: { type: 'string' }, to: { type: 'string' } }
    expect(await argumentsFor('Tide from Oban to "Port Ellen"?', properties)).toEqual({
      from: 'Oban',
      to: 'Port Ellen',
    })
  })

  test('numbers fill number properties that allow them', async () => {
    const properties = { day: { type: 'integer', minimum: 1, maximum: 31 }, height: { type: 'number' } }
    expect(await argumentsFor('Tide over 2.5 m on the 14 th?', properties)).toEqual({ day: 14, height: 2.5 })
  })

  test('an enum value that the message contains is chosen', async () => {
    expect(await argumentsFor('When is the tide low?', { kind: { enum: ['high', 'low'] } })).toEqual({ kind: 'low' })
  })

  test('an example of the schema stands for a name that it contains, and for no name', async () => {
    const properties = { zone: { type: 'string', examples: ['Europe/Oslo', 'Asia/Tokyo', 7] } }
    expect(await argumentsFor('The tide in Tokyo?', properties)).toEqual({ zone: 'Asia/Tokyo' })
    expect(await argumentsFor('The tide in Oban?', properties)).toEqual({ zone: 'Oban' })
    expect(await argumentsFor('tide?', properties)).toEqual({ zone: 'Europe/Oslo' })
  })

  test('a query is the whole message', async () => {
    expect(await argumentsFor('any tide today?', { query: { type: 'string' } })).toEqual({ query: 'any tide today?' })
  })

  test('values that the message does not contain come from the schema', async () => {
    const properties = {
      kind: { enum: ['high', 'low'] },
      day: { type: 'integer', minimum: 1, maximum: 31 },
      on: { type: 'string', format: 'date' },
      place: { type: 'string' },
    }
    const args = (await argumentsFor('tide?', properties)) as Record<string, unknown>
    expect(args).toEqual({
      kind: expect.stringMatching(/^(?:high|low)$/u),
      day: expect.any(Number),
      on: '2026-09-02',
      place: expect.stringMatching(/^place [a-z]+$/u),
    })
    expect(args.day).toBeGreaterThanOrEqual(1)
    expect(args.day).toBeLessThanOrEqual(31)
  })

  test('a matching description calls the tool as a matching name does', async () => {
    expect(await argumentsFor('When is high water?', {}, 'High water of a harbor')).toEqual({})
    expect(await argumentsFor('Good morning!', {}, 'High water of a harbor')).toBeUndefined()
  })
})
