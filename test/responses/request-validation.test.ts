import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors/index.js'
import { validateRespondRequest } from '../../src/responses/request.js'
import type { RespondRequest } from '../../src/responses/types.js'
import { thrownBy } from '../helpers/provider-errors.js'

const SECRET = 'the secret of the sea'
const base = { model: 'acme/tern-4b', input: 'Hi' }
const tool = { name: 'tide_at', description: 'Tide', parameters: { type: 'object', properties: {} } }

function refuse(request: unknown): InvalidRequestError {
  const error = thrownBy(() => validateRespondRequest(request as RespondRequest))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(JSON.stringify(error) + (error as Error).stack).not.toContain(SECRET)
  return error as InvalidRequestError
}
const pathsOf = (request: unknown): string[] => refuse(request).issues.map(({ path }) => path.join('.'))

describe('what is refused', () => {
  it.each<[string, object, string]>([
    ['no input', { input: undefined }, 'input'],
    ['an input that is neither text nor list', { input: { SECRET } }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['a user message without a part', { input: [{ role: 'user', content: [] }] }, 'input.0.content'],
    ['a strange role', { input: [{ role: 'gull', content: SECRET }] }, 'input.0.role'],
    [
      'an image to fetch',
      { input: [{ role: 'user', content: [{ type: 'image', image: `https://x.org/${SECRET}` }] }] },
      'input.0.content.0.image',
    ],
    ['no model', { model: '' }, 'model'],
    ['instructions that are no text', { instructions: 7 }, 'instructions'],
    ['an empty previous id', { previousResponseId: '' }, 'previousResponseId'],
    ['store that is no boolean', { store: 'yes' }, 'store'],
    ['a tool twice', { tools: [tool, tool] }, 'tools.1.name'],
    ['a choice of no tool', { tools: [tool], toolChoice: { tool: 'other' } }, 'toolChoice.tool'],
    ['a tool required of none', { toolChoice: 'required' }, 'toolChoice'],
    ['a temperature below 0', { temperature: -1 }, 'temperature'],
    ['a limit of no token', { maxTokens: 0 }, 'maxTokens'],
    ['what belongs to the call', { timeout: 1 }, 'timeout'],
  ])('%s', (_, change, path) => expect(pathsOf({ ...base, ...change })).toEqual([path]))

  it.each<[object, string]>([
    [{ prompt: 'Hi' }, 'is `input` here'],
    [{ messages: [] }, 'is `input` here'],
    [{ system: 'Hi' }, 'is `instructions` here'],
    [{ responseFormat: 'json' }, 'use `complete`'],
    [{ previousResponseID: 'resp_1' }, 'did you mean `previousResponseId`?'],
    [{ stop: 'x' }, 'does not exist'],
  ])('%j says where to look', (change, words) => expect(refuse({ ...base, ...change }).message).toContain(words))
})

it('takes all it knows, and undefined for each of it', () => {
  const full: Required<RespondRequest> = {
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
  expect(() => validateRespondRequest(full)).not.toThrow()
  const empty = Object.fromEntries(Object.keys(full).map((key) => [key, undefined]))
  expect(() => validateRespondRequest({ ...empty, ...base } as RespondRequest)).not.toThrow()
})
