import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { attachHidden } from '../../src/errors/provider-error.js'
import { classNamed, ERRORS } from '../helpers/provider-errors.js'

const { NetworkError, ProviderError } = errors
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
const SECRET = 'ABCDEFGHIJ0123456789'
const ABSTRACT = ['ProviderError']

describe('the classes', () => {
  it('are all in the table of this test', () => {
    const classes = Object.keys(errors).filter((name) => name.endsWith('Error') && !ABSTRACT.includes(name))
    expect(ERRORS.map(({ name }) => name).sort()).toEqual(classes.sort())
  })

  describe.each(ERRORS)('$name', ({ name, make, bases }) => {
    const error = make('It broke.')

    it('is an Error with its own name, and keeps its message', () => {
      expect(error).toBeInstanceOf(Error)
      expect(error.name).toBe(name)
      expect(error.message).toBe('It broke.')
      expect(String(error)).toBe(`${name}: It broke.`)
      expect(error.stack).toContain('It broke.')
    })

    it('is an instance of itself and of what it extends, and of nothing else', () => {
      const kin = [name, ...bases, 'ProviderError']
      for (const other of [...ERRORS.map((entry) => entry.name), 'ProviderError']) {
        expect(error instanceof classNamed(other), `instanceof ${other}`).toBe(kin.includes(other))
        expect(classNamed(other).isInstance(error), `isInstance of ${other}`).toBe(kin.includes(other))
      }
    })

    it('has a code and a hint of some use', () => {
      expect(error.code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(error.hint.length).toBeGreaterThan(10)
    })

    it('does not hold what it was not told', () => {
      expect(error).not.toHaveProperty('status')
      expect(error).not.toHaveProperty('endpoint')
      expect(error.cause).toBeUndefined()
    })

    it('takes endpoint, status, hint and cause', () => {
      const cause = new Error('inner')
      const full = make('It broke.', { endpoint: 'http://h:1', status: 500, hint: 'Mend it.', cause })
      expect(full).toMatchObject({ endpoint: 'http://h:1', status: 500, hint: 'Mend it.' })
      expect(full.cause).toBe(cause)
    })

    it('becomes JSON without its stack', () => {
      const report = JSON.parse(JSON.stringify(make('It broke.', { cause: new Error('inner') }))) as object
      expect(report).toMatchObject({ name, message: 'It broke.', code: error.code, hint: error.hint })
      expect(report).toHaveProperty('isRetryable', error.isRetryable)
      expect(report).toHaveProperty('cause', { name: 'Error', message: 'inner' })
      expect(report).not.toHaveProperty('stack')
    })

    it('shows no secret of its message, hint, endpoint or cause', () => {
      const leaky = make(`Refused ${TOKEN}.`, {
        hint: `Not ${TOKEN}.`,
        endpoint: `http://u:${SECRET}@h:1`,
        cause: new TypeError(`fetch with Bearer ${SECRET} failed`, { cause: `deep ${TOKEN}` }),
      })
      for (const text of [inspect(leaky, { depth: 9 }), JSON.stringify(leaky), String(leaky), leaky.stack]) {
        expect(text).not.toContain(SECRET)
      }
    })

    it('does not show content that it hands over', () => {
      const holder = make('It broke.')
      attachHidden(holder, 'partial', { text: 'once upon a time' })
      expect((holder as { partial?: unknown }).partial).toEqual({ text: 'once upon a time' })
      expect(inspect(holder, { depth: 9 })).not.toContain('once upon')
      expect(JSON.stringify(holder)).not.toContain('once upon')
      expect(Object.keys(holder)).not.toContain('partial')
    })
  })
})

describe('facts of the classes', () => {
  it.each([
    ['TimeoutError', { limit: 'idleTimeout', timeoutMs: 120_000 }],
    ['BrowserAccessError', { reason: 'cors-disabled', code: 'cors-disabled' }],
    ['RateLimitError', { retryAfterMs: 1500 }],
    ['ModelNotFoundError', { model: 'a', availableModels: ['b'] }],
    ['ContextLengthError', { promptTokens: 9001, contextLength: 8192 }],
    ['InvalidRequestError', { issues: [{ path: ['topP'], message: 'is odd' }] }],
    ['ConfigurationError', { source: 'the option timeout', issues: [] }],
  ])('%s keeps its own, also in JSON', (name, facts) => {
    const error = ERRORS.find((entry) => entry.name === name)!.make('x')
    expect(error).toMatchObject(facts)
    expect(error.toJSON()).toMatchObject(facts)
  })

  it('OutputValidationError keeps its own, which are of the answer, out of JSON', () => {
    const issues = [{ path: ['name'], message: 'must not be Ada' }]
    const error = new errors.OutputValidationError('x', { text: 'the answer itself', issues })
    expect(error).toMatchObject({ text: 'the answer itself', issues })
    expect(new errors.OutputValidationError('x', { text: '' }).issues).toEqual([])
    expect(JSON.stringify(error)).not.toMatch(/answer itself|Ada/)
  })

  it('an ApiError keeps the words of the server', () => {
    const facts = { serverMessage: 'no', serverType: 'invalid_request', serverCode: 'c', param: 'p' }
    expect(new errors.ApiError('x', facts)).toMatchObject(facts)
    expect(new errors.ApiError('x', facts).toJSON()).toMatchObject(facts)
  })

  it('an InvalidRequestError without issues has an empty list of them', () => {
    expect(new errors.InvalidRequestError('x').issues).toEqual([])
  })

  it('an OutputValidationError does not print the answer', () => {
    const error = new errors.OutputValidationError('x', { text: 'once upon a time' })
    expect(inspect(error)).not.toContain('once upon')
    expect(error.text).toBe('once upon a time')
  })

  it.each([
    ['ConfigurationError', 'Correct the configuration value'],
    ['OutputValidationError', 'Compare `text`'],
    ['ToolExecutionError', 'Read `cause`'],
  ])('%s has the hint of its code by default', (name, hint) => {
    expect(ERRORS.find((entry) => entry.name === name)!.make('x').hint).toContain(hint)
  })
})

describe('isRetryable', () => {
  const retryable = ['NetworkError', 'ServiceNotFoundError', 'RateLimitError']
  it.each(ERRORS)('of $name says whether the same call may succeed', ({ name, make }) => {
    expect(make('x').isRetryable).toBe(retryable.includes(name))
  })

  it('is what the thrower says, where it says', () => {
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
    expect(foreign).not.toBeInstanceOf(errors.TimeoutError)
    expect(errors.TimeoutError.isInstance(foreign)).toBe(true)
    expect(errors.NetworkError.isInstance(foreign)).toBe(true)
    expect(ProviderError.isInstance(foreign)).toBe(true)
    expect(errors.ApiError.isInstance(foreign)).toBe(false)
    expect(errors.StreamInterruptedError.isInstance(foreign)).toBe(false)
  })

  it('knows an instance of a class that somebody derived without more ado', () => {
    class OwnError extends errors.ApiError {}
    expect(errors.ApiError.isInstance(new OwnError('x'))).toBe(true)
    expect(errors.AuthenticationError.isInstance(new OwnError('x'))).toBe(false)
  })

  it('leaves no trace of its marks in print and JSON', () => {
    const error = new NetworkError('x')
    expect(inspect(error)).not.toContain('lmstudio-provider.')
    expect(Object.keys(error).every((key) => !key.includes('.'))).toBe(true)
  })
})

describe('causes', () => {
  it('keeps a cause without secrets as the very object it was', () => {
    const cause = Object.assign(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }), {
      code: 'X',
    })
    expect(new NetworkError('x', { cause }).cause).toBe(cause)
  })

  it('replaces a cause that quotes a secret, keeping its name, its code and the rest of its words', () => {
    const cause = Object.assign(new TypeError(`Invalid header Bearer ${SECRET}`), { code: 'ERR_INVALID_CHAR' })
    const kept = new NetworkError('x', { cause }).cause as Error
    expect(kept).not.toBe(cause)
    expect(kept).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_CHAR' })
    expect(kept.message).toMatch(/^Invalid header Bearer (?!ABC)/)
    expect(cause.message).toContain(SECRET)
  })

  it('redacts a cause that is a text', () => {
    expect(new NetworkError('x', { cause: `no ${TOKEN}` }).cause).not.toContain(SECRET)
  })

  it('summarises a cause in JSON by name, message and code', () => {
    const cause = Object.assign(new RangeError('deep'), { code: 'E_DEEP', config: { huge: true } })
    expect(new NetworkError('x', { cause }).toJSON().cause).toEqual({
      name: 'RangeError',
      message: 'deep',
      code: 'E_DEEP',
    })
  })

  it('summarises a cause of this package too, with its code', () => {
    const cause = new errors.AuthenticationError('inner', { code: 'auth-rejected' })
    expect(JSON.parse(JSON.stringify(new NetworkError('x', { cause })))).toHaveProperty('cause.code', 'auth-rejected')
  })

  it.each([[7], [null], [true], [Symbol('s')]])('takes %s for a cause and stays serialisable', (cause) => {
    const error = new NetworkError('x', { cause })
    expect(error.cause).toBe(cause)
    expect(JSON.parse(JSON.stringify(error))).toHaveProperty('cause')
  })

  it.each([[{ headers: { authorization: TOKEN } }], [['a', TOKEN]]])(
    'names only the kind of %s as a cause',
    (cause) => {
      const error = new NetworkError('x', { cause })
      expect(String(error.cause)).toMatch(/Object|Array/)
      expect(JSON.stringify(error)).not.toContain(SECRET)
    },
  )

  it('takes a cause that has no way to be a text', () => {
    const error = new NetworkError('x', { cause: Object.create(null) as object })
    expect(() => JSON.stringify(error)).not.toThrow()
  })

  it('ends with a cause that is its own cause', () => {
    for (const message of ['plain', `quotes ${TOKEN}`]) {
      const cause: Error = new Error(message)
      cause.cause = cause
      const error = new NetworkError('x', { cause })
      expect(JSON.stringify(error)).toContain('x')
      expect(JSON.stringify(error)).not.toContain(SECRET)
    }
  })

  it('ends with two causes of this package that cause each other', () => {
    const [first, second] = [new NetworkError('first'), new NetworkError('second')]
    first.cause = second
    second.cause = first
    expect(JSON.stringify(first)).toContain('second')
  })
})
