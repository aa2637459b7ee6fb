import { inspect } from 'node:util'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { OutputValidationError } from '../../src/errors/index.js'
import type { Schema } from '../../src/json-schema/standard-schema.js'
import { parseObject } from '../../src/structured-output/parse-object.js'
import type { CompletionResponse } from '../../src/types.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const responseOf = (text: string, more: Partial<CompletionResponse> = {}): CompletionResponse =>
  ({ text, finishReason: 'stop', toolCalls: [], ...more }) as CompletionResponse
const gull = '{"name":"gull"}'

const errorOf = async (response: CompletionResponse, of: Schema = schema): Promise<OutputValidationError> => {
  const error = await rejectionOf(parseObject(of, response))
  expect(error).toBeInstanceOf(OutputValidationError)
  return error as OutputValidationError
}

describe('parseObject', () => {
  it.each<[string, CompletionResponse, string]>([
    ['is empty', responseOf(''), 'output-empty'],
    ['is blank', responseOf(' \n'), 'output-empty'],
    ['has only reasoning', responseOf('', { reasoning: 'A gull? {"name":"gull"} or so.' }), 'output-empty'],
    ['is prose', responseOf('I like gulls.'), 'output-not-json'],
    ['has a trailing comma', responseOf('{"name":"gull",}'), 'output-not-json'],
    ['has a trailing comma behind a valid member', responseOf('{"list":[{"name":"gull"}],}'), 'output-not-json'],
    ['ends inside its second item', responseOf('[{"name":"gull"},{"na'), 'output-not-json'],
    ['is full of quotes and backslashes', responseOf(`${'"\\'.repeat(50_000)}{`), 'output-not-json'],
    ['is truncated', responseOf('{"name":"gu', { finishReason: 'length' }), 'output-truncated'],
    [
      'is truncated while reasoning',
      responseOf('', { reasoning: 'Let me', finishReason: 'length' }),
      'output-truncated',
    ],
    ['is a number that may be truncated', responseOf('12', { finishReason: 'length' }), 'output-truncated'],
    ['is withheld', responseOf('', { finishReason: 'content-filter' }), 'output-refused'],
    ['lacks a member', responseOf('{}'), 'output-mismatch'],
    ['has another type', responseOf('[]'), 'output-mismatch'],
    ['is null', responseOf('null'), 'output-mismatch'],
  ])('rejects a response that %s', async (_, response, code) => {
    const error = await errorOf(response)
    expect(error).toMatchObject({ code, isRetryable: false })
    expect(error.response).toBe(response)
    expect(error.text).toBe(response.text.trim() || (response.reasoning ?? ''))
  })

  it.each<[CompletionResponse, string, string]>([
    [
      responseOf('{"name":"gu', { finishReason: 'length' }),
      'The response was truncated after 11 characters, before its JSON was complete.',
      'Raise `maxTokens`, or turn reasoning off with `reasoningEffort`.',
    ],
    [
      responseOf('Gulls.'),
      'The response is not JSON.',
      'choose a model that supports structured output, or set `repair`',
    ],
    [responseOf('{}'), 'The response does not match the schema at `name`.', 'set `repair` or simplify the schema'],
    [responseOf('[]'), 'The response does not match the schema.', 'Compare `text` with `issues`'],
    [responseOf(''), 'The model returned no text.', 'or choose another model'],
    [
      responseOf('', { finishReason: 'content-filter' }),
      'The server withheld the response (content filter).',
      'Rephrase the request, or choose another model.',
    ],
  ])('explains what is wrong with %j', async (response, message, hint) => {
    expect(await errorOf(response)).toMatchObject({ message, hint: expect.stringContaining(hint) as string })
  })

  it('does not print the response with the error, although issues of a schema may quote it', async () => {
    const strict = v.strictObject({ name: v.literal('gull') })
    const error = await errorOf(responseOf('{"name":"Ada Lovelace"}'), strict)
    expect(error.issues).toMatchObject([{ path: ['name'], message: expect.stringContaining('Ada') as string }])
    expect(error.message).toContain('`name`')
    expect(`${JSON.stringify(error)}${inspect(error, { depth: 9 })}${error.stack}${error.hint}`).not.toContain('Ada')
    expect(Object.keys(error)).not.toContain('response')
  })

  it.each([
    [5, 'The response does not match the schema at `[0].name`, `[1].name`, `[2].name`, `[3].name`, `[4].name`.'],
    [6, 'The response does not match the schema at `[0].name`, `[1].name`, `[2].name`, `[3].name`, `[4].name`, ….'],
  ])('lists at most five of %i paths in its message, and each path once', async (count, message) => {
    const twice = { allOf: [schema, schema] }
    const text = JSON.stringify(Array.from({ length: count }, () => ({})))
    const error = await errorOf(responseOf(text), { type: 'array', items: twice })
    expect(error.message).toBe(message)
    expect(error.issues).toHaveLength(2 * count)
  })

  it.each<[string, CompletionResponse]>([
    ['alone', responseOf(gull)],
    ['with whitespace around it', responseOf(`\n ${gull}\n`)],
    ['in a fence', responseOf(`\`\`\`json\n${gull}\n\`\`\``)],
    ['in a fence within prose that has brackets', responseOf(`See [1]:\n\`\`\`\n${gull}\n\`\`\`\nas in [2].`)],
    ['within prose', responseOf(`Here it is: ${gull} Enjoy.`)],
    ['before prose with a brace', responseOf(`${gull} Have fun {smile}.`)],
    ['after prose with a brace', responseOf(`With {name} filled in: ${gull}`)],
    ['after a citation', responseOf(`[1] ${gull}`)],
    ['before a string with brackets', responseOf('[1] {"name":"gull"} {"] not": \'json\'}')],
    ['after reasoning without an opening tag', responseOf(`hm, {x}\n</think>\n${gull}`)],
    ['twice', responseOf(`${gull}\n${gull}`)],
    ['in the reasoning of a response without text', responseOf('', { reasoning: ` ${gull}\n` })],
    ['that is complete although the token limit was reached', responseOf(gull, { finishReason: 'length' })],
  ])('finds JSON %s', async (_, response) => {
    expect(await parseObject(schema, response)).toEqual({ name: 'gull' })
  })

  it('prefers the text to the reasoning if both are JSON', async () => {
    expect(await parseObject(schema, responseOf(gull, { reasoning: '{"name":"tern"}' }))).toEqual({ name: 'gull' })
  })

  it.each([
    ['"gull"', 'gull'],
    ['null', null],
    ['[1,2]', [1, 2]],
    ['7', 7],
  ])('accepts %s, which is not an object', async (text, value) => {
    expect(await parseObject({}, responseOf(text))).toEqual(value)
  })

  it('reads `$ref` in a response as an ordinary member', async () => {
    const withRef = { properties: { $ref: { type: 'string' } } }
    expect(await parseObject(withRef, responseOf('{"$ref":"#/no"}'))).toEqual({ $ref: '#/no' })
  })

  it('reports each of 200,000 issues', async () => {
    const text = JSON.stringify(Array.from({ length: 200_000 }, (_, index) => index))
    const error = await errorOf(responseOf(text), { items: { type: 'string' } })
    expect(error.issues).toHaveLength(200_000)
  })

  it('reads a hostile text in linear time', async () => {
    const text = `\`\`\`${'\n'.repeat(200_000)}${'['.repeat(200_000)}`
    expect(await errorOf(responseOf(text))).toMatchObject({ code: 'output-not-json' })
  })

  const nestedLists: z.ZodType = z.lazy(() => z.array(nestedLists))
  it.each<[string, Schema]>([
    ['plain JSON Schema', { items: { $ref: '#' } }],
    ['zod', nestedLists],
  ])('rejects a response that is nested too deeply to be validated with %s', async (_, of) => {
    const text = '['.repeat(20_000) + ']'.repeat(20_000)
    expect(await errorOf(responseOf(text), of)).toMatchObject({ code: 'output-mismatch', text })
  })
})
