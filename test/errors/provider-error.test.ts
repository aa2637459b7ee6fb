import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { attachHidden } from '../../src/errors/provider-error.js'
import { classNamed, ERRORS } from '../helpers/provider-errors.js'

const { NetworkError, ProviderError } = errors
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
const SECRET = 'ABCDEFGHIJ0123456789'
const ABSTRACT = ['ProviderError']

const DEFAULT_CODES: Readonly<Record<string, string>> = {
  NetworkError: 'network',
  ServiceNotFoundError: 'not-running',
  UnsupportedEndpointError: 'wrong-path',
  TimeoutError: 'timeout',
  StreamInterruptedError: 'stream-interrupted',
  BrowserAccessError: 'cors-disabled',
  ApiError: 'api',
  AuthenticationError: 'auth-required',
  PermissionError: 'permission',
  RateLimitError: 'rate-limit',
  ModelNotFoundError: 'model-not-found',
  ModelLoadError: 'model-load',
  ContextLengthError: 'context-length',
  InvalidResponseError: 'invalid-response',
  InvalidRequestError: 'invalid-request',
  ConfigurationError: 'configuration',
  OutputValidationError: 'output-validation',
  ToolExecutionError: 'tool-execution',
}

describe('the classes', () => {
  it('are all listed in the table of this test', () => {
    const classes = Object.keys(errors).filter((name) => name.endsWith('Error') && !ABSTRACT.includes(name))
    expect(ERRORS.map(({ name }) => name).sort()).toEqual(classes.sort())
  })

  describe.each(ERRORS)('$name', ({ name, make, bases }) => {
    const error = make('It broke.')

    it('is an Error with its own name and message', () => {
      expect(error).toBeInstanceOf(Error)
      expect(error.name).toBe(name)
      expect(error.message).toBe('It broke.')
      expect(String(error)).toBe(`${name}: It broke.`)
      expect(error.stack).toContain('It broke.')
    })

    it('is an instance of its class and its base classes only', () => {
      const classes = [name, ...bases, 'ProviderError']
      for (const other of [...ERRORS.map((entry) => entry.name), 'ProviderError']) {
        expect(error instanceof classNamed(other), `instanceof ${other}`).toBe(classes.includes(other))
        expect(classNamed(other).isInstance(error), `isInstance of ${other}`).toBe(classes.includes(other))
      }
    })

    it('has the default code of its class', () => {
      expect(error.code).toBe(DEFAULT_CODES[name])
    })

    it('does not have a status, an endpoint or a cause unless it is given', () => {
      expect(error).not.toHaveProperty('status')
      expect(error).not.toHaveProperty('endpoint')
      expect('cause' in error).toBe(false)
      expect(Object.keys(error.toJSON())).not.toContain('cause')
    })

    it('takes endpoint, status, hint and cause', () => {
      const cause = new Error('inner')
      const full = make('It broke.', { endpoint: 'http://h:1', status: 500, hint: 'Fix it.', cause })
      expect(full).toMatchObject({ endpoint: 'http://h:1', status: 500, hint: 'Fix it.' })
      expect(full.cause).toBe(cause)
    })

    it('serializes to JSON without its stack', () => {
      const report = JSON.parse(JSON.stringify(make('It broke.', { cause: new Error('inner') }))) as object
      expect(report).toMatchObject({ name, message: 'It broke.', code: error.code, hint: error.hint })
      expect(report).toHaveProperty('isRetryable', error.isRetryable)
      expect(report).toHaveProperty('cause', { name: 'Error', message: 'inner' })
      expect(report).not.toHaveProperty('stack')
    })

    it('redacts secrets in its message, hint, endpoint and cause', () => {
      const leaky = make(`Refused ${TOKEN}.`, {
        hint: `Not ${TOKEN}.`,
        endpoint: `http://u:${SECRET}@h:1`,
        cause: new TypeError(`fetch with Bearer ${SECRET} failed`, { cause: `deep ${TOKEN}` }),
      })
      for (const text of [inspect(leaky, { depth: 9 }), JSON.stringify(leaky), String(leaky), leaky.stack]) {
        expect(text).not.toContain(SECRET)
      }
    })

    it('does not show hidden content when it is printed or serialized', () => {
      const holder = make('It broke.')
      attachHidden(holder, 'partial', { text: 'once upon a time' })
      expect((holder as { partial?: unknown }).partial).toEqual({ text: 'once upon a time' })
      expect(inspect(holder, { depth: 9 })).not.toContain('once upon')
      expect(JSON.stringify(holder)).not.toContain('once upon')
      expect(Object.keys(holder)).not.toContain('partial')
      attachHidden(holder, 'partial', 'more')
      expect((holder as { partial?: unknown }).partial).toBe('more')
    })
  })
})

describe('the facts of a class', () => {
  it.each([
    [
      'ServiceNotFoundError',
      {
        attempts: [
          {
            endpoint: 'http://h:1234',
            source: 'the option hosts',
            code: 'not-running',
            reason: 'Nothing is listening.',
          },
        ],
      },
    ],
    ['TimeoutError', { limit: 'idleTimeout', timeoutMs: 120_000 }],
    ['BrowserAccessError', { reason: 'cors-disabled', code: 'cors-disabled' }],
    ['RateLimitError', { retryAfterMs: 1500 }],
    ['ModelNotFoundError', { model: 'a', availableModels: ['b'] }],
    ['ContextLengthError', { promptTokens: 9001, contextLength: 8192 }],
    ['InvalidRequestError', { issues: [{ path: ['topP'], message: 'is odd' }] }],
    ['ConfigurationError', { source: 'the option timeout', issues: [] }],
  ])('of %s are properties, and in JSON', (name, facts) => {
    const error = ERRORS.find((entry) => entry.name === name)!.make('x')
    expect(error).toMatchObject(facts)
    expect(error.toJSON()).toMatchObject(facts)
  })

  it('of OutputValidationError are not in JSON, because they quote the output', () => {
    const issues = [{ path: ['name'], message: 'must not be Ada' }]
    const error = new errors.OutputValidationError('x', { text: 'the output itself', issues })
    expect(error).toMatchObject({ text: 'the output itself', issues })
    expect(new errors.OutputValidationError('x', { text: '' }).issues).toEqual([])
    expect(JSON.stringify(error)).not.toMatch(/output itself|Ada/)
  })

  it('of any class include the fields of the server’s error', () => {
    const facts = { serverMessage: 'no', serverType: 'invalid_request', serverCode: 'c', param: 'p' }
    for (const Class of [errors.ApiError, errors.NetworkError, errors.InvalidRequestError]) {
      expect(new Class('x', facts)).toMatchObject(facts)
      expect(new Class('x', facts).toJSON()).toMatchObject(facts)
    }
  })

  it('of InvalidRequestError are an empty array of issues by default', () => {
    expect(new errors.InvalidRequestError('x').issues).toEqual([])
  })

  it('of OutputValidationError are not printed', () => {
    const error = new errors.OutputValidationError('x', { text: 'once upon a time' })
    expect(inspect(error)).not.toContain('once upon')
    expect(error.text).toBe('once upon a time')
  })

  it('of ToolExecutionError are a list of its own, which the caller may continue', () => {
    const conversation = [{ role: 'user', content: 'Hi' }] as const
    const error = new errors.ToolExecutionError('x', { messages: conversation })
    error.messages.push({ role: 'user', content: 'And now?' })
    expect(error.messages).toHaveLength(2)
    expect(conversation).toHaveLength(1)
  })

  it('of ToolExecutionError are empty lists by default', () => {
    expect(new errors.ToolExecutionError('x')).toMatchObject({ steps: [], messages: [] })
  })

  it.each([
    ['ConfigurationError', 'Correct the configuration value'],
    ['OutputValidationError', 'Compare `text`'],
    ['ToolExecutionError', 'Read `cause`'],
  ])('%s has the hint of its code by default', (name, hint) => {
    expect(ERRORS.find((entry) => entry.name === name)!.make('x').hint).toContain(hint)
  })
})

describe('UnsupportedEndpointError', () => {
  it('has a hint with the version that added the route, unless it is given a hint', () => {
    const hintOf = (options: ConstructorParameters<typeof errors.UnsupportedEndpointError>[1]): string =>
      new errors.UnsupportedEndpointError('x', options).hint
    expect(hintOf({ since: '0.4.0' })).toMatch(/LM Studio 0\.4\.0 and later has this route; another server may not/)
    expect(hintOf({ since: '0.4.0', hint: 'Wait.' })).toBe('Wait.')
    expect(hintOf({})).toMatch(/^Use the bare address of the server/)
  })
})

describe('isRetryable', () => {
  const retryable = ['NetworkError', 'ServiceNotFoundError', 'RateLimitError']
  it.each(ERRORS)('of $name is the default of its class', ({ name, make }) => {
    expect(make('x').isRetryable).toBe(retryable.includes(name))
  })

  it('can be set for one error', () => {
    expect(new NetworkError('x', { isRetryable: false }).isRetryable).toBe(false)
    expect(new errors.ModelLoadError('x', { isRetryable: true }).isRetryable).toBe(true)
  })
})

describe('isInstance', () => {
  it.each([undefined, null, 'NetworkError', 7, {}, [], new Error('x'), { name: 'NetworkError', code: 'network' }])(
    'is false for %j',
    (value) => {
      expect(ProviderError.isInstance(value)).toBe(false)
      expect(NetworkError.isInstance(value)).toBe(false)
    },
  )

  it('is true across two copies of the package, for the class and what it extends', async () => {
    const specifier = '../../src/errors/errors.js?copy'
    const other = (await import(/* @vite-ignore */ specifier)) as typeof import('../../src/errors/errors.js')
    expect(other.TimeoutError).not.toBe(errors.TimeoutError)
    const foreign = new other.TimeoutError('x', { limit: 'timeout', timeoutMs: 1 })
    expect(foreign).toBeInstanceOf(errors.TimeoutError)
    expect(foreign).toBeInstanceOf(ProviderError)
    expect(foreign).not.toBeInstanceOf(errors.StreamInterruptedError)
    expect(errors.TimeoutError.isInstance(foreign)).toBe(true)
    expect(errors.NetworkError.isInstance(foreign)).toBe(true)
    expect(ProviderError.isInstance(foreign)).toBe(true)
    expect(errors.ApiError.isInstance(foreign)).toBe(false)
    expect(errors.StreamInterruptedError.isInstance(foreign)).toBe(false)
  })

  it('is true for a class derived directly from ProviderError, whose code is unknown by default', () => {
    class OwnError extends ProviderError {}
    expect(ProviderError.isInstance(new OwnError('x'))).toBe(true)
    expect(NetworkError.isInstance(new OwnError('x'))).toBe(false)
    expect(new OwnError('x')).toMatchObject({ name: 'ProviderError', code: 'unknown', hint: '' })
  })

  it('is true for an instance of a class that an application derives', () => {
    class OwnError extends errors.ApiError {}
    expect(errors.ApiError.isInstance(new OwnError('x'))).toBe(true)
    expect(errors.AuthenticationError.isInstance(new OwnError('x'))).toBe(false)
  })

  it('does not show its brands when an error is printed or serialized', () => {
    const error = new NetworkError('x')
    expect(inspect(error)).not.toContain('lmstudio-provider.')
    expect(Object.keys(error).every((key) => !key.includes('.'))).toBe(true)
  })
})

describe('a cause', () => {
  it('without secrets is kept as the same object', () => {
    const cause = Object.assign(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }), {
      code: 'X',
    })
    expect(new NetworkError('x', { cause }).cause).toBe(cause)
  })

  it('that quotes a secret is replaced by a redacted copy', () => {
    const cause = Object.assign(new TypeError(`Invalid header Bearer ${SECRET}`), { code: 'ERR_INVALID_CHAR' })
    const copy = new NetworkError('x', { cause }).cause as Error
    expect(copy).not.toBe(cause)
    expect(copy).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_CHAR' })
    expect(copy.message).toBe('Invalid header Bearer [redacted]')
    expect(cause.message).toContain(SECRET)
  })

  it('that is a string is redacted', () => {
    expect(new NetworkError('x', { cause: `no ${TOKEN}` }).cause).not.toContain(SECRET)
  })

  it('is in JSON as name, message and code', () => {
    const cause = Object.assign(new RangeError('deep'), { code: 'E_DEEP', config: { huge: true } })
    expect(new NetworkError('x', { cause }).toJSON().cause).toEqual({
      name: 'RangeError',
      message: 'deep',
      code: 'E_DEEP',
    })
  })

  it('is in JSON with its code if it is an error of this package', () => {
    const cause = new errors.AuthenticationError('inner', { code: 'auth-rejected' })
    expect(JSON.parse(JSON.stringify(new NetworkError('x', { cause })))).toHaveProperty('cause.code', 'auth-rejected')
  })

  it('without a code has none in JSON', () => {
    const { cause } = new NetworkError('x', { cause: new Error('inner') }).toJSON()
    expect(cause).toStrictEqual({ name: 'Error', message: 'inner' })
  })

  it.each([
    [7, 7],
    [null, null],
    [true, true],
    [Symbol('s'), 'Symbol(s)'],
  ])('can be %s, and the error can still be serialized', (cause, json) => {
    const error = new NetworkError('x', { cause })
    expect(error.cause).toBe(cause)
    expect(JSON.parse(JSON.stringify(error))).toHaveProperty('cause', json)
  })

  it.each([[{ headers: { authorization: TOKEN } }], [['a', TOKEN]]])(
    'that is not an error is replaced by its kind: %j',
    (cause) => {
      const error = new NetworkError('x', { cause })
      expect(String(error.cause)).toMatch(/Object|Array/)
      expect(JSON.stringify(error)).not.toContain(SECRET)
    },
  )

  it('can be an object without a prototype', () => {
    const error = new NetworkError('x', { cause: Object.create(null) as object })
    expect(() => JSON.stringify(error)).not.toThrow()
  })

  it('can be its own cause', () => {
    for (const message of ['plain', `quotes ${TOKEN}`]) {
      const cause: Error = new Error(message)
      cause.cause = cause
      const error = new NetworkError('x', { cause })
      expect(JSON.stringify(error)).toContain('x')
      expect(JSON.stringify(error)).not.toContain(SECRET)
    }
  })

  it('can be an error of this package that has the first error as its cause', () => {
    const [first, second] = [new NetworkError('first'), new NetworkError('second')]
    first.cause = second
    second.cause = first
    expect(JSON.stringify(first)).toContain('second')
  })
})

describe('fromJSON', () => {
  it.each(ERRORS)('restores a $name as an instance of its class and its base classes only', ({ name, make, bases }) => {
    const restored = ProviderError.fromJSON(make('x').toJSON())
    const classes = [name, ...bases, 'ProviderError']
    for (const other of [...ERRORS.map((entry) => entry.name), 'ProviderError']) {
      expect(classNamed(other).isInstance(restored), other).toBe(classes.includes(other))
    }
  })

  it('restores every fact', () => {
    const json = {
      name: 'ApiError',
      message: 'It broke.',
      code: 'api',
      hint: 'Fix it.',
      isRetryable: true,
      endpoint: 'http://h:1',
      status: 500,
      serverMessage: 'no',
      serverType: 'server_error',
      serverCode: 'c',
      param: 'p',
      retryAfterMs: 1500,
      attempts: [{ endpoint: 'http://h:1', source: 'the option hosts', code: 'not-running', reason: 'Nothing.' }],
      since: '0.4.0',
      limit: 'timeout',
      timeoutMs: 1000,
      reason: 'cors-disabled',
      model: 'a',
      availableModels: ['b'],
      promptTokens: 9001,
      contextLength: 8192,
      issues: [{ path: ['messages', 0], message: 'is odd' }],
      source: 'the option timeout',
      cause: { name: 'TypeError', message: 'fetch failed', code: 'E' },
    }
    expect(ProviderError.fromJSON(json).toJSON()).toEqual(json)
  })

  it.each([undefined, null, 'x', 7, {}, { name: ['NetworkError'] }])(
    'makes an error that says so of %j, which is not one',
    (json) => {
      expect(ProviderError.fromJSON(json)).toMatchObject({
        name: 'ProviderError',
        message: expect.stringContaining('could not be read') as string,
        hint: '',
        isRetryable: false,
      })
    },
  )

  it.each([null, 'x', undefined])('restores the facts of an error whose cause is %j', (cause) => {
    const restored = ProviderError.fromJSON({ name: 'NetworkError', message: 'It broke.', cause })
    expect(restored).toMatchObject({ name: 'NetworkError', message: 'It broke.' })
    expect('cause' in restored).toBe(false)
  })

  it('gives a cause no code that it did not have', () => {
    const { cause } = ProviderError.fromJSON({ name: 'NetworkError', cause: { message: 'inner' } })
    expect(cause).toMatchObject({ name: 'Error', message: 'inner' })
    expect('code' in (cause as Error)).toBe(false)
  })

  it('leaves out numbers that JSON cannot have written', () => {
    const restored = ProviderError.fromJSON({ status: NaN, timeoutMs: Infinity, promptTokens: '5' }).toJSON()
    for (const fact of ['status', 'timeoutMs', 'promptTokens']) expect(restored).not.toHaveProperty(fact)
  })
})
