import type { ErrorCode } from '../../../src/errors/index.js'
import type { MockFault } from '../../../src/testing/index.js'
import { MODEL, type Bench, type Case } from '../contract.js'

type ErrorName = Extract<keyof Bench['library'], `${string}Error`>

interface Expected {
  readonly what: string
  readonly fault: MockFault
  readonly error: ErrorName
  readonly code: ErrorCode
}

const OVERFLOWS = ['exceeded', 'keep-first', 'n-keep', 'exceeds-available', 'engine-object'] as const

/** Faults that fail a chat completion with the same error, streamed or not. */
const EXPECTED: readonly Expected[] = [
  { what: 'status 400', fault: 'status-400', error: 'InvalidRequestError', code: 'invalid-request' },
  { what: 'status 401', fault: 'status-401', error: 'AuthenticationError', code: 'auth-required' },
  { what: 'status 403', fault: 'status-403', error: 'PermissionError', code: 'permission' },
  { what: 'status 404', fault: 'status-404', error: 'UnsupportedEndpointError', code: 'wrong-path' },
  {
    what: 'status 413 with the page of a proxy',
    fault: 'status-413',
    error: 'InvalidRequestError',
    code: 'request-too-large',
  },
  { what: 'status 422', fault: 'status-422', error: 'InvalidRequestError', code: 'invalid-request' },
  { what: 'status 429', fault: 'status-429', error: 'RateLimitError', code: 'rate-limit' },
  { what: 'status 500', fault: 'status-500', error: 'NetworkError', code: 'server-error' },
  { what: 'status 502 with the page of a proxy', fault: 'status-502', error: 'NetworkError', code: 'server-error' },
  { what: 'status 503', fault: 'status-503', error: 'NetworkError', code: 'server-error' },
  {
    what: 'status 200 for an unknown route',
    fault: 'catch-all',
    error: 'UnsupportedEndpointError',
    code: 'wrong-path',
  },
  { what: 'status 200 with an error in its body', fault: 'error-200', error: 'ApiError', code: 'api' },
  {
    what: 'status 200 with an error object in its body',
    fault: { name: 'error-200', shape: 'object' },
    error: 'ApiError',
    code: 'api',
  },
  { what: 'status 200 with a web page', fault: 'html', error: 'InvalidResponseError', code: 'not-json' },
  { what: 'status 200 with truncated JSON', fault: 'malformed-json', error: 'InvalidResponseError', code: 'not-json' },
  { what: 'status 200 without a body', fault: 'empty-body', error: 'InvalidResponseError', code: 'not-json' },
  { what: 'a redirect', fault: 'redirect', error: 'NetworkError', code: 'redirect' },
  { what: 'an empty response', fault: 'zero-deltas', error: 'InvalidResponseError', code: 'empty-response' },
  { what: 'no model loaded', fault: 'no-models-loaded', error: 'ModelNotFoundError', code: 'no-models-loaded' },
  {
    what: 'no model loaded, as version 0.3 reports it,',
    fault: { name: 'no-models-loaded', shape: 'string', status: 404 },
    error: 'ModelNotFoundError',
    code: 'no-models-loaded',
  },
  { what: 'a model that was unloaded', fault: 'model-unloaded', error: 'ModelLoadError', code: 'model-unloaded' },
  { what: 'a model that does not load', fault: 'load-failed', error: 'ModelLoadError', code: 'model-load' },
  ...OVERFLOWS.map((wording) => ({
    what: `an overflow with the wording ${wording}`,
    fault: { name: 'context-overflow', wording } as const,
    error: 'ContextLengthError' as const,
    code: 'context-length' as const,
  })),
]

export const errorCases: readonly Case[] = [
  ...EXPECTED.flatMap(({ what, fault, error: name, code }): Case[] =>
    (['complete', 'stream'] as const).map((method) => ({
      name: `${what} fails ${method} with ${name}`,
      async run({ create, assert, mock, library }) {
        await mock.inject(fault, { path: '/v1/chat/completions' })
        const provider = create({ maxRetries: 0 })
        const request = { model: MODEL, prompt: 'A private question.' }
        const calls = { complete: () => provider.complete(request), stream: () => provider.stream(request).response }
        const error = await assert.fails(calls[method], library[name])
        assert.equal(error.code, code)
        assert.ok(error.message !== '' && error.hint !== '', 'a message and a hint')
        assert.ok(!JSON.stringify(error).includes('private question'), 'no prompt in the error')
      },
    })),
  ),
  {
    name: 'an overflow has the numbers that the server reports',
    async run({ create, assert, mock, library }) {
      await mock.inject({ name: 'context-overflow', wording: 'engine-object' })
      const error = await assert.fails(
        () => create().complete({ model: MODEL, prompt: 'Hello.' }),
        library.ContextLengthError,
      )
      assert.equal([error.promptTokens, error.contextLength], [9001, 8192])
    },
  },
  {
    name: 'the error for a missing model lists the models of the server',
    async run({ create, assert, mock, library }) {
      await mock.inject('no-models-loaded')
      const error = await assert.fails(
        () => create().complete({ model: 'acme/none', prompt: 'Hello.' }),
        library.ModelNotFoundError,
      )
      assert.ok(error.availableModels?.includes(MODEL), 'the models')
    },
  },
  {
    name: 'an invalid request fails before anything is sent, with the path of the invalid field',
    async run({ create, assert, mock, library }) {
      const request = { model: MODEL, prompt: 'Hello.', temperature: -1 }
      for (const call of [() => create().complete(request), () => create().stream(request).response]) {
        const error = await assert.fails(call, library.InvalidRequestError)
        assert.equal(error.issues[0]?.path, ['temperature'])
      }
      assert.equal(await mock.calls(), [])
    },
  },
  {
    name: 'an unknown option is rejected with the closest known one',
    async run({ assert, library, endpoint }) {
      const error = await assert.fails(
        () => library.createLMStudio({ endpoint, timeuot: 5 } as object),
        library.ConfigurationError,
      )
      assert.ok(error.message.includes('`timeout`'), 'the known option')
    },
  },
  {
    name: 'a token that the server quotes does not appear in the error',
    async run({ create, assert, mock, library }) {
      const apiToken = 'sk-lm-ABCDEFGH:0123456789abcdef'
      await mock.inject({ name: 'status-401', message: `The token ${apiToken} is wrong.` })
      const error = await assert.fails(() => create({ apiToken }).listModels(), library.AuthenticationError)
      assert.equal(error.code, 'auth-rejected')
      assert.ok(!`${error.message}${JSON.stringify(error)}${error.stack}`.includes('ABCDEFGH'), 'no token')
    },
  },
]
