import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { validateCompletionRequest } from '../../src/completions/request.js'
import { InvalidRequestError } from '../../src/errors/index.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import { png } from '../helpers/images.js'
import { thrownBy } from '../helpers/provider-errors.js'

const SECRET = 'the secret of the sea'
const messages = [{ role: 'user', content: 'Hi' }]
const base = { model: 'acme/tern-4b', messages }
const check = (request: unknown): void => validateCompletionRequest(request as CompletionRequest)

function refuse(request: unknown): InvalidRequestError {
  const error = thrownBy(() => check(request))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(error).toMatchObject({ name: 'InvalidRequestError', isRetryable: false })
  expect(JSON.stringify(error) + (error as Error).stack).not.toContain(SECRET)
  return error as InvalidRequestError
}
const paths = (request: unknown): string[] => refuse(request).issues.map(({ path }) => path.join('.'))

const image = 'data:image/png;base64,iVBORw0KGgo='
const tool = { name: 'tide_at', description: 'Tide', parameters: { type: 'object', properties: {} } }

describe('what passes', () => {
  it.each<[string, object]>([
    ['messages alone', base],
    ['a prompt', { model: 'm', prompt: 'Hi' }],
    ['a prompt with a system text', { model: 'm', prompt: 'Hi', system: 'Be brief.' }],
    [
      'every setting',
      {
        ...base,
        temperature: 0,
        topP: 1,
        topK: 0,
        minP: 0,
        maxTokens: 1,
        stop: ['a'],
        seed: -7,
        presencePenalty: -2,
        frequencyPenalty: 2,
        repeatPenalty: 1.1,
        logitBias: { '15': -100 },
        reasoningEffort: 'none',
        ttlSeconds: 1,
        draftModel: 'd',
        extraBody: { x: 1 },
      },
    ],
    [
      'every setting undefined',
      {
        ...base,
        prompt: undefined,
        system: undefined,
        temperature: undefined,
        topP: undefined,
        topK: undefined,
        minP: undefined,
        maxTokens: undefined,
        stop: undefined,
        seed: undefined,
        presencePenalty: undefined,
        frequencyPenalty: undefined,
        repeatPenalty: undefined,
        logitBias: undefined,
        tools: undefined,
        toolChoice: undefined,
        responseFormat: undefined,
        reasoningEffort: undefined,
        ttlSeconds: undefined,
        draftModel: undefined,
        extraBody: undefined,
      },
    ],
    ['one text to stop at', { ...base, stop: '\n' }],
    ['empty lists', { ...base, stop: [], tools: [] }],
    ['tools', { ...base, tools: [tool, { name: 'f' }, { name: 'g', parameters: {} }], toolChoice: 'auto' }],
    ['a tool that carries what runs it', { ...base, tools: [{ ...tool, execute: () => 1 }] }],
    ['a named tool', { ...base, tools: [tool], toolChoice: { tool: 'tide_at' } }],
    ['a required tool', { ...base, tools: [tool], toolChoice: 'required' }],
    ['no tool wanted', { ...base, toolChoice: 'none' }],
    ['text', { ...base, responseFormat: 'text' }],
    ['JSON', { ...base, responseFormat: 'json' }],
    ['a schema', { ...base, responseFormat: { schema: { type: 'object' }, name: 'bird' } }],
    ['a schema without name', { ...base, responseFormat: { schema: {}, name: undefined } }],
    ['an empty prompt', { model: 'm', prompt: '' }],
    [
      'a whole conversation',
      {
        model: 'm',
        messages: [
          { role: 'system', content: '' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'image', image },
              { type: 'image', image: png(1, 1) },
              { type: 'image', image: png(1, 1).buffer },
              { type: 'image', image: new Blob([]) },
            ],
          },
          {
            role: 'assistant',
            content: null,
            toolCalls: [
              { id: '1', name: 'f', arguments: { a: 1 }, rawArguments: '{"a":1}' },
              { id: '2', name: 'f' },
              { id: '3', name: 'f', arguments: undefined, rawArguments: undefined },
            ],
          },
          { role: 'tool', toolCallId: '1', content: '' },
          { role: 'assistant', content: 'b' },
          { role: 'assistant', toolCalls: undefined },
          { role: 'assistant' },
        ],
      },
    ],
  ])('%s', (_, request) => expect(() => check(request)).not.toThrow())
})

describe('what is refused', () => {
  it.each<[string, unknown, string]>([
    ['no model', { messages }, 'model'],
    ['an empty model', { ...base, model: ' ' }, 'model'],
    ['a model that is a number', { ...base, model: 7 }, 'model'],
    ['a model that is null', { ...base, model: null }, 'model'],
    ['neither messages nor prompt', { model: 'm' }, 'messages'],
    ['messages and a prompt', { ...base, prompt: SECRET }, 'messages'],
    ['messages that are null', { model: 'm', messages: null }, 'messages'],
    ['messages that are a text', { model: 'm', messages: SECRET }, 'messages'],
    ['no message in messages', { model: 'm', messages: [] }, 'messages'],
    ['a message that is a text', { model: 'm', messages: [SECRET] }, 'messages.0'],
    ['a message that is null', { model: 'm', messages: [null] }, 'messages.0'],
    ['a message without a role', { model: 'm', messages: [{ content: SECRET }] }, 'messages.0.role'],
    ['an unknown role', { model: 'm', messages: [{ role: 'developer', content: SECRET }] }, 'messages.0.role'],
    ['a system message without content', { model: 'm', messages: [{ role: 'system' }] }, 'messages.0.content'],
    ['a user message without content', { model: 'm', messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['user content that is a number', { model: 'm', messages: [{ role: 'user', content: 7 }] }, 'messages.0.content'],
    ['user content without parts', { model: 'm', messages: [{ role: 'user', content: [] }] }, 'messages.0.content'],
    [
      'system content in parts',
      { model: 'm', messages: [{ role: 'system', content: [{ type: 'text', text: SECRET }] }] },
      'messages.0.content',
    ],
    ['a part that is a text', { model: 'm', messages: [{ role: 'user', content: [SECRET] }] }, 'messages.0.content.0'],
    [
      'a part of an unknown type',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'audio', text: SECRET }] }] },
      'messages.0.content.0.type',
    ],
    [
      'a text part without text',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages.0.content.0.text',
    ],
    [
      'an image that is a remote URL',
      {
        model: 'm',
        messages: [
          { role: 'user', content: [{ type: 'image', image: 'https://example.org/the secret of the sea.png' }] },
        ],
      },
      'messages.0.content.0.image',
    ],
    [
      'an image that is a file path',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image', image: '/tmp/a.png' }] }] },
      'messages.0.content.0.image',
    ],
    [
      'an image that is no base64 data URL',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image', image: 'data:image/png,abc' }] }] },
      'messages.0.content.0.image',
    ],
    [
      'an image that is another kind of file',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image', image: 'data:text/plain;base64,AAAA' }] }] },
      'messages.0.content.0.image',
    ],
    [
      'an image that is a number',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image', image: 7 }] }] },
      'messages.0.content.0.image',
    ],
    [
      'an assistant message whose content is a list',
      { model: 'm', messages: [{ role: 'assistant', content: [] }] },
      'messages.0.content',
    ],
    [
      'a tool call without id',
      { model: 'm', messages: [{ role: 'assistant', toolCalls: [{ name: 'f' }] }] },
      'messages.0.toolCalls.0.id',
    ],
    [
      'a tool call with an empty id',
      { model: 'm', messages: [{ role: 'assistant', toolCalls: [{ id: '', name: 'f' }] }] },
      'messages.0.toolCalls.0.id',
    ],
    [
      'a tool call without name',
      { model: 'm', messages: [{ role: 'assistant', toolCalls: [{ id: '1', name: '' }] }] },
      'messages.0.toolCalls.0.name',
    ],
    [
      'a tool message without toolCallId',
      { model: 'm', messages: [{ role: 'tool', content: SECRET }] },
      'messages.0.toolCallId',
    ],
    [
      'a tool message whose content is an object',
      { model: 'm', messages: [{ role: 'tool', toolCallId: '1', content: { a: SECRET } }] },
      'messages.0.content',
    ],
    ['a prompt that is a list', { model: 'm', prompt: [SECRET] }, 'prompt'],
    ['a prompt that is null', { model: 'm', prompt: null }, 'prompt'],
    ['a system text beside messages', { ...base, system: SECRET }, 'system'],
    ['a system text that is a number', { model: 'm', prompt: 'x', system: 7 }, 'system'],
    ['a negative temperature', { ...base, temperature: -0.1 }, 'temperature'],
    ['a temperature that is a text', { ...base, temperature: '0.5' }, 'temperature'],
    ['a temperature that is NaN', { ...base, temperature: NaN }, 'temperature'],
    ['an endless temperature', { ...base, temperature: Infinity }, 'temperature'],
    ['a topP above 1', { ...base, topP: 1.1 }, 'topP'],
    ['a topK with a fraction', { ...base, topK: 1.5 }, 'topK'],
    ['a negative minP', { ...base, minP: -0.1 }, 'minP'],
    ['no token allowed', { ...base, maxTokens: 0 }, 'maxTokens'],
    ['maxTokens as LM Studio writes no limit', { ...base, maxTokens: -1 }, 'maxTokens'],
    ['a stop that is a number', { ...base, stop: 7 }, 'stop'],
    ['a stop list with a number', { ...base, stop: ['a', 7] }, 'stop.1'],
    ['a seed with a fraction', { ...base, seed: 1.5 }, 'seed'],
    ['a presencePenalty beyond 2', { ...base, presencePenalty: 2.1 }, 'presencePenalty'],
    ['a frequencyPenalty beyond -2', { ...base, frequencyPenalty: -2.1 }, 'frequencyPenalty'],
    ['a repeatPenalty of 0', { ...base, repeatPenalty: 0 }, 'repeatPenalty'],
    ['a negative repeatPenalty', { ...base, repeatPenalty: -1 }, 'repeatPenalty'],
    ['a logitBias that is a list', { ...base, logitBias: [1] }, 'logitBias'],
    ['a logitBias of texts', { ...base, logitBias: { a: '1' } }, 'logitBias'],
    ['a logitBias beyond 100', { ...base, logitBias: { '15': 101 } }, 'logitBias'],
    ['tools that are an object', { ...base, tools: {} }, 'tools'],
    ['a tool without name', { ...base, tools: [{ description: 'x' }] }, 'tools.0.name'],
    [
      'a tool in the shape of OpenAI',
      { ...base, tools: [{ type: 'function', function: { name: 'f' } }] },
      'tools.0.name',
    ],
    ['two tools of one name', { ...base, tools: [tool, tool] }, 'tools.1.name'],
    ['parameters that are a list', { ...base, tools: [{ name: 'f', parameters: [] }] }, 'tools.0.parameters'],
    [
      'parameters of another type',
      { ...base, tools: [{ name: 'f', parameters: { type: 'string' } }] },
      'tools.0.parameters',
    ],
    ['an unknown toolChoice', { ...base, tools: [tool], toolChoice: 'tide_at' }, 'toolChoice'],
    [
      'a toolChoice in the shape of OpenAI',
      { ...base, tools: [tool], toolChoice: { type: 'function', function: { name: 'tide_at' } } },
      'toolChoice.tool',
    ],
    [
      'a toolChoice that names none of the tools',
      { ...base, tools: [tool], toolChoice: { tool: 'gull' } },
      'toolChoice.tool',
    ],
    [
      'a toolChoice that names a tool where there are none',
      { ...base, toolChoice: { tool: 'gull' } },
      'toolChoice.tool',
    ],
    ['a required tool where there are none', { ...base, tools: [], toolChoice: 'required' }, 'toolChoice'],
    ['a toolChoice that is null', { ...base, toolChoice: null }, 'toolChoice'],
    ['an unknown responseFormat', { ...base, responseFormat: 'json_object' }, 'responseFormat'],
    ['a signal, which is an option of the call', { ...base, signal: AbortSignal.abort() }, 'signal'],
    ['a timeout, which is an option of the call', { ...base, timeout: 5000 }, 'timeout'],
    ['a responseFormat in the shape of OpenAI', { ...base, responseFormat: { type: 'json_object' } }, 'responseFormat'],
    ['a schema that is a text', { ...base, responseFormat: { schema: '{}' } }, 'responseFormat.schema'],
    ['a reasoningEffort that is true', { ...base, reasoningEffort: true }, 'reasoningEffort'],
    ['a ttl of nothing', { ...base, ttlSeconds: 0 }, 'ttlSeconds'],
    ['an empty draft model', { ...base, draftModel: '' }, 'draftModel'],
    ['an extraBody that is a list', { ...base, extraBody: [] }, 'extraBody'],
  ])('%s, by its path', (_, request, path) => expect(paths(request)).toContain(path))

  it.each([[null], [undefined], ['Hi'], [7], [[]]])('a request that is %j', (request) => {
    expect(refuse(request).issues.length).toBeGreaterThan(0)
  })

  it('an image by URL with the reason: the server fetches none', () => {
    const error = refuse({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', image: 'https://example.org/a.png' }] }],
    })
    expect(error.message).toMatch(/data:|bytes/)
    expect(error.message).not.toContain('example.org')
  })

  it('several things at a time', () => {
    expect(paths({ model: '', messages, topP: 2, seed: 'x' })).toEqual(['model', 'topP', 'seed'])
  })

  it('an unknown role with the roles there are', () => {
    expect(refuse({ model: 'm', messages: [{ role: 'developer', content: 'x' }] }).message).toMatch(
      /system.*user.*assistant.*tool/,
    )
  })
})

describe('unknown keys', () => {
  it.each<[string, object, string]>([
    ['max_tokens', { ...base, max_tokens: 5 }, 'maxTokens'],
    ['maxOutputTokens', { ...base, maxtokens: 5 }, 'maxTokens'],
    ['top_p', { ...base, top_p: 1 }, 'topP'],
    ['top_k', { ...base, top_k: 1 }, 'topK'],
    ['tool_choice', { ...base, tool_choice: 'auto' }, 'toolChoice'],
    ['response_format', { ...base, response_format: {} }, 'responseFormat'],
    ['frequency_penalty', { ...base, frequency_penalty: 1 }, 'frequencyPenalty'],
    ['reasoning_effort', { ...base, reasoning_effort: 'low' }, 'reasoningEffort'],
    ['logit_bias', { ...base, logit_bias: {} }, 'logitBias'],
    ['mesages', { model: 'm', prompt: 'x', mesages: [] }, 'messages'],
    [
      'tool_calls in a message',
      { model: 'm', messages: [{ role: 'assistant', content: '', tool_calls: [] }] },
      'toolCalls',
    ],
    [
      'tool_call_id in a message',
      { model: 'm', messages: [{ role: 'tool', content: '', toolCallId: '1', tool_call_id: '1' }] },
      'toolCallId',
    ],
    [
      'raw_arguments in a tool call',
      { model: 'm', messages: [{ role: 'assistant', toolCalls: [{ id: '1', name: 'f', raw_arguments: '' }] }] },
      'rawArguments',
    ],
  ])('%s: the error says what is meant', (_, request, meant) => {
    const error = refuse(request)
    expect(error.message).toContain(meant)
    expect(error.issues.some(({ message }) => message.includes(meant))).toBe(true)
  })

  it.each<[string, object]>([
    ['stream', { ...base, stream: true }],
    ['n', { ...base, n: 2 }],
    ['a name in a message', { model: 'm', messages: [{ role: 'user', content: 'x', name: SECRET }] }],
    [
      'an image_url part',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] }] },
    ],
    ['options of the call', { ...base, signal: new AbortController().signal }],
    ['a strict schema', { ...base, responseFormat: { schema: {}, strict: true } }],
    ['more in a toolChoice', { ...base, tools: [tool], toolChoice: { tool: 'tide_at', type: 'function' } }],
  ])('%s is refused', (_, request) => expect(refuse(request).issues.length).toBeGreaterThan(0))
})

describe('a schema of a library', () => {
  it.each<[string, unknown]>([
    ['zod', z.object({ a: z.string() })],
    ['valibot', v.object({ a: v.string() })],
    ['arktype', type({ a: 'string' })],
  ])('of %s is no JSON Schema: the error says what takes it', (_, schema) => {
    expect(refuse({ ...base, responseFormat: { schema } }).message).toContain('`generateObject`')
    expect(refuse({ ...base, tools: [{ name: 'tide_at', parameters: schema }] }).message).toContain('`tool()`')
  })

  it('passes as the JSON Schema that zod makes of it', () => {
    const schema = z.toJSONSchema(z.object({ a: z.string() }))
    expect('~standard' in schema).toBe(true)
    check({ ...base, responseFormat: { schema }, tools: [{ name: 'tide_at', parameters: schema }] })
  })
})

it.each([
  ['input', '`prompt` or `messages`'],
  ['instructions', '`system`'],
])('%s, which other routes take, is said to be %s', (key, meant) => {
  const { issues } = refuse({ ...base, [key]: SECRET })
  expect(issues).toEqual([{ path: [key], message: expect.stringContaining(meant) }])
})
