import { describe, expect, it } from 'vitest'
import { OutputValidationError } from '../../src/errors/index.js'
import { readObject } from '../../src/structured-output/parse-object.js'
import type { CompletionResponse } from '../../src/types.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const answer = (text: string, more: Partial<CompletionResponse> = {}): CompletionResponse =>
  ({ text, finishReason: 'stop', toolCalls: [], ...more }) as CompletionResponse
const gull = '{"name":"gull"}'

describe('readObject', () => {
  it.each<[string, CompletionResponse, string]>([
    ['is empty', answer(''), 'output-empty'],
    ['is only space', answer(' \n'), 'output-empty'],
    ['is only thoughts', answer('', { reasoning: 'A gull? {"name":"gull"} or so.' }), 'output-empty'],
    ['is prose', answer('I like gulls.'), 'output-not-json'],
    ['is JSON with a comma too many', answer('{"name":"gull",}'), 'output-not-json'],
    ['is cut', answer('{"name":"gu', { finishReason: 'length' }), 'output-truncated'],
    ['is cut among the thoughts', answer('', { reasoning: 'Let me', finishReason: 'length' }), 'output-truncated'],
    ['is a number that may be cut', answer('12', { finishReason: 'length' }), 'output-truncated'],
    ['was withheld', answer('', { finishReason: 'content-filter' }), 'output-refused'],
    ['misses a member', answer('{}'), 'output-mismatch'],
    ['is of another type', answer('[]'), 'output-mismatch'],
    ['is null', answer('null'), 'output-mismatch'],
  ])('tells an answer that %s', async (_, response, code) => {
    const error = await rejectionOf(readObject(schema, response))
    expect(error).toBeInstanceOf(OutputValidationError)
    expect(error).toMatchObject({ code, isRetryable: false })
    expect((error as OutputValidationError).response).toBe(response)
    expect((error as OutputValidationError).text).toBe(response.text.trim() || (response.reasoning ?? ''))
  })

  it('keeps the answer out of whatever is printed of the error', async () => {
    const error = (await rejectionOf(readObject(schema, answer('secret words')))) as OutputValidationError
    expect(`${error.message}${error.hint}${JSON.stringify(error)}`).not.toContain('secret')
    expect(Object.keys(error)).not.toContain('response')
  })

  it('names where it does not fit, each place once, and no more than a few', async () => {
    const list = { type: 'array', items: schema }
    const error = (await rejectionOf(
      readObject(list, answer(JSON.stringify(Array.from({ length: 9 }, () => ({}))))),
    )) as OutputValidationError
    expect(error.issues).toHaveLength(9)
    expect(error.message).toContain('`[0]')
    expect(error.message).toContain('…')
    expect(error.message).not.toContain('[8]')
  })

  it.each<[string, CompletionResponse]>([
    ['alone', answer(gull)],
    ['with space around', answer(`\n ${gull}\n`)],
    ['in a fence', answer(`\`\`\`json\n${gull}\n\`\`\``)],
    ['in a fence among prose with brackets', answer(`See [1]:\n\`\`\`\n${gull}\n\`\`\`\nas in [2].`)],
    ['among prose', answer(`Here it is: ${gull} Enjoy.`)],
    ['in the reasoning of an empty answer', answer('', { reasoning: ` ${gull}\n` })],
    ['whole although the token limit came', answer(gull, { finishReason: 'length' })],
  ])('finds JSON %s', async (_, response) => {
    expect(await readObject(schema, response)).toEqual({ name: 'gull' })
  })

  it('takes the answer and not the thoughts where both are JSON', async () => {
    expect(await readObject(schema, answer(gull, { reasoning: '{"name":"tern"}' }))).toEqual({ name: 'gull' })
  })

  it.each([
    ['"gull"', 'gull'],
    ['null', null],
    ['[1,2]', [1, 2]],
    ['7', 7],
  ])('reads %s, which is no object', async (text, value) => {
    expect(await readObject({}, answer(text))).toEqual(value)
  })

  it('reads a hostile text in time that grows with its length', async () => {
    const text = `\`\`\`${'\n'.repeat(200_000)}${'['.repeat(200_000)}`
    expect(await rejectionOf(readObject(schema, answer(text)))).toMatchObject({ code: 'output-not-json' })
  })
})
