import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { validateCompletionRequest } from '../../src/completions/request.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import type { InvalidRequestError } from '../../src/errors/index.js'
import { png } from '../helpers/images.js'
import { thrownBy } from '../helpers/provider-errors.js'

const SECRET = 'the secret of the sea'
const base = { model: 'acme/tern-4b', messages: [{ role: 'user', content: 'Hi' }] }
const image = 'data:image/png;base64,iVBORw0KGgo='
const tool = { name: 'tide_at', description: 'Tide', parameters: { type: 'object', properties: {} } }

const validate = (request: unknown): void => validateCompletionRequest(request as CompletionRequest)

/** A request with one message. */
const withMessage = (message: unknown): object => ({ model: 'm', messages: [message] })
/** A request with one part in a user message. */
const withPart = (part: unknown): object => withMessage({ role: 'user', content: [part] })
/** A request with one tool call in an assistant message. */
const withToolCall = (call: unknown): object => withMessage({ role: 'assistant', toolCalls: [call] })

/** Returns the error for an invalid request, which never contains the secret. */
function errorFor(request: unknown): InvalidRequestError {
  const error = thrownBy(() => validate(request)) as InvalidRequestError
  expect(error).toMatchObject({ name: 'InvalidRequestError', isRetryable: false })
  expect(JSON.stringify(error) + error.stack).not.toContain(SECRET)
  return error
}

const pathsOf = ({ issues }: InvalidRequestError): string[] => issues.map(({ path }) => path.join('.'))

describe('validateCompletionRequest accepts', () => {
  const accepted: readonly (readonly [string, object])[] = [
    ['messages', base],
    ['a prompt', { model: 'm', prompt: 'Hi' }],
    ['an empty prompt', { model: 'm', prompt: '' }],
    ['a prompt and a system message', { model: 'm', prompt: 'Hi', system: 'Be brief.' }],
    [
      'undefined for every optional field',
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
    ['tools', { ...base, tools: [tool, { name: 'f' }, { name: 'g', parameters: {} }], toolChoice: 'auto' }],
    ['a tool with its function', { ...base, tools: [{ ...tool, execute: () => 1 }] }],
    ['a named tool choice', { ...base, tools: [tool], toolChoice: { tool: 'tide_at' } }],
    ['the tool choice `required` with tools', { ...base, tools: [tool], toolChoice: 'required' }],
    ['the tool choice `none` without tools', { ...base, toolChoice: 'none' }],
    ['the response format `text`', { ...base, responseFormat: 'text' }],
    ['the response format `json`', { ...base, responseFormat: 'json' }],
    ['a schema with a name', { ...base, responseFormat: { schema: { type: 'object' }, name: 'bird' } }],
    ['a schema without a name', { ...base, responseFormat: { schema: { type: 'object' }, name: undefined } }],
    [
      'every kind of message and part',
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
  ]

  it.each(accepted)('accepts %s', (_, request) => expect(() => validate(request)).not.toThrow())
})

describe('validateCompletionRequest checks settings', () => {
  const settings: readonly (readonly [string, accepted: readonly unknown[], rejected: readonly unknown[]])[] = [
    ['temperature', [0, 5], [-0.1, '0.5', NaN, Infinity]],
    ['topP', [0, 1], [-0.1, 1.1]],
    ['topK', [0, 100], [-1, 1.5]],
    ['minP', [0, 1], [-0.1, 1.1]],
    // LM Studio writes −1 for no limit.
    ['maxTokens', [1], [0, -1, 1.5]],
    ['seed', [-7, 0, 7], [1.5, '7']],
    ['presencePenalty', [-2, 2], [-2.1, 2.1]],
    ['frequencyPenalty', [-2, 2], [-2.1, 2.1]],
    ['repeatPenalty', [0.1, 1.1], [0, -1, Infinity]],
    ['logitBias', [{}, { '15': -100 }, { '15': 100 }], [[1], { a: '1' }, { '15': -101 }, { '15': 101 }]],
    ['ttlSeconds', [1], [0, 1.5]],
    ['draftModel', ['d'], ['', ' ']],
    ['reasoningEffort', ['none', 'xhigh'], [true, '']],
    ['extraBody', [{}, { x: 1 }], [[], 'x']],
    ['stop', ['', '\n', [], ['a', 'b']], [7]],
  ]

  it.each(settings)('accepts the limits of %s and rejects what is beyond', (name, accepted, rejected) => {
    for (const value of accepted) expect(() => validate({ ...base, [name]: value })).not.toThrow()
    for (const value of rejected) expect(pathsOf(errorFor({ ...base, [name]: value }))).toEqual([name])
  })
})

describe('validateCompletionRequest rejects', () => {
  const rejected: readonly (readonly [string, unknown, path: string])[] = [
    ['a blank model', { ...base, model: ' ' }, 'model'],
    ['a model that is a number', { ...base, model: 7 }, 'model'],
    ['a model that is null', { ...base, model: null }, 'model'],
    ['neither messages nor a prompt', { model: 'm' }, 'messages'],
    ['messages and a prompt', { ...base, prompt: SECRET }, 'messages'],
    ['messages that are null', { model: 'm', messages: null }, 'messages'],
    ['messages that are a string', { model: 'm', messages: SECRET }, 'messages'],
    ['an empty list of messages', { model: 'm', messages: [] }, 'messages'],
    ['a message that is a string', withMessage(SECRET), 'messages.0'],
    ['a message that is null', withMessage(null), 'messages.0'],
    ['a message without a role', withMessage({ content: SECRET }), 'messages.0.role'],
    ['an unknown role', withMessage({ role: 'developer', content: SECRET }), 'messages.0.role'],
    ['a system message without content', withMessage({ role: 'system' }), 'messages.0.content'],
    [
      'a system message of parts',
      withMessage({ role: 'system', content: [{ type: 'text', text: SECRET }] }),
      'messages.0.content',
    ],
    ['a user message without content', withMessage({ role: 'user' }), 'messages.0.content'],
    ['a user message whose content is a number', withMessage({ role: 'user', content: 7 }), 'messages.0.content'],
    ['a user message without parts', withMessage({ role: 'user', content: [] }), 'messages.0.content'],
    ['a part that is a string', withPart(SECRET), 'messages.0.content.0'],
    ['a part of an unknown type', withPart({ type: 'audio', text: SECRET }), 'messages.0.content.0.type'],
    ['a text part without text', withPart({ type: 'text' }), 'messages.0.content.0.text'],
    [
      'an image that is a URL',
      withPart({ type: 'image', image: `https://example.org/${SECRET}.png` }),
      'messages.0.content.0.image',
    ],
    ['an image that is a path', withPart({ type: 'image', image: '/tmp/a.png' }), 'messages.0.content.0.image'],
    [
      'an image that is a data URL without base64',
      withPart({ type: 'image', image: 'data:image/png,abc' }),
      'messages.0.content.0.image',
    ],
    [
      'an image that is a data URL of another kind of file',
      withPart({ type: 'image', image: 'data:text/plain;base64,AAAA' }),
      'messages.0.content.0.image',
    ],
    ['an image that is a number', withPart({ type: 'image', image: 7 }), 'messages.0.content.0.image'],
    ['an assistant message of parts', withMessage({ role: 'assistant', content: [] }), 'messages.0.content'],
    ['a tool call without an id', withToolCall({ name: 'f' }), 'messages.0.toolCalls.0.id'],
    ['a tool call with an empty id', withToolCall({ id: '', name: 'f' }), 'messages.0.toolCalls.0.id'],
    ['a tool call with an empty name', withToolCall({ id: '1', name: '' }), 'messages.0.toolCalls.0.name'],
    ['a tool message without toolCallId', withMessage({ role: 'tool', content: SECRET }), 'messages.0.toolCallId'],
    [
      'a tool message whose content is an object',
      withMessage({ role: 'tool', toolCallId: '1', content: { a: SECRET } }),
      'messages.0.content',
    ],
    ['a system message next to messages', { ...base, system: SECRET }, 'system'],
    ['a system message that is a number', { model: 'm', prompt: 'x', system: 7 }, 'system'],
    ['a list of stop strings with a number', { ...base, stop: ['a', 7] }, 'stop.1'],
    ['tools that are an object', { ...base, tools: {} }, 'tools'],
    ['a tool without a name', { ...base, tools: [{ description: 'x' }] }, 'tools.0.name'],
    ["a tool in OpenAI's shape", { ...base, tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools.0.name'],
    ['two tools with one name', { ...base, tools: [tool, tool] }, 'tools.1.name'],
    ['parameters that are a list', { ...base, tools: [{ name: 'f', parameters: [] }] }, 'tools.0.parameters'],
    [
      'parameters of another type',
      { ...base, tools: [{ name: 'f', parameters: { type: 'string' } }] },
      'tools.0.parameters',
    ],
    ['an unknown tool choice', { ...base, tools: [tool], toolChoice: 'tide_at' }, 'toolChoice'],
    [
      'a tool choice that names another tool',
      { ...base, tools: [tool], toolChoice: { tool: 'gull' } },
      'toolChoice.tool',
    ],
    [
      'a tool choice that names a tool when there are none',
      { ...base, toolChoice: { tool: 'gull' } },
      'toolChoice.tool',
    ],
    ['the tool choice `required` without tools', { ...base, tools: [], toolChoice: 'required' }, 'toolChoice'],
    ['a tool choice that is null', { ...base, toolChoice: null }, 'toolChoice'],
    ['an unknown response format', { ...base, responseFormat: 'json_object' }, 'responseFormat'],
    ["a response format in OpenAI's shape", { ...base, responseFormat: { type: 'json_object' } }, 'responseFormat'],
    ['a schema that is a string', { ...base, responseFormat: { schema: '{}' } }, 'responseFormat.schema'],
    [
      'a schema with an unknown field',
      { ...base, responseFormat: { schema: {}, strict: true } },
      'responseFormat.strict',
    ],
    ['a call option, such as `signal`', { ...base, signal: AbortSignal.abort() }, 'signal'],
    ['a call option, such as `timeout`', { ...base, timeout: 5000 }, 'timeout'],
    ['the unknown field `stream`', { ...base, stream: true }, 'stream'],
    ['the unknown field `n`', { ...base, n: 2 }, 'n'],
    ['an unknown field of a message', withMessage({ role: 'user', content: 'x', name: SECRET }), 'messages.0.name'],
    ['an image_url part', withPart({ type: 'image_url', image_url: { url: image } }), 'messages.0.content.0.type'],
    [
      'an unknown field of a tool choice',
      { ...base, tools: [tool], toolChoice: { tool: 'tide_at', type: 'function' } },
      'toolChoice.type',
    ],
    ['null', null, ''],
    ['undefined', undefined, ''],
    ['a string', SECRET, ''],
    ['a list', [], ''],
  ]

  it.each(rejected)('rejects %s with its path', (_, request, path) => {
    expect(pathsOf(errorFor(request))).toEqual([path])
  })

  it("rejects OpenAI's tool choice for the missing tool and an unknown field", () => {
    const toolChoice = { type: 'function', function: { name: 'tide_at' } }
    const error = errorFor({ ...base, tools: [tool], toolChoice })
    expect(pathsOf(error)).toEqual(['toolChoice.tool', 'toolChoice.type'])
  })

  it('rejects prompts of another type', () => {
    expect(pathsOf(errorFor({ model: 'm', prompt: [SECRET] }))).toEqual(['prompt'])
    expect(pathsOf(errorFor({ model: 'm', prompt: null }))).toEqual(['prompt'])
  })

  it('lists several issues, in the order of the schema', () => {
    expect(pathsOf(errorFor({ ...base, model: '', topP: 2, seed: 'x' }))).toEqual(['model', 'topP', 'seed'])
  })

  it('explains that an image URL is not fetched, without quoting the URL', () => {
    const error = errorFor(withPart({ type: 'image', image: 'https://example.org/a.png' }))
    expect(error.message).toMatch(/data:.*bytes/)
    expect(error.message).not.toContain('example.org')
  })

  it('lists the known roles for an unknown one', () => {
    expect(errorFor(withMessage({ role: 'narrator', content: 'x' })).message).toMatch(/system.*user.*assistant.*tool/)
  })
})

describe('validateCompletionRequest suggests', () => {
  const misspelled: readonly (readonly [string, object, string])[] = [
    ['max_tokens', { ...base, max_tokens: 5 }, 'maxTokens'],
    ['maxtokens', { ...base, maxtokens: 5 }, 'maxTokens'],
    ['top_p', { ...base, top_p: 1 }, 'topP'],
    ['tool_choice', { ...base, tool_choice: 'auto' }, 'toolChoice'],
    ['response_format', { ...base, response_format: {} }, 'responseFormat'],
    ['logit_bias', { ...base, logit_bias: {} }, 'logitBias'],
    ['mesages', { model: 'm', prompt: 'x', mesages: [] }, 'messages'],
    ['tool_calls of a message', withMessage({ role: 'assistant', content: '', tool_calls: [] }), 'toolCalls'],
    [
      'tool_call_id of a message',
      withMessage({ role: 'tool', content: '', toolCallId: '1', tool_call_id: '1' }),
      'toolCallId',
    ],
    ['raw_arguments of a tool call', withToolCall({ id: '1', name: 'f', raw_arguments: '' }), 'rawArguments'],
  ]

  it.each(misspelled)('suggests the field that %s stands for', (_, request, field) => {
    const error = errorFor(request)
    expect(error.issues.map(({ message }) => message)).toEqual([expect.stringContaining(`\`${field}\``)])
    expect(error.message).toContain(`\`${field}\``)
  })

  it.each([
    ['input', '`prompt` or `messages`'],
    ['instructions', '`system`'],
    ['stream', '`stream(request)`'],
    ['n', 'one response per request'],
    ['max_completion_tokens', '`maxTokens`'],
    ['max_output_tokens', '`maxTokens`'],
    ['num_predict', '`maxTokens`'],
    ['system_prompt', '`system`'],
    ['stop_sequences', '`stop`'],
    ['functions', '`tools`'],
    ['function_call', '`toolChoice`'],
    ['format', '`responseFormat`'],
    ['think', '`reasoningEffort`'],
    ['keep_alive', '`ttlSeconds`'],
    ['num_ctx', '`loadModel(model, { contextLength })`'],
    ['context_length', '`loadModel(model, { contextLength })`'],
    ['contextLength', '`loadModel(model, { contextLength })`'],
    ['options', 'fields of the request'],
    ['stream_options', 'arrives without it'],
  ])('suggests what the field %s of other routes and clients is here', (key, field) => {
    expect(errorFor({ ...base, [key]: SECRET }).issues).toEqual([
      { path: [key], message: expect.stringContaining(field) as string },
    ])
  })

  it.each(['image', 'images'])('says where %s of a message belongs', (key) => {
    expect(errorFor(withMessage({ role: 'user', content: 'Hi', [key]: SECRET })).issues).toEqual([
      { path: ['messages', 0, key], message: expect.stringContaining('{ type: "image", image') as string },
    ])
  })

  it.each<[unknown, string]>([
    [{ type: 'json_object' }, '`json`'],
    [{ type: 'json_schema', json_schema: { name: 'bird', schema: {} } }, '{ schema, name? }'],
    [{ type: 'text' }, '`text`'],
  ])('says what the response format %j of OpenAI is here', (responseFormat, form) => {
    expect(errorFor({ ...base, responseFormat }).issues).toEqual([
      { path: ['responseFormat'], message: expect.stringMatching(/^is /) as string },
    ])
    expect(errorFor({ ...base, responseFormat }).message).toContain(form)
  })

  it.each([{ name: 'bird' }, { type: 'xml' }, {}, 'xml'])(
    'lists the forms of a response format for %j',
    (responseFormat) => {
      expect(errorFor({ ...base, responseFormat }).issues).toEqual([
        { path: ['responseFormat'], message: expect.stringMatching(/^must be `text`, `json` or/) as string },
      ])
    },
  )

  it('says where a field belongs that only the server knows', () => {
    expect(errorFor({ ...base, user: SECRET }).hint).toContain('`extraBody`')
    expect(errorFor({ ...base, temperatur: 1 }).hint).not.toContain('`extraBody`')
    expect(errorFor({ ...base, user: SECRET, topP: 7 }).hint).not.toContain('`extraBody`')
    expect(errorFor(withMessage({ role: 'user', content: 'Hi', user: SECRET })).hint).not.toContain('`extraBody`')
  })

  it('suggests no field for one of the same name in another place', () => {
    expect(errorFor(withMessage({ role: 'user', content: 'Hi', text: SECRET })).issues).toEqual([
      { path: ['messages', 0, 'text'], message: 'does not exist here' },
    ])
  })

  it.each([
    ['image_url', '`image`'],
    ['input_image', '`image`'],
    ['input_text', '`text`'],
  ])('suggests what a part of type %s is here', (kind, part) => {
    expect(errorFor(withPart({ type: kind, [kind]: SECRET })).issues).toEqual([
      { path: ['messages', 0, 'content', 0, 'type'], message: expect.stringContaining(part) as string },
    ])
  })

  it.each([
    ['developer', '`system`'],
    ['function', '`tool`'],
    ['toString', 'system, user, assistant, tool'],
  ])('suggests what the role %s is here', (role, known) => {
    expect(errorFor(withMessage({ role, content: SECRET })).issues).toEqual([
      { path: ['messages', 0, 'role'], message: expect.stringContaining(known) as string },
    ])
  })

  it.each<[string, unknown]>([
    ['zod', z.object({ a: z.string() })],
    ['valibot', v.object({ a: v.string() })],
    ['arktype', type({ a: 'string' })],
  ])('suggests the function that takes a schema of %s', (_, schema) => {
    expect(errorFor({ ...base, responseFormat: { schema } }).message).toContain('`generateObject`')
    expect(errorFor({ ...base, tools: [{ name: 'tide_at', parameters: schema }] }).message).toContain('`tool()`')
  })

  it('accepts JSON Schema that zod makes, which carries the marker of a library schema', () => {
    const schema = z.toJSONSchema(z.object({ a: z.string() }))
    expect('~standard' in schema).toBe(true)
    const tools = [{ name: 'tide_at', parameters: schema }]
    expect(() => validate({ ...base, responseFormat: { schema }, tools })).not.toThrow()
  })
})
