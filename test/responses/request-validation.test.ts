import { describe, expect, it } from 'vitest'
import type { InvalidRequestError } from '../../src/errors/index.js'
import { validateRespondRequest } from '../../src/responses/request.js'
import type { RespondRequest } from '../../src/responses/types.js'
import { thrownBy } from '../helpers/provider-errors.js'

const SECRET = 'the secret of the sea'
const base = { model: 'acme/tern-4b', input: 'Hi' }
const tool = { name: 'tide_at', description: 'Tide', parameters: { type: 'object', properties: {} } }

const validate = (fields: object): void => validateRespondRequest({ ...base, ...fields } as unknown as RespondRequest)

/** Returns the error for an invalid request, which never contains the secret. */
function errorFor(fields: object): InvalidRequestError {
  const error = thrownBy(() => validate(fields)) as InvalidRequestError
  expect(error).toMatchObject({ name: 'InvalidRequestError' })
  expect(JSON.stringify(error) + error.stack).not.toContain(SECRET)
  return error
}
const pathsOf = (fields: object): string[] => errorFor(fields).issues.map(({ path }) => path.join('.'))

const FULL: Required<RespondRequest> = {
  model: 'm',
  input: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', toolCalls: [{ id: '1', name: 'tide_at' }] },
    { role: 'tool', toolCallId: '1', content: '04:12' },
  ],
  instructions: 'Be kind.',
  previousResponseId: 'resp_1',
  store: false,
  tools: [tool],
  toolChoice: { tool: 'tide_at' },
  reasoningEffort: 'low',
  maxTokens: 1,
  temperature: 0,
  topP: 1,
  presencePenalty: -2,
  frequencyPenalty: 2,
  extraBody: { top_logprobs: 1 },
}

describe('validateRespondRequest', () => {
  it('accepts every field', () => {
    expect(() => validate(FULL)).not.toThrow()
  })

  it('accepts undefined for every optional field', () => {
    const unset = Object.fromEntries(Object.keys(FULL).map((key) => [key, undefined]))
    expect(() => validate({ ...unset, ...base })).not.toThrow()
  })

  it.each<[string, object, path: string]>([
    ['a missing input', { input: undefined }, 'input'],
    ['an input that is an object', { input: { SECRET } }, 'input'],
    ['an empty list of messages', { input: [] }, 'input'],
    ['a user message without parts', { input: [{ role: 'user', content: [] }] }, 'input.0.content'],
    ['an unknown role', { input: [{ role: 'gull', content: SECRET }] }, 'input.0.role'],
    [
      'an image that is a URL',
      { input: [{ role: 'user', content: [{ type: 'image', image: `https://x.org/${SECRET}` }] }] },
      'input.0.content.0.image',
    ],
    ['an empty model', { model: '' }, 'model'],
    ['instructions that are a number', { instructions: 7 }, 'instructions'],
    ['an empty previous response id', { previousResponseId: '' }, 'previousResponseId'],
    ['`store` that is a string', { store: 'yes' }, 'store'],
    ['two tools with one name', { tools: [tool, tool] }, 'tools.1.name'],
    ['a tool choice that names another tool', { tools: [tool], toolChoice: { tool: 'other' } }, 'toolChoice.tool'],
    ['the tool choice `required` without tools', { toolChoice: 'required' }, 'toolChoice'],
    ['a negative temperature', { temperature: -1 }, 'temperature'],
    ['a limit of 0 tokens', { maxTokens: 0 }, 'maxTokens'],
    ['a call option', { timeout: 1 }, 'timeout'],
  ])('rejects %s with its path', (_, fields, path) => expect(pathsOf(fields)).toEqual([path]))

  it.each<[object, string]>([
    [{ prompt: 'Hi' }, 'is `input` here'],
    [{ messages: [] }, 'is `input` here'],
    [{ system: 'Hi' }, 'is `instructions` here'],
    [{ responseFormat: 'json' }, 'use `complete`'],
    [{ previousResponseID: 'resp_1' }, 'did you mean `previousResponseId`?'],
    [{ stop: 'x' }, 'does not exist'],
  ])('suggests what to use instead of %j', (fields, words) => {
    expect(errorFor(fields).issues.map(({ message }) => message)).toEqual([expect.stringContaining(words)])
  })
})
