import * as library from 'lmstudio-provider'
import { createLMStudio, generateObject, runTools, tool, type LMStudioOptions } from 'lmstudio-provider'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { caught, type AnyError } from './support/caught.js'
import { DONE, eventStream, frame } from './support/servers.js'

const REQUEST = { model: 'm', prompt: 'Hi' } as const

afterEach(() => void vi.unstubAllGlobals())

type Fetch = typeof globalThis.fetch

/** A provider whose server always responds like this. */
const provider = (respond: Fetch, options: LMStudioOptions = {}) =>
  createLMStudio({ fetch: respond, maxRetries: 0, cache: false, ...options })

/** What `complete` rejects with for a status and a body. */
const rejected = (status: number, body: unknown, options?: LMStudioOptions): Promise<AnyError> =>
  caught(provider(async () => Response.json(body, { status }), options).complete(REQUEST))

const fails =
  (cause?: { readonly code: string }): Fetch =>
  async () => {
    throw new TypeError('fetch failed', { cause: cause && Object.assign(new Error(cause.code), cause) })
  }

const completion = (message: object, finishReason = 'stop'): Response =>
  Response.json({ choices: [{ message, finish_reason: finishReason }] })

const toolCalls = [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }]
const look = tool({ name: 'look', execute: () => 'sea' })

/** An error of every class, as a program meets it, with the facts that it has besides those of every error. */
const ERRORS: readonly (readonly [
  name: string,
  how: string,
  create: () => Promise<AnyError>,
  facts: readonly string[],
])[] = [
  [
    'NetworkError',
    'a request that fails without a reason',
    () => caught(provider(fails()).complete(REQUEST)),
    ['endpoint'],
  ],
  ['NetworkError', 'status 503', () => rejected(503, { error: 'busy' }), ['endpoint', 'status', 'serverMessage']],
  [
    'ServiceNotFoundError',
    'a refused connection',
    () => caught(provider(fails({ code: 'ECONNREFUSED' })).complete(REQUEST)),
    ['endpoint'],
  ],
  ['UnsupportedEndpointError', 'status 404', () => rejected(404, {}), ['endpoint', 'status']],
  [
    'UnsupportedEndpointError',
    'a route that needs a later version',
    () => caught(provider(async () => Response.json({}, { status: 404 })).chat({ model: 'm', input: 'Hi' })),
    ['endpoint', 'status', 'since'],
  ],
  [
    'TimeoutError',
    'a server that does not respond',
    () => caught(provider(() => new Promise(() => {})).complete(REQUEST, { timeout: 1 })),
    ['endpoint', 'limit', 'timeoutMs'],
  ],
  [
    'StreamInterruptedError',
    'a stream that ends early',
    () => caught(provider(async () => eventStream(frame({ content: 'Ahoy' }))).stream(REQUEST).response),
    ['endpoint'],
  ],
  [
    'BrowserAccessError',
    'CORS that is off',
    () => {
      vi.stubGlobal('document', {})
      vi.stubGlobal('location', new URL('http://localhost:5173/'))
      const fetch: Fetch = async (_, init) => {
        if (init?.mode === 'no-cors') return new Response('')
        throw new TypeError('Failed to fetch')
      }
      return caught(provider(fetch).complete(REQUEST))
    },
    ['endpoint', 'reason'],
  ],
  [
    'ApiError',
    'status 418 with every field',
    () => rejected(418, { error: { message: 'no', type: 't', code: 'c', param: 'p' } }),
    ['endpoint', 'status', 'serverMessage', 'serverType', 'serverCode', 'param'],
  ],
  ['AuthenticationError', 'status 401', () => rejected(401, {}), ['endpoint', 'status']],
  ['PermissionError', 'status 403', () => rejected(403, {}), ['endpoint', 'status']],
  [
    'RateLimitError',
    'status 429',
    async () => {
      const headers = { 'retry-after': '7' }
      return caught(provider(async () => new Response('', { status: 429, headers })).complete(REQUEST))
    },
    ['endpoint', 'status', 'retryAfterMs'],
  ],
  [
    'ModelNotFoundError',
    'an unknown model',
    () => {
      const fetch: Fetch = async (url) =>
        String(url).includes('chat')
          ? Response.json({ error: { message: 'model not found' } }, { status: 404 })
          : Response.json({ models: [{ key: 'other', type: 'llm' }] })
      return caught(provider(fetch).complete(REQUEST))
    },
    ['endpoint', 'status', 'serverMessage', 'model', 'availableModels'],
  ],
  [
    'ModelLoadError',
    'a model that does not load',
    () => rejected(400, { error: 'Failed to load model "m".' }),
    ['endpoint', 'status', 'serverMessage'],
  ],
  [
    'ContextLengthError',
    'an overflow',
    () => rejected(400, { error: 'request (9 tokens) exceeds the available context size (8 tokens)' }),
    ['endpoint', 'status', 'serverMessage', 'promptTokens', 'contextLength'],
  ],
  ['InvalidResponseError', 'a response of the wrong shape', () => rejected(200, { choices: 7 }), ['endpoint']],
  ['InvalidResponseError', 'an empty response', () => rejected(200, { choices: [] }), ['endpoint']],
  [
    'InvalidResponseError',
    'a web page',
    () => caught(provider(async () => new Response('<!doctype html>')).complete(REQUEST)),
    ['endpoint', 'status'],
  ],
  [
    'InvalidResponseError',
    'a stream of events of the wrong shape',
    () => caught(provider(async () => eventStream('data: {"choices":7}\n\n', DONE)).stream(REQUEST).response),
    ['endpoint'],
  ],
  [
    'InvalidResponseError',
    'an event of the native chat of the wrong shape',
    () => {
      const event = 'event: message.delta\ndata: []\n\n'
      return caught(provider(async () => eventStream(event)).streamChat({ model: 'm', input: 'Hi' }).response)
    },
    ['endpoint'],
  ],
  [
    'InvalidRequestError',
    'a request that is checked before it is sent',
    () => caught(provider(fails()).complete({ ...REQUEST, temperature: -1 })),
    ['issues'],
  ],
  [
    'InvalidRequestError',
    'status 400',
    () => rejected(400, { error: { message: 'no', param: 'tools' } }),
    ['endpoint', 'status', 'serverMessage', 'param', 'issues'],
  ],
  [
    'ConfigurationError',
    'an invalid option',
    () => caught((async () => provider(fails(), { timeout: -1 }))()),
    ['source', 'issues'],
  ],
  [
    'OutputValidationError',
    'structured output that is not JSON',
    () => {
      const lmstudio = provider(async () => completion({ content: 'A gull.' }))
      return caught(generateObject(lmstudio, { ...REQUEST, schema: { type: 'object' } }))
    },
    [],
  ],
  [
    'ToolExecutionError',
    'a tool loop that does not end',
    () => {
      const lmstudio = provider(async () => completion({ tool_calls: toolCalls }, 'tool-calls'))
      return caught(runTools(lmstudio, { ...REQUEST, tools: [look], maxRounds: 1 }))
    },
    [],
  ],
]

const EVERY_ERROR = ['code', 'hint', 'isRetryable', 'name']
/** Content, which neither printing nor JSON shows. */
const HIDDEN = ['cause', 'issues', 'message', 'messages', 'partial', 'response', 'stack', 'steps', 'text']

describe('the properties of an error', () => {
  test('are tested here for every class', () => {
    const classes = Object.keys(library).filter((name) => name.endsWith('Error') && name !== 'ProviderError')
    expect([...new Set(ERRORS.map(([name]) => name))].toSorted()).toEqual(classes.toSorted())
  })

  test.each(ERRORS)('%s from %s are its public facts only', async (name, _how, create, facts) => {
    const error = await create()
    expect(error.name).toBe(name)
    expect(Object.keys(error).toSorted()).toEqual([...EVERY_ERROR, ...facts].toSorted())
    // Plain data: no function, no class instance, nothing that structuredClone or JSON would lose.
    const values = { ...error }
    expect(structuredClone(values)).toEqual(values)
    expect(JSON.parse(JSON.stringify(values))).toEqual(values)
    const others = Object.getOwnPropertyNames(error).filter((key) => !Object.keys(error).includes(key))
    expect(others.filter((key) => !HIDDEN.includes(key))).toEqual([])
  })
})
