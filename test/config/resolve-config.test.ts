import { describe, expect, it } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { DEFAULTS } from '../../src/config/defaults.js'
import type { LMStudioOptions, LogEvent } from '../../src/config/options.js'
import { checkCallOptions, checkListOptions, checkToken, resolveOptions } from '../../src/config/resolve-config.js'
import { ConfigurationError, InvalidRequestError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const CANARY = 'canary-7f3c21aa90-canary'
const errorOf = (run: () => unknown): ConfigurationError => {
  const error = thrownBy(run)
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error).toBeInstanceOf(InvalidRequestError)
  return error as ConfigurationError
}
const resolve = (options: unknown): ReturnType<typeof resolveOptions> => resolveOptions(options as LMStudioOptions)

describe('defaults', () => {
  it('are used without options', () => {
    expect(resolveOptions()).toEqual({
      endpoint: 'http://127.0.0.1:1234',
      basePaths: ['/v1', ''],
      unusualAspects: [],
      apiToken: undefined,
      timeout: 30_000,
      generationTimeout: 600_000,
      idleTimeout: 120_000,
      maxRetries: 3,
      cache: undefined,
      cacheTtl: 300_000,
      maxConcurrency: 4,
      includeUsage: true,
      reasoningTags: undefined,
      onModelSubstituted: 'warn',
      headers: {},
      fetch: undefined,
      log: undefined,
    })
    expect(DEFAULTS.allowRemote).toBe(false)
  })

  it('replace every option that is undefined', () => {
    const keys = [
      'endpoint',
      'basePath',
      'apiToken',
      'timeout',
      'generationTimeout',
      'idleTimeout',
      'maxRetries',
      'cache',
      'cacheTtl',
      'allowRemote',
      'maxConcurrency',
      'headers',
      'fetch',
      'logger',
    ]
    expect(resolve(Object.fromEntries(keys.map((key) => [key, undefined])))).toEqual(resolveOptions())
  })
})

describe('valid options', () => {
  it.each<[string, unknown]>([
    ['cache', false],
    ['cache', memoryCache()],
    ['apiToken', ''],
    ['apiToken', 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'],
    ['apiToken', () => 'x'],
    ['timeout', 1.5],
    ['fetch', fetch],
  ])('accepts %s: %s', (key, value) => expect(resolve({ [key]: value })).toHaveProperty(key, value))

  it('does not modify the options', () => {
    const options = Object.freeze({ headers: Object.freeze({ 'X-A': 'b' }), endpoint: 'http://localhost:1234/v1' })
    expect(resolveOptions(options)).toMatchObject({ endpoint: 'http://localhost:1234', headers: { 'x-a': 'b' } })
  })

  it('accepts a URL as endpoint', () => {
    expect(resolveOptions({ endpoint: new URL('http://localhost:5/v1') }).endpoint).toBe('http://localhost:5')
  })

  it('accepts a public endpoint only with allowRemote', () => {
    const endpoint = 'https://lm.example.org'
    expect(resolveOptions({ endpoint, allowRemote: true }).endpoint).toBe(endpoint)
    expect(errorOf(() => resolveOptions({ endpoint })).code).toBe('invalid-endpoint')
    expect(errorOf(() => resolveOptions({ endpoint, allowRemote: false })).code).toBe('invalid-endpoint')
  })
})

describe('limits', () => {
  const ms = 'a number of milliseconds'
  it.each<[option: string, min: number, max: number, range: string]>([
    ['timeout', 1, 2_147_483_647, `${ms} from 1 to 2147483647`],
    ['generationTimeout', 1, 2_147_483_647, `${ms} from 1 to 2147483647`],
    ['idleTimeout', 1, 2_147_483_647, `${ms} from 1 to 2147483647`],
    ['cacheTtl', 0, 2_147_483_647, `${ms} from 0 to 2147483647`],
    ['maxRetries', 0, 100, 'a whole number from 0 to 100'],
    ['maxConcurrency', 1, 1000, 'a whole number from 1 to 1000'],
  ])('of %s are %i and %i', (option, min, max, range) => {
    for (const value of [min, max]) expect(resolve({ [option]: value })).toHaveProperty(option, value)
    for (const value of [min - 1, max + 1]) {
      expect(errorOf(() => resolve({ [option]: value })).message).toBe(`The option ${option} must be ${range}.`)
    }
  })

  it.each([
    ['timeout', 1, 2_147_483_647],
    ['maxRetries', 0, 100],
  ])('of the call option %s are %i and %i', (option, min, max) => {
    for (const value of [min, max]) expect(() => checkCallOptions({ [option]: value })).not.toThrow()
    for (const value of [min - 1, max + 1]) errorOf(() => checkCallOptions({ [option]: value }))
  })
})

describe('invalid options', () => {
  it.each<[option: string, problem: string, ...values: unknown[]]>([
    ['endpoint', 'must be a string or a URL', 7, null, {}, [], true],
    ['apiToken', 'must be a string or a function', 7, null, {}, false, [CANARY]],
    ['timeout', 'must be a number of milliseconds', NaN, Infinity, '30000', null, CANARY],
    ['generationTimeout', 'must be a number of milliseconds', NaN, '1', null],
    ['idleTimeout', 'must be a number of milliseconds', Infinity, '1', null],
    ['maxRetries', 'must be a whole number', 1.5, NaN, '3', null, true],
    ['cache', 'must be a cache adapter', true, {}, 'memory', null, { get() {}, set() {}, delete() {} }],
    ['cacheTtl', 'must be a number of milliseconds', NaN, '5', null],
    ['allowRemote', 'must be true or false', 1, 'yes', null, CANARY],
    ['maxConcurrency', 'must be a whole number', 1.5, '4', null],
    ['headers', 'is not a set of headers', null, 7, CANARY],
    ['fetch', 'must be a function', {}, 'fetch', null, CANARY],
    ['logger', 'must be a function', console, 'log', null, CANARY],
  ])('rejects %s and names it: %s', (option, problem, ...values) => {
    for (const value of values) {
      const error = errorOf(() => resolve({ [option]: value }))
      expect(error.message).toContain(`The option ${option} ${problem}`)
      expect(error.source).toBe(`the option ${option}`)
      expect(error.isRetryable).toBe(false)
      expect(JSON.stringify(error) + error.stack).not.toContain(CANARY)
    }
  })

  it.each([
    ['timeOut', 'timeout'],
    ['max_retries', 'maxRetries'],
    ['apitoken', 'apiToken'],
    ['endPoint', 'endpoint'],
    ['cacheTTL', 'cacheTtl'],
    ['generation_timeout', 'generationTimeout'],
    ['maxConcurency', 'maxConcurrency'],
    ['Headers', 'headers'],
    ['allowremote', 'allowRemote'],
  ])('suggests a known option for %s: %s', (key, suggestion) => {
    const error = errorOf(() => resolve({ [key]: CANARY }))
    expect(error.message).toBe(`The option ${key} does not exist (did you mean \`${suggestion}\`?).`)
    expect(error.issues).toEqual([{ path: [key], message: `does not exist (did you mean \`${suggestion}\`?)` }])
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })

  it('lists the known options for an option that resembles none of them', () => {
    const error = errorOf(() => resolve({ zebra: 1 }))
    expect(error.message).toBe('The option zebra does not exist.')
    expect(error.hint).toMatch(/^Known: .*\bmaxConcurrency\b.*\.$/)
  })

  it.each([[null], ['http://127.0.0.1:1234'], [7], [() => ({})], [[]]])('rejects %s in place of options', (options) => {
    const error = errorOf(() => resolve(options))
    expect(error.source).toBe('the options')
    expect(error.message).toMatch(/^The options must be an object/)
    expect(error.hint).toMatch(/^Known: .*\bendpoint\b.*\.$/)
  })

  it('does not quote a token or a header in the error about another option', () => {
    const error = errorOf(() => resolve({ apiToken: CANARY, headers: { 'x-key': CANARY }, timeout: -1 }))
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })
})

describe('the token', () => {
  it.each([` ${CANARY}`, `${CANARY}\n`, `${CANARY} x`, `${CANARY}é`, `${CANARY}\0`, `${CANARY}→`, `Bearer ${CANARY}`])(
    'is rejected if a header cannot carry it, and is not quoted: %j',
    (token) => {
      const error = errorOf(() => resolve({ apiToken: token }))
      expect(error).toMatchObject({ code: 'invalid-token', source: 'the option apiToken' })
      expect(error.message).toMatch(/^The option apiToken contains a character that a header cannot carry/)
      expect(error.hint).toContain('without `Bearer`')
      expect(JSON.stringify(error)).not.toContain(CANARY)
    },
  )

  it.each([`"${CANARY}"`, `'${CANARY}'`])('is rejected with quotes around it: %s', (token) => {
    const error = errorOf(() => checkToken(token, 'the variable'))
    expect(error).toMatchObject({ code: 'invalid-token', message: 'The variable is enclosed in quotes.' })
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })

  it.each(['', 'lm-studio', 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789', '!~"{}'])('is returned unchanged: %j', (token) => {
    expect(checkToken(token, 'the variable')).toBe(token)
  })
})

describe('call options', () => {
  const { signal } = new AbortController()

  it.each([
    [undefined],
    [{}],
    [{ signal, timeout: 1, maxRetries: 0, headers: { a: 'b' } }],
    [{ signal: undefined, timeout: undefined, maxRetries: undefined, headers: undefined }],
  ])('accept %j', (options) => {
    expect(() => checkCallOptions(options)).not.toThrow()
    expect(() => checkListOptions(options)).not.toThrow()
  })

  it.each<[string, unknown]>([
    ['timeout', '5'],
    ['timeout', null],
    ['maxRetries', 1.5],
    ['signal', {}],
    ['signal', 'abort'],
    ['signal', null],
    ['signal', new AbortController()],
  ])('reject %s: %j', (key, value) => {
    for (const check of [checkCallOptions, checkListOptions]) {
      const error = errorOf(() => check({ [key]: value }))
      expect(error.message).toMatch(new RegExp(`^The call option ${key} must be `))
      expect(error.source).toBe(`the call option ${key}`)
    }
  })

  it('reject an option of the provider or a misspelt option', () => {
    expect(errorOf(() => checkCallOptions({ endpoint: CANARY } as never)).message).toBe(
      'The call option endpoint does not exist.',
    )
    expect(errorOf(() => checkCallOptions({ max_retries: 1 } as never)).message).toBe(
      'The call option max_retries does not exist (did you mean `maxRetries`?).',
    )
    expect(errorOf(() => checkCallOptions({ abortSignal: signal } as never)).message).toMatch(
      /^The call option abortSignal does not exist/,
    )
  })

  it('accept `refresh` for a listing only', () => {
    expect(() => checkListOptions({ refresh: true })).not.toThrow()
    expect(() => checkListOptions({ refresh: undefined })).not.toThrow()
    expect(errorOf(() => checkListOptions({ refresh: 'yes' } as never)).message).toBe(
      'The call option refresh must be true or false.',
    )
    expect(errorOf(() => checkCallOptions({ refresh: true } as never)).message).toMatch(/refresh does not exist/)
  })

  it.each([[null], [['5']], ['5']])('reject %j in place of options', (options) => {
    expect(errorOf(() => checkCallOptions(options as never)).source).toBe('the call options')
  })

  it('reject an AbortSignal and show how to pass it', () => {
    for (const check of [checkCallOptions, checkListOptions]) {
      expect(errorOf(() => check(signal as never))).toMatchObject({
        source: 'the call options',
        hint: 'Pass the signal as { signal }.',
      })
    }
  })
})

describe('the log', () => {
  const event: LogEvent = { level: 'warn', type: 'cache', message: 'x', attempt: 2 }

  it('passes events to the logger, redacted', () => {
    const seen: LogEvent[] = []
    const { log } = resolveOptions({ logger: (entry) => seen.push(entry) })
    log!(event)
    log!({ ...event, message: 'with Bearer hunter2hunter2' })
    expect(seen).toEqual([event, { ...event, message: 'with Bearer [redacted]' }])
  })

  it('ignores an exception of the logger', () => {
    const { log } = resolveOptions({
      logger: () => {
        throw new Error('The disk is full.')
      },
    })
    expect(() => log!(event)).not.toThrow()
  })

  it('ignores a rejection of an asynchronous logger', async () => {
    const unhandled: unknown[] = []
    const onRejection = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', onRejection)
    const { log } = resolveOptions({ logger: (async () => Promise.reject(new Error('No sink.'))) as () => void })
    log!(event)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', onRejection)
    expect(unhandled).toEqual([])
  })
})
