import { describe, expect, it } from 'vitest'
import type { InvalidRequestError, Issue } from '../../src/errors/index.js'
import { validateChatRequest, validateConversationSettings } from '../../src/native-chat/request.js'
import type { ChatRequest, ConversationSettings } from '../../src/native-chat/types.js'
import { thrownBy } from '../helpers/provider-errors.js'

const base = { model: 'acme/tern-4b', input: 'Hi' }
const mcp = { type: 'ephemeral-mcp', serverLabel: 'birds', serverUrl: 'https://mcp.example.org' }

function issuesOf(validate: () => void): readonly Issue[] {
  const error = thrownBy(validate) as InvalidRequestError
  expect(error).toMatchObject({ name: 'InvalidRequestError' })
  return error.issues
}
const pathsOf = (issues: readonly Issue[]): string[] => issues.map(({ path }) => path.join('.'))

describe('validateChatRequest', () => {
  const validate = (fields: object): void => validateChatRequest({ ...base, ...fields } as unknown as ChatRequest)

  it.each<[string, object]>([
    ['a model and an input', {}],
    ['parts', { input: [{ type: 'text', text: '' }] }],
    ['an empty system message and stored responses', { system: '', store: true, previousResponseId: 'resp_00aa' }],
    ['no integrations', { integrations: [] }],
    [
      'every kind of integration',
      { integrations: ['mcp/birds', { type: 'plugin', id: 'x' }, { ...mcp, allowedTools: [], headers: {} }] },
    ],
  ])('accepts a chat request with %s', (_, fields) => expect(() => validate(fields)).not.toThrow())

  it.each<[string, accepted: readonly unknown[], rejected: readonly unknown[]]>([
    ['contextLength', [1, 4096], [0, 0.5, '8']],
    ['maxTokens', [1], [0]],
    ['temperature', [0], [-1]],
    ['topP', [0, 1], [1.1]],
    ['topK', [0], [0.5]],
    ['minP', [0, 1], [-0.1]],
    ['repeatPenalty', [1.1], [0]],
    ['reasoning', ['off', 'low', 'medium', 'high', 'on'], ['max', true]],
    ['store', [true, false], ['yes']],
    ['previousResponseId', ['resp_1'], ['chatcmpl-1', 'resp_', '']],
    ['system', ['Be brief.'], [7]],
  ])('accepts the limits of %s and rejects what is beyond', (name, accepted, rejected) => {
    for (const value of accepted) expect(() => validate({ [name]: value })).not.toThrow()
    for (const value of rejected) expect(pathsOf(issuesOf(() => validate({ [name]: value })))).toEqual([name])
  })

  it.each<[string, object, path: string]>([
    ['a model that is null', { model: null }, 'model'],
    ['a blank model', { model: ' ' }, 'model'],
    ['a missing input', { input: undefined }, 'input'],
    ['an empty list of parts', { input: [] }, 'input'],
    ['an input that is an object', { input: { type: 'text', text: 'x' } }, 'input'],
    ['a part of an unknown type', { input: [{ type: 'message', content: 'x' }] }, 'input.0.type'],
    ['a text part without text', { input: [{ type: 'text' }] }, 'input.0.text'],
    ['an image that is a URL', { input: [{ type: 'image', image: 'https://example.org/a.png' }] }, 'input.0.image'],
    ['integrations that are a string', { integrations: 'mcp/birds' }, 'integrations'],
    ['an integration of an unknown type', { integrations: [{ type: 'gull' }] }, 'integrations.0.type'],
    ['a plugin without an id', { integrations: [{ type: 'plugin' }] }, 'integrations.0.id'],
    ['an MCP server without a label', { integrations: [{ ...mcp, serverLabel: '' }] }, 'integrations.0.serverLabel'],
    ['an MCP server without a URL', { integrations: [{ ...mcp, serverUrl: 'birds' }] }, 'integrations.0.serverUrl'],
    [
      'an MCP server with a file URL',
      { integrations: [{ ...mcp, serverUrl: 'file:///x' }] },
      'integrations.0.serverUrl',
    ],
    ['headers that are numbers', { integrations: [{ ...mcp, headers: { a: 1 } }] }, 'integrations.0.headers'],
    [
      'allowed tools that are a string',
      { integrations: [{ ...mcp, allowedTools: 'x' }] },
      'integrations.0.allowedTools',
    ],
    ['a call option', { signal: AbortSignal.abort() }, 'signal'],
  ])('rejects %s with its path', (_, fields, path) => {
    expect(pathsOf(issuesOf(() => validate(fields)))).toEqual([path])
  })

  it.each([
    ['max_tokens', { max_tokens: 5 }, '`maxTokens`'],
    ['previous_response_id', { previous_response_id: 5 }, '`previousResponseId`'],
    ['maxToken', { maxToken: 5 }, '`maxTokens`'],
    ['prompt, which other routes use', { prompt: 'Hi' }, '`input`'],
    ['messages, which other routes use', { messages: [] }, '`input`'],
    ['instructions, which other routes use', { instructions: 'Be brief.' }, '`system`'],
    ['tools, which other routes use', { tools: [] }, '`complete`'],
    ['allowed_tools of an integration', { integrations: [{ ...mcp, allowed_tools: [] }] }, '`allowedTools`'],
  ])('suggests what to use instead of %s', (_, fields, suggestion) => {
    const issues = issuesOf(() => validate(fields))
    expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining(suggestion)])
  })

  it('says that a call option goes into the second argument', () => {
    expect(issuesOf(() => validate({ signal: AbortSignal.abort() }))[0]!.message).toContain('second argument')
  })

  it('never quotes a value', () => {
    const integration = { ...mcp, serverUrl: 'canary-url', headers: { 'x-key': ['canary-key'] } }
    const error = thrownBy(() => validate({ integrations: [integration] })) as Error
    expect(JSON.stringify(error) + error.message).not.toContain('canary')
  })
})

describe('validateConversationSettings', () => {
  const turn = { responseId: 'resp_1', input: 'Hi', text: 'Hello.' }
  const validate = (fields: object): void =>
    validateConversationSettings({ model: 'acme/tern-4b', ...fields } as unknown as ConversationSettings)

  it('accepts a saved conversation', () => {
    const turns = [turn, { ...turn, reasoning: 'Hm.' }]
    expect(() => validate({ from: { version: 1, turns } })).not.toThrow()
  })

  it.each<[string, object, path: string]>([
    ['an input', { input: 'Hi' }, 'input'],
    ['`store`, which a conversation sets', { store: true }, 'store'],
    ['`previousResponseId`, which a conversation sets', { previousResponseId: 'resp_1' }, 'previousResponseId'],
    ['a saved conversation that was not parsed', { from: '{"version":1,"turns":[]}' }, 'from'],
    ['a saved conversation that is null', { from: null }, 'from'],
    ['a saved conversation of a newer version', { from: { version: 2, turns: [] } }, 'from.version'],
    ['a saved conversation without turns', { from: { version: 1 } }, 'from.turns'],
    [
      'a turn without a response id',
      { from: { version: 1, turns: [{ input: 'a', text: 'b' }] } },
      'from.turns.0.responseId',
    ],
    [
      'a turn whose text is a number',
      { from: { version: 1, turns: [turn, { ...turn, text: 1 }] } },
      'from.turns.1.text',
    ],
  ])('rejects %s with its path', (_, fields, path) => {
    expect(pathsOf(issuesOf(() => validate(fields)))).toEqual([path])
  })
})
