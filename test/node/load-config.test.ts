import { mkdirSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.js'
import { resolveOptions } from '../../src/config/resolve-config.js'
import { loadConfig, type LoadedConfig } from '../../src/node/load-config.js'
import { everything, makePlaces, refusal, type Places } from './places.js'

const CANARY = 'canary-0f3a9c77'

vi.mock('node:os', { spy: true })

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

interface Case {
  readonly option: keyof LoadedConfig
  readonly variable?: string
  readonly key: string
  /** The value as it is written, and the option that it becomes. All differ, so that a value identifies its source. */
  readonly env?: readonly [text: string, value: unknown]
  readonly project: readonly [literal: string, value: unknown]
  readonly user: readonly [literal: string, value: unknown]
}

const cases: readonly Case[] = [
  {
    option: 'endpoint',
    variable: 'LMSTUDIO_ENDPOINT',
    key: 'endpoint',
    env: ['http://127.0.0.1:1001/v1', 'http://127.0.0.1:1001'],
    project: ['"http://127.0.0.1:1002/"', 'http://127.0.0.1:1002'],
    user: ['"http://127.0.0.1:1003/lm/v1"', 'http://127.0.0.1:1003/lm'],
  },
  {
    option: 'timeout',
    variable: 'LMSTUDIO_TIMEOUT',
    key: 'timeout_seconds',
    env: ['1.5', 1500],
    project: ['2', 2000],
    user: ['0.25', 250],
  },
  {
    option: 'generationTimeout',
    variable: 'LMSTUDIO_GENERATION_TIMEOUT',
    key: 'generation_timeout_seconds',
    env: [' 900 ', 900_000],
    project: ['901', 901_000],
    user: ['902.5', 902_500],
  },
  {
    option: 'cacheTtl',
    variable: 'LMSTUDIO_CACHE_TTL',
    key: 'cache_ttl_minutes',
    env: ['0', 0],
    project: ['0.5', 30_000],
    user: ['10', 600_000],
  },
  {
    option: 'maxRetries',
    variable: 'LMSTUDIO_MAX_RETRIES',
    key: 'max_retries',
    env: ['0', 0],
    project: ['1', 1],
    user: ['100', 100],
  },
  { option: 'allowRemote', key: 'allow_remote', project: ['true', true], user: ['false', false] },
]

const files = {
  json: (key: string, literal: string) => `{\n\n  "${key}": ${literal}\n}\n`,
  toml: (key: string, literal: string) => `# ours\n\n${key} = ${literal}\n`,
}
const types = ['json', 'toml'] as const

describe.each(cases)('$option', ({ option, key, project, user }) => {
  test('has its default when nothing sets it', () => {
    expect(loadConfig(makePlaces())[option]).toEqual({
      value: DEFAULTS[option as keyof typeof DEFAULTS],
      source: 'default',
    })
  })

  test.each(types)('comes from the user’s %s file', (type) => {
    const places = makePlaces()
    const path = places.user(`config.${type}`, files[type](key, user[0]))
    expect(loadConfig(places)[option]).toEqual({ value: user[1], source: `${key} in ${path}, line 3` })
  })

  test.each(types)('comes from the project’s %s file rather than the user’s', (type) => {
    const places = makePlaces()
    places.user('config.json', files.json(key, user[0]))
    const path = places.project(`lmstudio.config.${type}`, files[type](key, project[0]))
    expect(loadConfig(places)[option]).toEqual({ value: project[1], source: `${key} in ${path}, line 3` })
  })
})

describe.each(cases.filter(({ env }) => env !== undefined))(
  '$variable',
  ({ option, variable, key, env, project, user }) => {
    test('takes precedence over the files', () => {
      const places = makePlaces({ [variable!]: env![0] })
      const expected = { value: env![1], source: `${variable} in the environment` }
      expect(loadConfig(places)[option]).toEqual(expected)
      places.user('config.json', files.json(key, user[0]))
      expect(loadConfig(places)[option]).toEqual(expected)
      places.project('lmstudio.config.toml', files.toml(key, project[0]))
      expect(loadConfig(places)[option]).toEqual(expected)
    })

    test('is not set when it is empty', () => {
      const places = makePlaces({ [variable!]: '' })
      expect(loadConfig(places)[option].source).toBe('default')
      places.project('lmstudio.config.json', files.json(key, project[0]))
      expect(loadConfig(places)[option].value).toBe(project[1])
    })
  },
)

test('the project’s file takes precedence key by key, not as a whole', () => {
  const places = makePlaces({ LMSTUDIO_MAX_RETRIES: '7' })
  places.user('config.toml', 'timeout_seconds = 1\ncache_ttl_minutes = 1\nmax_retries = 1\n')
  places.project('lmstudio.config.json', '{ "timeout_seconds": 2, "max_retries": 2 }')
  const { timeout, cacheTtl, maxRetries, generationTimeout } = loadConfig(places)
  expect([timeout, cacheTtl, maxRetries, generationTimeout].map(({ value }) => value)).toEqual([
    2000, 60_000, 7, 600_000,
  ])
})

test('options that only code can set have their defaults', () => {
  const { idleTimeout, maxConcurrency } = loadConfig(makePlaces())
  expect([idleTimeout, maxConcurrency]).toEqual([
    { value: DEFAULTS.idleTimeout, source: 'default' },
    { value: DEFAULTS.maxConcurrency, source: 'default' },
  ])
})

describe('the search for files', () => {
  test('uses the nearest directory upward that has a file, and reads no other', () => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "max_retries": "not read" }')
    const path = places.project('a/lmstudio.config.toml', 'max_retries = 1')
    mkdirSync(join(places.cwd, 'a/b/c'), { recursive: true })
    const { maxRetries } = loadConfig({ ...places, cwd: join(places.cwd, 'a/b/c') })
    expect(maxRetries).toEqual({ value: 1, source: `max_retries in ${path}, line 1` })
  })

  test('continues upward from a directory that does not exist', () => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "max_retries": 1 }')
    expect(loadConfig({ ...places, cwd: join(places.cwd, 'gone/away') }).maxRetries.value).toBe(1)
  })

  test('skips a directory that cannot be accessed', () => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "max_retries": 1 }')
    // Longer than a name can be: the system reports an error other than a missing file.
    expect(loadConfig({ ...places, cwd: join(places.cwd, 'x'.repeat(300)) }).maxRetries.value).toBe(1)
  })

  test('uses XDG_CONFIG_HOME instead of ~/.config if it is an absolute path', () => {
    const places = makePlaces()
    places.user('config.json', '{ "max_retries": 1 }')
    places.project('xdg/lmstudio-provider/config.toml', 'max_retries = 2')
    const at = (folder: string): number => loadConfig({ ...places, env: { XDG_CONFIG_HOME: folder } }).maxRetries.value
    expect(at(join(places.cwd, 'xdg'))).toBe(2)
    expect(at('')).toBe(1)
    expect(at('xdg')).toBe(1)
  })

  test('rejects two files in one directory', () => {
    const project = makePlaces()
    project.project('lmstudio.config.json', '{}')
    project.project('lmstudio.config.toml', '')
    const error = refusal(() => loadConfig(project))
    expect(error.message).toBe(
      `There are two config files in ${project.cwd}: lmstudio.config.json and lmstudio.config.toml.`,
    )
    expect(error).toMatchObject({ source: project.cwd, code: 'ambiguous-file' })
    const user = makePlaces()
    user.user('config.json', '{}')
    user.user('config.toml', '')
    expect(refusal(() => loadConfig(user)).message).toContain('config.json and config.toml')
  })

  test('uses the working directory, the environment and the home folder of the process by default', () => {
    const places = makePlaces()
    places.project('lmstudio.config.json', '{ "timeout_seconds": 1 }')
    places.user('config.json', '{ "cache_ttl_minutes": 1 }')
    vi.spyOn(process, 'cwd').mockReturnValue(places.cwd)
    vi.mocked(homedir).mockReturnValue(places.home)
    vi.stubEnv('XDG_CONFIG_HOME', undefined)
    vi.stubEnv('LMSTUDIO_MAX_RETRIES', '9')
    const { timeout, cacheTtl, maxRetries } = loadConfig()
    expect([timeout, cacheTtl, maxRetries].map(({ value }) => value)).toEqual([1000, 60_000, 9])
  })

  test('finds no files for a process without a working directory or a home folder', () => {
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: uv_cwd')
    })
    vi.mocked(homedir).mockImplementation(() => {
      throw new Error('ENOENT: uv_os_homedir')
    })
    vi.stubEnv('HOME', undefined)
    expect(loadConfig({ env: {} }).timeout.source).toBe('default')
  })

  test('uses the variable HOME where the runtime does not report a home folder, as Deno without a permission', () => {
    const places = makePlaces()
    places.user('config.json', '{ "timeout_seconds": 1 }')
    vi.mocked(homedir).mockImplementation(() => {
      throw new Error('Requires sys access to "homedir"')
    })
    vi.stubEnv('HOME', places.home)
    expect(loadConfig({ cwd: places.cwd, env: {} }).timeout.value).toBe(1000)
  })
})

const seconds = `must be a number of seconds from 0.001 to 2147483`

test.each([
  ['LMSTUDIO_ENDPOINT', '127.0.0.1:99999', 'is not a URL: "127.0.0.1:99999"'],
  ['LMSTUDIO_ENDPOINT', '/lmstudio', 'is a path outside of a web page: "/lmstudio"'],
  ['LMSTUDIO_ENDPOINT', 'ftp://127.0.0.1', 'has the scheme `ftp:`'],
  ['LMSTUDIO_ENDPOINT', ' ', 'is not a URL: " "'],
  ['LMSTUDIO_ENDPOINT', 'http://169.254.169.254', 'points at 169.254.169.254, which is a link-local'],
  ['LMSTUDIO_ENDPOINT', 'https://example.com', 'points at example.com, outside this machine and private networks'],
  ['LMSTUDIO_TIMEOUT', '30s', `${seconds}, not "30s"`],
  ['LMSTUDIO_TIMEOUT', '0', `${seconds}, not 0`],
  ['LMSTUDIO_TIMEOUT', '-1', `${seconds}, not "-1"`],
  ['LMSTUDIO_TIMEOUT', '0.0001', `${seconds}, not 0.0001`],
  ['LMSTUDIO_TIMEOUT', '2147484', `${seconds}, not 2147484`],
  ['LMSTUDIO_TIMEOUT', 'Infinity', `${seconds}, not "Infinity"`],
  ['LMSTUDIO_TIMEOUT', ' ', `${seconds}, not " "`],
  ['LMSTUDIO_TIMEOUT', '0x10', `${seconds}, not "0x10"`],
  ['LMSTUDIO_TIMEOUT', '1,5', `${seconds}, not "1,5"`],
  ['LMSTUDIO_GENERATION_TIMEOUT', '10 min', `${seconds}, not "10 min"`],
  ['LMSTUDIO_CACHE_TTL', 'never', `must be a number of minutes from 0 to 35791, not "never"`],
  ['LMSTUDIO_CACHE_TTL', '35792', `must be a number of minutes from 0 to 35791, not 35792`],
  ['LMSTUDIO_MAX_RETRIES', '1.5', `must be a whole number from 0 to 100, not 1.5`],
  ['LMSTUDIO_MAX_RETRIES', '101', `must be a whole number from 0 to 100, not 101`],
  ['LMSTUDIO_MODEL', ' ', 'must be the id of a model, not " "'],
  ['LMSTUDIO_MODEL', '"acme/tern-4b"', 'must be the id of a model without further quotes, not "\\"acme/tern-4b\\""'],
  ['LMSTUDIO_MODEL', "'acme/tern-4b' ", `must be the id of a model without further quotes, not "'acme/tern-4b' "`],
  ['LMSTUDIO_MAX_RETRIES', 'many', `must be a whole number from 0 to 100, not "many"`],
])('rejects %s=%s: %s', (variable, text, message) => {
  const error = refusal(() => loadConfig(makePlaces({ [variable]: text })))
  expect(error.message).toContain(`${variable} in the environment ${message}`)
  expect(error.source).toBe(`${variable} in the environment`)
  expect(error.hint).not.toBe('')
})

const wrongTypes: readonly (readonly [key: string, json: string, toml: string, message: string])[] = [
  ['endpoint', '1234', '1234', 'must be a URL as a string, not 1234'],
  ['endpoint', '"ws://localhost:1234"', '"ws://localhost:1234"', 'has the scheme `ws:`'],
  ['endpoint', '""', '""', 'is not a URL: ""'],
  ['timeout_seconds', '"30"', '"30"', `${seconds}, not "30"`],
  ['timeout_seconds', '1e12', 'inf', `${seconds}, not `],
  ['timeout_seconds', 'null', 'nan', `${seconds}, not `],
  ['timeout_seconds', '[1]', '[1]', `${seconds}, not an array`],
  ['timeout_seconds', '{ "a": 1 }', '{ a = 1 }', `${seconds}, not an object`],
  ['timeout_seconds', 'true', '2026-01-01', `${seconds}, not `],
  ['generation_timeout_seconds', '0', '0', `${seconds}, not 0`],
  ['cache_ttl_minutes', '-1', '-1', `must be a number of minutes from 0 to 35791, not -1`],
  ['max_retries', '2.5', '2.5', `must be a whole number from 0 to 100, not 2.5`],
  ['allow_remote', '"yes"', '"yes"', `must be true or false, not "yes"`],
  ['allow_remote', '1', '1', `must be true or false, not 1`],
]

test.each(wrongTypes)('rejects %s: %s with file and line', (key, json, toml, message) => {
  for (const [type, literal] of [['json', json] as const, ['toml', toml] as const]) {
    const places = makePlaces()
    const path = places.project(`lmstudio.config.${type}`, files[type](key, literal))
    const error = refusal(() => loadConfig(places))
    expect(error.message).toContain(`${key} in ${path}, line 3 ${message}`)
    expect(error.source).toBe(`${key} in ${path}, line 3`)
  }
})

test.each([
  ['localhost:1234', 'http://localhost:1234'],
  [':4321', 'http://127.0.0.1:4321'],
  ["'http://127.0.0.1:4321/v1/chat/completions?x=1' ", 'http://127.0.0.1:4321'],
  ['http://127.0.0.1:8000/v3', 'http://127.0.0.1:8000/v3'],
  // A server can have its routes there, so the path is tried.
  ['http://127.0.0.1:8000/api/v1/', 'http://127.0.0.1:8000/api/v1'],
])('reads an endpoint as people write it: %s', (text, value) => {
  expect(loadConfig(makePlaces({ LMSTUDIO_ENDPOINT: text })).endpoint.value).toBe(value)
  for (const type of types) {
    const places = makePlaces()
    places.project(`lmstudio.config.${type}`, files[type]('endpoint', JSON.stringify(text)))
    expect(loadConfig(places).endpoint.value).toBe(value)
  }
})

test('rejects an invalid value even where a source with higher precedence replaces it', () => {
  const places = makePlaces({ LMSTUDIO_TIMEOUT: '5' })
  places.user('config.json', '{ "timeout_seconds": "soon" }')
  expect(refusal(() => loadConfig(places)).message).toContain('not "soon"')
})

test.each([
  ['timeout', 'timeout_seconds'],
  ['timeoutSeconds', 'timeout_seconds'],
  ['timeout_secnods', 'timeout_seconds'],
  ['cacheTtl', 'cache_ttl_minutes'],
  ['LMSTUDIO_CACHE_TTL', 'cache_ttl_minutes'],
  ['allowRemote', 'allow_remote'],
  ['maxRetrys', 'max_retries'],
  ['end-point', 'endpoint'],
])('suggests a key for the unknown key %s: %s', (key, meant) => {
  for (const type of types) {
    const places = makePlaces()
    const path = places.project(`lmstudio.config.${type}`, files[type](key, `"${CANARY}"`))
    const error = refusal(() => loadConfig(places))
    const shown = /^\w+$/.test(key) ? key : JSON.stringify(key)
    expect(error.message).toBe(`${shown} in ${path}, line 3 does not exist (did you mean \`${meant}\`?).`)
    expect(error.hint).toBe(
      'Known: endpoint, timeout_seconds, generation_timeout_seconds, cache_ttl_minutes, max_retries, allow_remote, model.',
    )
    expect(everything(error)).not.toContain(CANARY)
  }
})

test.each(['modal_name_of', 'constructor', '__proto__', 'lmstudio', '', 'a b'])('rejects the unknown key %j', (key) => {
  const places = makePlaces()
  const path = places.project('lmstudio.config.json', `{ ${JSON.stringify(key)}: {} }`)
  const shown = /^\w+$/.test(key) ? key : JSON.stringify(key)
  expect(refusal(() => loadConfig(places)).message).toBe(`${shown} in ${path}, line 1 does not exist.`)
})

test('rejects a table in a TOML file as an unknown key', () => {
  const places = makePlaces()
  places.project('lmstudio.config.toml', '\n[lmstudio]\nendpoint = "http://127.0.0.1:1234"\n')
  expect(refusal(() => loadConfig(places)).message).toMatch(/^lmstudio in .*, line 2 does not exist\.$/)
})

describe('a file that cannot be read', () => {
  const reasons: readonly (readonly [name: string, make: (places: Places) => void, message: string])[] = [
    ['a directory', ({ cwd }) => mkdirSync(join(cwd, 'lmstudio.config.json')), 'is a directory'],
    [
      'a link that leads nowhere',
      ({ cwd }) => symlinkSync(join(cwd, 'nowhere'), join(cwd, 'lmstudio.config.json')),
      'cannot be read (ENOENT)',
    ],
    [
      'a link to itself',
      ({ cwd }) => symlinkSync(join(cwd, 'lmstudio.config.json'), join(cwd, 'lmstudio.config.json')),
      'cannot be read (ELOOP)',
    ],
    ['a device', ({ cwd }) => symlinkSync('/dev/null', join(cwd, 'lmstudio.config.json')), 'is not a file'],
    [
      'a large file',
      ({ project }) => project('lmstudio.config.json', ' '.repeat(65_537)),
      'is 65537 bytes long; the maximum is 65536',
    ],
    [
      'UTF-16',
      ({ project }) => project('lmstudio.config.json', Buffer.from('\ufeff{}', 'utf16le')),
      'is not UTF-8 text',
    ],
    [
      'malformed JSON',
      ({ project }) => project('lmstudio.config.json', `{\n  "endpoint": ${CANARY}\n}`),
      'is not JSON: a value is missing or malformed at line 2, column 15',
    ],
    [
      'a JSON array',
      ({ project }) => project('lmstudio.config.json', '\n[]'),
      'is not JSON: the file must be an object, from { to } at line 2, column 1',
    ],
  ]

  test.each(reasons)('that is %s is rejected with its path and the reason', (_, make, message) => {
    const places = makePlaces()
    make(places)
    const path = join(places.cwd, 'lmstudio.config.json')
    const error = refusal(() => loadConfig(places))
    expect(error.message).toBe(`${path} ${message}.`)
    expect(error).toMatchObject({ source: path, code: 'bad-file' })
    expect(everything(error)).not.toContain(CANARY)
  })

  test('that is malformed TOML is rejected with its path, line and column', () => {
    const places = makePlaces()
    const path = places.project('lmstudio.config.toml', `max_retries = 1\nendpoint = ${CANARY}\n`)
    const error = refusal(() => loadConfig(places))
    expect(error.message).toBe(`${path} is not TOML: invalid value at line 2, column 12.`)
    expect(everything(error)).not.toContain(CANARY)
  })
})

test.each(types)('accepts a byte order mark and Windows line endings in %s', (type) => {
  const places = makePlaces()
  const text = files[type]('max_retries', '5').replaceAll('\n', '\r\n')
  const path = places.project(`lmstudio.config.${type}`, `\ufeff${text}`)
  expect(loadConfig(places).maxRetries).toEqual({ value: 5, source: `max_retries in ${path}, line 3` })
})

test('reads a file of 65536 bytes, and quotes only the start of a long value', () => {
  const places = makePlaces()
  places.project('lmstudio.config.json', `{ "max_retries": 7 }`.padEnd(65_536))
  expect(loadConfig(places).maxRetries.value).toBe(7)
  const rest = '"a":1,'.repeat(10_900)
  places.project('lmstudio.config.json', `{ "endpoint": { ${rest} "a": 1 } }`)
  expect(refusal(() => loadConfig(places)).message).toContain('must be a URL as a string, not an object')
  places.project('lmstudio.config.json', `{ "endpoint": "${'x'.repeat(65_000)}" }`)
  expect(refusal(() => loadConfig(places)).message.length).toBeLessThan(500)
})

test('reads a file through a symbolic link', () => {
  const places = makePlaces()
  symlinkSync(places.project('elsewhere/settings', '{ "max_retries": 5 }'), join(places.cwd, 'lmstudio.config.json'))
  expect(loadConfig(places).maxRetries.value).toBe(5)
})

describe('a remote endpoint', () => {
  test('is rejected with its source and how to allow it', () => {
    const places = makePlaces()
    const path = places.project('lmstudio.config.json', '{ "endpoint": "https://example.com" }')
    const error = refusal(() => loadConfig(places))
    expect(error.message).toContain(`endpoint in ${path}, line 1 points at example.com`)
    expect(error.hint).toContain('allow_remote')
  })

  test('is allowed by a file, whatever source sets it', () => {
    const places = makePlaces({ LMSTUDIO_ENDPOINT: 'https://example.com/v1' })
    places.user('config.toml', 'allow_remote = true')
    expect(loadConfig(places).endpoint.value).toBe('https://example.com')
  })

  test('is ignored where another endpoint takes precedence', () => {
    const places = makePlaces({ LMSTUDIO_ENDPOINT: 'http://127.0.0.1:1234' })
    places.user('config.toml', 'endpoint = "https://example.com"')
    expect(loadConfig(places).endpoint.value).toBe('http://127.0.0.1:1234')
  })
})

describe('the token', () => {
  test.each([
    [{}, undefined, 'default'],
    [{ LM_API_TOKEN: CANARY }, '[redacted]', 'LM_API_TOKEN in the environment'],
    [{ LMSTUDIO_API_TOKEN: '', LM_API_TOKEN: CANARY }, '[redacted]', 'LM_API_TOKEN in the environment'],
    [{ LMSTUDIO_API_TOKEN: CANARY, LM_API_TOKEN: 'other-one' }, '[redacted]', 'LMSTUDIO_API_TOKEN in the environment'],
  ])('of %j is reported as set or not set, but never shown', (env, value, source) => {
    const config = loadConfig(makePlaces(env))
    expect(config.apiToken).toEqual({ value, source })
    expect(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config)).not.toContain(CANARY)
  })

  test.each(['LMSTUDIO_API_TOKEN', 'LM_API_TOKEN'])(
    'in %s with a character that a header cannot carry is rejected and not quoted',
    (name) => {
      const error = refusal(() => loadConfig(makePlaces({ [name]: `${CANARY}\n` })))
      expect(error.message).toContain(`${name} in the environment contains a character that a header cannot carry`)
      expect(everything(error)).not.toContain(CANARY)
    },
  )

  test.each([
    'api_token',
    'apiToken',
    'token',
    'api_key',
    'apiKey',
    'key',
    'LM_API_TOKEN',
    'Authorization',
    'auth',
    'credential',
    'credentials',
    'client_secret',
    'password',
  ])('is rejected in a file as %s, with the variable to use', (key) => {
    for (const type of types) {
      const places = makePlaces()
      const path = places.project(`lmstudio.config.${type}`, files[type](key, `"${CANARY}"`))
      const error = refusal(() => loadConfig(places))
      expect(error.message).toBe(`${key} in ${path}, line 3 is not allowed: a config file must not contain a token.`)
      expect(error.hint).toContain('LMSTUDIO_API_TOKEN')
      expect(everything(error)).not.toContain(CANARY)
    }
  })

  test('in the wrong place is rejected and not quoted', () => {
    for (const variable of ['LMSTUDIO_ENDPOINT', 'LMSTUDIO_TIMEOUT', 'LMSTUDIO_MAX_RETRIES']) {
      const error = refusal(() => loadConfig(makePlaces({ LM_API_TOKEN: CANARY, [variable]: `x${CANARY}x` })))
      expect(error.message).toBe(`${variable} in the environment contains the API token.`)
      expect(everything(error)).not.toContain(CANARY)
    }
    const places = makePlaces({ LMSTUDIO_API_TOKEN: CANARY })
    places.project('lmstudio.config.toml', `timeout_seconds = "${CANARY}"`)
    expect(everything(refusal(() => loadConfig(places)))).not.toContain(CANARY)
    const keyed = makePlaces({ LMSTUDIO_API_TOKEN: CANARY })
    const path = keyed.project('lmstudio.config.json', `{\n"${CANARY}": 1 }`)
    const error = refusal(() => loadConfig(keyed))
    expect(error.message).toBe(`A key in ${path}, line 2 contains the API token.`)
    expect(everything(error)).not.toContain(CANARY)
  })

  test('in an endpoint is not quoted', () => {
    for (const url of [
      `http://me:${CANARY}@127.0.0.1`,
      `http://${CANARY}@bad host`,
      `http://127.0.0.1/?key=${CANARY}`,
    ]) {
      expect(everything(refusal(() => loadConfig(makePlaces({ LMSTUDIO_ENDPOINT: url }))))).not.toContain(CANARY)
    }
  })

  test('in the format of LM Studio is redacted everywhere', () => {
    const token = `sk-lm-${CANARY}:secret`
    expect(everything(refusal(() => loadConfig(makePlaces({ LMSTUDIO_TIMEOUT: token }))))).not.toContain(CANARY)
    const places = makePlaces()
    places.project('lmstudio.config.json', `{ ${JSON.stringify(token)}: 1 }`)
    expect(everything(refusal(() => loadConfig(places)))).not.toContain(CANARY)
  })
})

describe('options of loadConfig', () => {
  test.each([
    [null],
    ['/app'],
    [{ cmd: '/app' }],
    [{ cwd: 5 }],
    [{ cwd: new URL('file:///app') }],
    [{ home: {} }],
    [{ env: null }],
    [{ env: 'HOME=/' }],
  ])('reject %j', (options) => {
    expect(refusal(() => loadConfig(options as never)).code).toBe('invalid-option')
  })

  test('suggest an option for a misspelt one', () => {
    expect(refusal(() => loadConfig({ cwb: '/app' } as never)).message).toContain('`cwd`')
  })
})

test('the limits of variables are those of the options', () => {
  const most = { LMSTUDIO_TIMEOUT: '2147483.647', LMSTUDIO_CACHE_TTL: '35791.39411', LMSTUDIO_MAX_RETRIES: '100' }
  const least = { LMSTUDIO_TIMEOUT: '.001', LMSTUDIO_CACHE_TTL: '0', LMSTUDIO_MAX_RETRIES: '0' }
  for (const env of [most, least]) {
    const { timeout, cacheTtl, maxRetries } = loadConfig(makePlaces(env))
    const options = { timeout: timeout.value, cacheTtl: cacheTtl.value, maxRetries: maxRetries.value }
    expect(resolveOptions(options)).toMatchObject(options)
  }
})
