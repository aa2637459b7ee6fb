import { describe, expect, it } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { DEFAULTS } from '../../src/config/defaults.js'
import type { LMStudioOptions } from '../../src/config/options.js'
import { checkCallOptions, checkListOptions, checkToken, resolveOptions } from '../../src/config/resolve-config.js'
import { ConfigurationError, InvalidRequestError } from '../../src/errors/index.js'
import type { LogEvent } from '../../src/config/options.js'
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
  it('are those the design says', () => {
    expect(resolveOptions()).toMatchObject({
      endpoint: 'http://127.0.0.1:1234',
      apiToken: undefined,
      timeout: 30_000,
      generationTimeout: 600_000,
      idleTimeout: 120_000,
      maxRetries: 3,
      cache: undefined,
      cacheTtl: 300_000,
      maxConcurrency: 4,
      headers: {},
      fetch: undefined,
    })
    expect(DEFAULTS.allowRemote).toBe(false)
  })

  it('stand in for every option that is undefined', () => {
    const keys = [
      'endpoint',
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
    const { log: _, ...resolved } = resolve(Object.fromEntries(keys.map((key) => [key, undefined])))
    const { log: __, ...defaults } = resolveOptions()
    expect(resolved).toEqual(defaults)
  })
})

describe('values', () => {
  it.each<[string, unknown]>([
    ['maxRetries', 0],
    ['cacheTtl', 0],
    ['cache', false],
    ['apiToken', ''],
    ['timeout', 1],
    ['timeout', 2_147_483_647],
    ['timeout', 0.5 + 1],
    ['maxRetries', 100],
    ['maxConcurrency', 1],
    ['maxConcurrency', 1000],
    ['apiToken', 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'],
    ['apiToken', () => 'x'],
    ['cache', memoryCache()],
    ['fetch', fetch],
  ])('%s may be %s', (key, value) => expect(resolve({ [key]: value })).toHaveProperty(key, value))

  it('leaves the options it is given alone', () => {
    const options = Object.freeze({ headers: Object.freeze({ 'X-A': 'b' }), endpoint: 'http://localhost:1234/v1' })
    expect(resolveOptions(options)).toMatchObject({ endpoint: 'http://localhost:1234', headers: { 'x-a': 'b' } })
  })

  it('takes a URL, and a public one when remote ones are allowed', () => {
    expect(resolveOptions({ endpoint: new URL('http://localhost:5/v1') }).endpoint).toBe('http://localhost:5')
    expect(resolveOptions({ endpoint: 'https://lm.example.org', allowRemote: true }).endpoint).toBe(
      'https://lm.example.org',
    )
    errorOf(() => resolveOptions({ endpoint: 'https://lm.example.org', allowRemote: false }))
  })
})

describe('wrong values', () => {
  const table: readonly (readonly [key: string, ...values: unknown[]])[] = [
    ['endpoint', 7, null, {}, [], true],
    ['apiToken', 7, null, {}, false, [CANARY]],
    ['timeout', 0, -1, NaN, Infinity, 2_147_483_648, '30000', null, CANARY],
    ['generationTimeout', 0, -1, NaN, '1', null],
    ['idleTimeout', 0, -1, Infinity, '1', null],
    ['maxRetries', -1, 1.5, 101, NaN, '3', null, true],
    ['cache', true, {}, 'memory', null, { get() {}, set() {}, delete() {} }],
    ['cacheTtl', -1, NaN, '5', null],
    ['allowRemote', 1, 'yes', null, CANARY],
    ['maxConcurrency', 0, -1, 1.5, 1001, '4', null],
    ['headers', null, 7, CANARY],
    ['fetch', {}, 'fetch', null, CANARY],
    ['logger', console, 'log', null, CANARY],
  ]
  const cases = table.flatMap(([key, ...values]) => values.map((value) => [key, value] as const))

  it.each(cases)('%s is not %j: the error names it and its source, never the value', (key, value) => {
    const error = errorOf(() => resolve({ apiToken: undefined, [key]: value }))
    expect(error.message).toContain(key)
    expect(error.source).toContain(key)
    expect(error.isRetryable).toBe(false)
    expect(JSON.stringify(error) + error.stack).not.toContain(CANARY)
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
  ])('there is no option %s: the error suggests %s', (key, meant) => {
    const error = errorOf(() => resolve({ [key]: CANARY }))
    expect(error.message).toContain(key)
    expect(error.message).toContain(meant)
    expect(error.issues).toEqual([{ path: [key], message: expect.stringContaining(meant) as string }])
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })

  it('there is no option of a name like no other: the error lists those there are', () => {
    const error = errorOf(() => resolve({ zebra: 1 }))
    expect(error.message).toContain('zebra')
    expect(error.hint).toContain('maxConcurrency')
  })

  it.each([[null], ['http://127.0.0.1:1234'], [7], [() => ({})]])('the options are not %s', (options) => {
    expect(errorOf(() => resolve(options)).hint).toContain('endpoint')
  })

  it('the options of a call are no AbortSignal: the error says where it goes', () => {
    const { signal } = new AbortController()
    expect(errorOf(() => checkCallOptions(signal as object)).hint).toContain('{ signal }')
    expect(errorOf(() => checkListOptions(signal as object)).hint).toContain('{ signal }')
  })

  it('a token with the word Bearer before it: the hint says to leave it out', () => {
    const error = errorOf(() => resolve({ apiToken: `Bearer ${CANARY}` }))
    expect(error.hint).toContain('Bearer')
    expect(error.message).toMatch(/^The option/)
  })

  it('a token shows in no error about another option', () => {
    const error = errorOf(() => resolve({ apiToken: CANARY, headers: { 'x-key': CANARY }, timeout: -1 }))
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })

  it.each([` ${CANARY}`, `${CANARY}\n`, `${CANARY} x`, `${CANARY}é`, `${CANARY}\0`, `${CANARY}→`])(
    'a token that cannot stand in a header is refused and not quoted: %j',
    (token) => {
      const error = errorOf(() => resolve({ apiToken: token }))
      expect(error.code).toBe('invalid-token')
      expect(JSON.stringify(error)).not.toContain(CANARY)
      expect(error.message).toContain('apiToken')
    },
  )
})

describe('checkToken', () => {
  it.each([`"${CANARY}"`, `'${CANARY}'`])(
    'refuses quotes around a token, as files of variables leave them: %s',
    (token) => {
      const error = errorOf(() => checkToken(token, 'it'))
      expect(error).toMatchObject({ code: 'invalid-token', message: expect.stringContaining('quotes') })
      expect(JSON.stringify(error)).not.toContain(CANARY)
    },
  )

  it.each(['', 'lm-studio', 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789', '!~"{}'])('takes %j', (token) => {
    expect(checkToken(token, 'it')).toBe(token)
  })
})

describe('call options', () => {
  const { signal } = new AbortController()

  it.each([
    [undefined],
    [{}],
    [{ signal, timeout: 1, maxRetries: 0, headers: { a: 'b' } }],
    [{ signal: undefined, timeout: undefined, maxRetries: undefined, headers: undefined }],
  ])('may be %j', (options) => {
    expect(() => checkCallOptions(options)).not.toThrow()
    expect(() => checkListOptions(options)).not.toThrow()
  })

  it.each<[string, unknown]>([
    ['timeout', 0],
    ['timeout', '5'],
    ['timeout', null],
    ['maxRetries', -1],
    ['maxRetries', 1.5],
    ['signal', {}],
    ['signal', 'abort'],
    ['signal', null],
    ['signal', new AbortController()],
  ])('%s is not %j', (key, value) => {
    for (const check of [checkCallOptions, checkListOptions]) {
      const error = errorOf(() => check({ [key]: value }))
      expect(error.message).toContain(key)
    }
  })

  it('know no option of the provider, and say what is meant', () => {
    expect(errorOf(() => checkCallOptions({ endpoint: CANARY } as never)).message).toContain('endpoint')
    expect(errorOf(() => checkCallOptions({ max_retries: 1 } as never)).message).toContain('maxRetries')
    expect(errorOf(() => checkCallOptions({ abortSignal: signal } as never)).message).toContain('abortSignal')
  })

  it('of a listing know `refresh`, those of other calls do not', () => {
    expect(() => checkListOptions({ refresh: true } as never)).not.toThrow()
    expect(() => checkListOptions({ refresh: undefined } as never)).not.toThrow()
    errorOf(() => checkListOptions({ refresh: 'yes' } as never))
    errorOf(() => checkCallOptions({ refresh: true } as never))
  })

  it.each([[null], [signal], ['5']])('are not %s', (options) => {
    errorOf(() => checkCallOptions(options as never))
  })
})

describe('the log', () => {
  const event: LogEvent = { level: 'warn', type: 'cache', message: 'x', attempt: 2 }

  it('goes to the logger, redacted', () => {
    const seen: LogEvent[] = []
    const { log } = resolveOptions({ logger: (entry) => seen.push(entry) })
    log?.(event)
    log?.({ ...event, message: 'with Bearer hunter2hunter2' })
    expect(seen[0]).toEqual(event)
    expect(seen[1]!.message).toMatch(/^with Bearer (?!hunter2)/)
  })

  it('goes nowhere without one', () => expect(resolveOptions().log?.(event)).toBeUndefined())

  it('does not let a logger that fails fail anything', () => {
    const { log } = resolveOptions({
      logger: () => {
        throw new Error('full')
      },
    })
    expect(() => log?.(event)).not.toThrow()
  })
})
