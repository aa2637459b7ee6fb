import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors/index.js'
import { validateChatRequest, validateConversationSettings } from '../../src/native-chat/request.js'
import type { ChatRequest, ConversationSettings } from '../../src/native-chat/types.js'
import { thrownBy } from '../helpers/provider-errors.js'

const base = { model: 'acme/tern-4b', input: 'Hi' }

const issuesOf = (run: () => void): readonly { path: readonly unknown[]; message: string }[] => {
  const error = thrownBy(run)
  expect(error).toBeInstanceOf(InvalidRequestError)
  return (error as InvalidRequestError).issues
}
const refused = (more: object) => issuesOf(() => validateChatRequest({ ...base, ...more } as unknown as ChatRequest))

const mcp = { type: 'ephemeral-mcp', serverLabel: 'birds', serverUrl: 'https://mcp.example.org' }

describe('a request that is wrong', () => {
  it.each<[string, object, (string | number)[]]>([
    ['no model', { model: undefined }, ['model']],
    ['an empty model', { model: ' ' }, ['model']],
    ['no input', { input: undefined }, ['input']],
    ['an empty list of parts', { input: [] }, ['input']],
    ['input that is an object', { input: { type: 'text', text: 'x' } }, ['input']],
    ['a part of an unknown kind', { input: [{ type: 'message', content: 'x' }] }, ['input', 0, 'type']],
    ['a text part without text', { input: [{ type: 'text', content: 'x' }] }, ['input', 0, 'text']],
    ['a remote image', { input: [{ type: 'image', image: 'https://example.org/a.png' }] }, ['input', 0, 'image']],
    ['a system prompt that is no text', { system: 7 }, ['system']],
    ['store that is no boolean', { store: 'yes' }, ['store']],
    ['a response id of another kind', { previousResponseId: 'chatcmpl-1' }, ['previousResponseId']],
    ['a response id without an id', { previousResponseId: 'resp_' }, ['previousResponseId']],
    ['a reasoning setting that does not exist', { reasoning: 'max' }, ['reasoning']],
    ['no room for an answer', { maxTokens: 0 }, ['maxTokens']],
    ['half a context', { contextLength: 0.5 }, ['contextLength']],
    ['topP beyond 1', { topP: 1.1 }, ['topP']],
    ['a negative temperature', { temperature: -1 }, ['temperature']],
    ['integrations that are no list', { integrations: 'mcp/birds' }, ['integrations']],
    ['an integration of an unknown kind', { integrations: [{ type: 'gull' }] }, ['integrations', 0, 'type']],
    ['a plugin without an id', { integrations: [{ type: 'plugin' }] }, ['integrations', 0, 'id']],
    ['a server without a label', { integrations: [{ ...mcp, serverLabel: '' }] }, ['integrations', 0, 'serverLabel']],
    ['a server that is no URL', { integrations: [{ ...mcp, serverUrl: 'birds' }] }, ['integrations', 0, 'serverUrl']],
    ['a server by file', { integrations: [{ ...mcp, serverUrl: 'file:///x' }] }, ['integrations', 0, 'serverUrl']],
    ['headers that are no texts', { integrations: [{ ...mcp, headers: { a: 1 } }] }, ['integrations', 0, 'headers']],
    ['tools that are no list', { integrations: [{ ...mcp, allowedTools: 'x' }] }, ['integrations', 0, 'allowedTools']],
  ])('has %s', (_name, more, path) => {
    expect(refused(more)[0]?.path).toEqual(path)
  })

  it.each([
    ['max_tokens', 'maxTokens'],
    ['previous_response_id', 'previousResponseId'],
    ['maxToken', 'maxTokens'],
  ])('has %s, which means %s', (key, meant) => {
    expect(refused({ [key]: 5 })[0]).toEqual({ path: [key], message: expect.stringContaining(`\`${meant}\``) })
  })

  it.each([
    ['prompt', 'Hi', '`input`'],
    ['messages', [], '`input`'],
    ['instructions', 'Be brief.', '`system`'],
    ['tools', [], '`complete`'],
  ])('has %s, which other routes take', (key, value, meant) => {
    expect(refused({ [key]: value })).toEqual([{ path: [key], message: expect.stringContaining(meant) }])
  })

  it('has a nested key in the manner of the wire', () => {
    const [issue] = refused({ integrations: [{ ...mcp, allowed_tools: [] }] })
    expect(issue).toEqual({
      path: ['integrations', 0, 'allowed_tools'],
      message: expect.stringContaining('`allowedTools`'),
    })
  })

  it('has what belongs to the call', () => {
    expect(refused({ signal: AbortSignal.abort() })[0]?.message).toContain('second argument')
  })

  it('never shows a value', () => {
    const error = thrownBy(() =>
      validateChatRequest({
        ...base,
        integrations: [{ ...mcp, serverUrl: 'canary-url', headers: { 'x-key': ['canary-key'] } }],
      } as never),
    ) as Error
    expect(JSON.stringify(error) + error.message).not.toContain('canary')
  })
})

it.each<Partial<ChatRequest>>([
  {},
  { input: [{ type: 'text', text: '' }] },
  { system: '', store: true, previousResponseId: 'resp_00aa', reasoning: 'on', contextLength: 1, maxTokens: 1 },
  { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1.1 },
  { integrations: [] },
  { integrations: ['mcp/birds', { type: 'plugin', id: 'x' }, { ...mcp, allowedTools: [], headers: {} } as never] },
])('a request with %j is right', (more) => {
  expect(() => validateChatRequest({ ...base, ...more })).not.toThrow()
})

describe('the settings of a conversation', () => {
  const settings = { model: 'acme/tern-4b' }
  const turn = { responseId: 'resp_1', input: 'Hi', text: 'Hello.' }
  const refusedSettings = (more: object) =>
    issuesOf(() => validateConversationSettings({ ...settings, ...more } as unknown as ConversationSettings))

  it.each<[string, object, (string | number)[]]>([
    ['an input', { input: 'Hi' }, ['input']],
    ['store', { store: true }, ['store']],
    ['a previous response', { previousResponseId: 'resp_1' }, ['previousResponseId']],
    ['the text of saved data', { from: '{"version":1,"turns":[]}' }, ['from']],
    ['null for saved data', { from: null }, ['from']],
    ['a version from the future', { from: { version: 2, turns: [] } }, ['from', 'version']],
    ['no turns', { from: { version: 1 } }, ['from', 'turns']],
    [
      'a turn without an id',
      { from: { version: 1, turns: [{ input: 'a', text: 'b' }] } },
      ['from', 'turns', 0, 'responseId'],
    ],
    [
      'a turn without an answer',
      { from: { version: 1, turns: [turn, { ...turn, text: 1 }] } },
      ['from', 'turns', 1, 'text'],
    ],
  ])('may not have %s', (_name, more, path) => {
    expect(refusedSettings(more)[0]?.path).toEqual(path)
  })

  it('may have what was saved', () => {
    expect(() =>
      validateConversationSettings({ ...settings, from: { version: 1, turns: [turn, { ...turn, reasoning: 'Hm.' }] } }),
    ).not.toThrow()
  })
})
