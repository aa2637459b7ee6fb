import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LMStudioOptions } from '../../src/config/options.js'
import { resolveOptions } from '../../src/config/resolve-config.js'
import { completeOptions, createLMStudio } from '../../src/node/create-lmstudio.js'
import { unlimitedFetch } from '../../src/node/unlimited-fetch.js'
import { createMockLMStudio } from '../../src/testing/index.js'
import type { LogEvent } from '../../src/config/options.js'
import { everything, makePlaces, refusal, type Places } from './places.js'

const CANARY = 'canary-0f3a9c77'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const env = {
  LMSTUDIO_ENDPOINT: 'http://127.0.0.1:1001',
  LMSTUDIO_TIMEOUT: '1',
  LMSTUDIO_GENERATION_TIMEOUT: '1',
  LMSTUDIO_CACHE_TTL: '1',
  LMSTUDIO_MAX_RETRIES: '1',
  LMSTUDIO_API_TOKEN: CANARY,
}

describe('the options of a provider', () => {
  test.each<LMStudioOptions>([
    { endpoint: 'http://127.0.0.1:1009' },
    { timeout: 9 },
    { generationTimeout: 9 },
    { cacheTtl: 0 },
    { maxRetries: 0 },
    { apiToken: 'other-one' },
    { apiToken: '' },
    { allowRemote: false },
  ])('%j takes precedence over every other source', (options) => {
    const places = makePlaces(env)
    places.project('lmstudio.config.json', '{ "allow_remote": true, "timeout_seconds": 2 }')
    expect(completeOptions(options, places)).toMatchObject(options)
  })

  test.each([
    ['endpoint', 'http://127.0.0.1:1001'],
    ['timeout', 1000],
    ['generationTimeout', 1000],
    ['cacheTtl', 60_000],
    ['maxRetries', 1],
    ['apiToken', CANARY],
  ] as const)('%s comes from the environment if the option is undefined', (option, value) => {
    expect(completeOptions({ [option]: undefined }, makePlaces(env))[option]).toBe(value)
  })

  test('are the defaults without any source', () => {
    const { fetch: _, ...options } = resolveOptions(completeOptions(undefined, makePlaces()))
    const { fetch: __, ...defaults } = resolveOptions()
    expect({ ...options, log: undefined }).toEqual({ ...defaults, log: undefined })
  })

  test('include the caller’s fetch, or else one without Node’s limit', () => {
    const fetch = async (): Promise<Response> => new Response()
    expect(completeOptions({ fetch }, makePlaces()).fetch).toBe(fetch)
    expect(completeOptions({ fetch: undefined }, makePlaces()).fetch).toBe(unlimitedFetch)
  })

  test('do not include fetch on a platform without it', () => {
    vi.stubGlobal('fetch', undefined)
    expect(completeOptions({}, makePlaces()).fetch).toBeUndefined()
  })

  test('are not modified', () => {
    const options = Object.freeze({ timeout: 5 })
    completeOptions(options, makePlaces(env))
    expect(options).toEqual({ timeout: 5 })
  })

  test.each([[null], ['http://127.0.0.1:1234'], [{ timeot: 5 }], [{ timeout: '5' }]])('rejects %j', (options) => {
    expect(refusal(() => createLMStudio(options as never)).source).toMatch(/^the option/)
  })
})

test('ignores LM Studio’s own settings, which only discover reads', () => {
  const places = makePlaces()
  const folder = join(places.home, '.lmstudio/.internal')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'http-server-config.json'), '{ "port": 4321 }')
  expect(completeOptions({}, places).endpoint).toBe('http://127.0.0.1:1234')
})

describe('a remote endpoint', () => {
  const remote = (): Places => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "endpoint": "https://example.com" }')
    return places
  }

  test('from a file is allowed by the option', () => {
    expect(completeOptions({ allowRemote: true }, remote()).endpoint).toBe('https://example.com')
  })

  test('from a file is rejected if the option is false, even if a file allows it', () => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "endpoint": "https://example.com", "allow_remote": true }')
    expect(refusal(() => completeOptions({ allowRemote: false }, places)).source).toMatch(/^endpoint in /)
  })

  test('from a file is ignored if the option endpoint is set', () => {
    expect(completeOptions({ endpoint: 'http://127.0.0.1:1' }, remote()).endpoint).toBe('http://127.0.0.1:1')
  })

  test('is logged unless an option chose it', () => {
    const events: LogEvent[] = []
    const options = { allowRemote: true, logger: (event: LogEvent) => events.push(event) }
    completeOptions(options, remote())
    expect(events).toMatchObject([{ level: 'warn', type: 'security', code: 'remote-endpoint' }])
    expect(events[0]!.message).toMatch(/^endpoint in .*, line 1 sends prompts to example\.com/)
    completeOptions({ ...options, endpoint: 'https://example.com' }, remote())
    expect(events.length).toBe(1)
  })
})

const logged = (variables: Record<string, string>): LogEvent[] => {
  const events: LogEvent[] = []
  completeOptions({ logger: (event) => void events.push(event) }, makePlaces(variables))
  return events
}

describe('a misspelt variable', () => {
  test.each([
    ['LMSTUDIO_TIMOUT', 'LMSTUDIO_TIMEOUT'],
    ['LMSTUDIO_ENDPIONT', 'LMSTUDIO_ENDPOINT'],
    ['LMSTUDIO_API_KEY', 'LMSTUDIO_API_TOKEN'],
    ['LMSTUDIO_APITOKEN', 'LMSTUDIO_API_TOKEN'],
    ['LMSTUDIO_TOKEN', 'LMSTUDIO_API_TOKEN'],
    ['LMSTUDIO_BASE_URL', 'LMSTUDIO_ENDPOINT'],
    ['LMSTUDIO_HOST', 'LMSTUDIO_ENDPOINT'],
    ['LMSTUDIO_MAX_RETRYS', 'LMSTUDIO_MAX_RETRIES'],
    ['LM_STUDIO_ENDPOINT', 'LMSTUDIO_ENDPOINT'],
    ['lmstudio_timeout', 'LMSTUDIO_TIMEOUT'],
  ])('%s is logged with the suggestion %s, but without its value', (variable, meant) => {
    const events = logged({ [variable]: CANARY })
    expect(events).toMatchObject([{ level: 'warn', type: 'diagnosis', code: 'unknown-variable' }])
    expect(events[0]!.message).toBe(`${variable} in the environment is not used; did you mean ${meant}?`)
    expect(JSON.stringify(events)).not.toContain(CANARY)
  })

  test.each(['LMSTUDIO_HOME', 'LMSTUDIO_MODEL', 'LMSTUDIO_constructor', 'PATH', 'TIMOUT', 'LMS_TIMEOUT'])(
    '%s is not logged, because it belongs to another program',
    (variable) => expect(logged({ [variable]: 'x' })).toEqual([]),
  )

  test('is not logged if it is empty, nor is a known variable', () => {
    expect(logged({ ...env, LMSTUDIO_TIMOUT: '', LM_API_TOKEN: 'other-one' })).toEqual([])
  })

  test('does not fail the program if the logger throws or is not a function', () => {
    const places = makePlaces({ LMSTUDIO_TIMOUT: '5' })
    const logger = (): never => {
      throw new Error('The disk is full.')
    }
    expect(completeOptions({ logger }, places).logger).toBe(logger)
    expect(() => completeOptions({ logger: 5 as never }, places)).not.toThrow()
  })
})

describe('a provider', () => {
  test('uses the sources of the process, including the token, which it never shows', async () => {
    const places = makePlaces()
    places.project('lmstudio.config.toml', 'endpoint = "http://127.0.0.1:4321/v1"')
    vi.spyOn(process, 'cwd').mockReturnValue(places.cwd)
    vi.stubEnv('XDG_CONFIG_HOME', places.home)
    for (const name of Object.keys(env)) vi.stubEnv(name, undefined)
    vi.stubEnv('LM_API_TOKEN', CANARY)

    const events: LogEvent[] = []
    const entries: unknown[] = []
    const mock = createMockLMStudio({ auth: CANARY })
    const lmstudio = createLMStudio({
      fetch: mock.fetch,
      logger: (event) => void events.push(event),
      cache: {
        get: () => undefined,
        set: (...entry) => void entries.push(entry),
        delete: () => {},
        clear: () => {},
      },
    })
    expect(lmstudio.endpoint).toBe('http://127.0.0.1:4321')
    await lmstudio.listModels()
    expect(mock.calls[0]!.headers['authorization']).toBe(`Bearer ${CANARY}`)
    expect(entries.length).toBeGreaterThan(0)
    expect(JSON.stringify([events, entries, lmstudio])).not.toContain(CANARY)
    const failure = await lmstudio.complete({ model: 'no/such-model', prompt: 'x' }).catch((error: Error) => error)
    expect(everything(failure as Error)).not.toContain(CANARY)
  })
})
