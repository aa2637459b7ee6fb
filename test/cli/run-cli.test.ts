import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCLI } from '../../src/cli/run-cli.js'
import { type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { cli, startCLI } from '../helpers/cli.js'
import { closedPort } from '../helpers/closed-port.js'

const TOKEN = 'sk-lm-AbCd1234:0123456789abcdefghij'

let mock: MockLMStudioServer
beforeEach(async () => {
  mock = await startMockLMStudio()
})
afterEach(() => mock.close())

/** An address at which nothing listens. */
const unusedAddress = async (): Promise<string> => `http://127.0.0.1:${await closedPort()}`

describe('the command line', () => {
  test.each([[['--help']], [['-h']], [['help']]])('prints its commands for %j', async (args) => {
    const { code, stdout } = await cli(args)

    expect(code).toBe(0)
    for (const name of ['doctor', 'models', 'chat', 'proxy', 'mock', 'verify']) expect(stdout).toContain(`  ${name} `)
  })

  test.each(['doctor', 'models', 'chat', 'proxy', 'mock', 'verify'])(
    'prints the options and exit codes of %s',
    async (name) => {
      const results = [await cli([name, '--help']), await cli([name, '-h']), await cli(['help', name])]

      expect(results.map(({ code }) => code)).toEqual([0, 0, 0])
      expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1)
      expect(results[0]!.stdout).toContain(`Usage: lmstudio-provider ${name} [options]`)
    },
  )

  test('prints the version of the package', async () => {
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test('prints the help to standard error and exits with 2 without a command', async () => {
    expect(await cli([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage:') })
  })

  test.each([
    [['docter'], 'Unknown command "docter". Did you mean doctor?'],
    [['xyzzy-plugh'], 'The commands are doctor, models, chat, proxy, mock, verify.'],
    [['--verison'], 'Unknown option "--verison".'],
    [['help', 'modles'], 'Did you mean models?'],
    [['models', '--jsn'], 'Unknown option --jsn. Did you mean --json?'],
    [['verify'], 'Expected <endpoint>.'],
    [['proxy'], 'Expected --origin'],
  ])('explains %j and exits with 2', async (args, message) => {
    const { code, stdout, stderr } = await cli(args)

    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help to see the options.')
  })
})

describe('--json', () => {
  test.each([
    [['models', '--jsn', '--json'], 'UsageError'],
    [['models', 'a', 'b', '--json'], 'UsageError'],
    [['doctor', '--origin', 'app', '--json'], 'UsageError'],
    [['chat', '--json'], 'UsageError'],
    [['verify', '--json'], 'UsageError'],
    [['docter', '--json'], 'UsageError'],
  ])('prints JSON also for the mistake in %j', async (args, name) => {
    const { code, stdout, stderr } = await cli(args)

    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { name } })
    expect(stderr).toContain('error:')
  })

  test('after -- is text', async () => {
    expect((await cli(['models', '--jsn', '--', '--json'])).stdout).toBe('')
  })

  test('prints JSON also for Ctrl+C', async () => {
    mock.inject('delay-headers')
    const running = startCLI(['chat', '--endpoint', mock.url, '--json', 'Hello'])
    await mock.whenHeld()
    running.interrupt()
    const { code, stdout } = await running.result

    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toEqual({ error: { name: 'Interrupted', message: 'Interrupted.' } })
  })

  test('escapes what could control a terminal', async () => {
    await mock.close()
    mock = await startMockLMStudio({ models: [{ id: 'evil\u009b2Jmodel\u202e', loaded: true }] })
    const { stdout } = await cli(['models', mock.url, '--json'])

    expect(stdout).toContain('"evil\\u009b2Jmodel\\u202e"')
    expect(stdout).not.toContain('\u009b')
  })
})

describe('Ctrl+C', () => {
  test.each([['mock'], ['proxy', '--origin', 'https://app.example']])(
    'stops %s as soon as it is announced',
    async (...args) => {
      let interrupt = (): void => undefined
      const stdout = {
        write: (text: string) => {
          if (text.includes('Ctrl+C')) interrupt()
        },
      }
      const code = await runCLI([...args, '--port', '0'], {
        stdin: new PassThrough(),
        stdout,
        stderr: stdout,
        env: {},
        cwd: tmpdir(),
        onInterrupt: (listener) => {
          interrupt = () => listener('SIGINT')
          return () => undefined
        },
      })

      expect(code).toBe(0)
    },
  )
})

describe('models', () => {
  test('prints a table', async () => {
    const { code, stdout } = await cli(['models', mock.url])

    expect(code).toBe(0)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'model                     type       state       context        size    can',
      'acme/tern-4b              vlm        loaded      8192 of 65536  3.1 GB  vision, tools, reasoning',
      'acme/heron-base           llm        not-loaded  up to 32768    2.1 GB  -',
    ])
  })

  test('prints a block for each model where the terminal is narrower than the table', async () => {
    const wide = await cli(['models', mock.url], { columns: 98 })
    expect(wide.stdout.split('\n')[0]).toBe(
      'model                     type       state       context        size    can',
    )
    const { stdout } = await cli(['models', mock.url], { columns: 40 })
    expect(stdout.split('\n').slice(0, 10)).toEqual([
      'acme/tern-4b',
      '  type     vlm',
      '  state    loaded',
      '  context  8192 of 65536',
      '  size     3.1 GB',
      '  can      vision, tools, reasoning',
      'acme/heron-base',
      '  type     llm',
      '  state    not-loaded',
      '  context  up to 32768',
    ])
  })

  test.each(['models', 'doctor'])('%s takes --endpoint, as chat does', async (name) => {
    expect((await cli([name, '--endpoint', mock.url])).code).toBe(0)
    expect(mock.calls[0]!.path).toMatch(/^\/(lmstudio-greeting|api\/v1\/models)$/)
  })

  test('prints JSON without the bodies of the server', async () => {
    const { code, stdout } = await cli(['models', mock.url, '--json'])
    const models = JSON.parse(stdout) as { id: string }[]

    expect(code).toBe(0)
    expect(models.map(({ id }) => id)).toContain('acme/heron-base')
    expect(stdout).not.toContain('"raw"')
  })

  test('says that a server has no models', async () => {
    mock.inject({ raw: { headers: { 'content-type': 'application/json' }, chunks: ['{"models":[]}'] } })
    expect((await cli(['models', mock.url])).stdout).toBe('The server has no models.\n')
  })

  test('shows names of the server as one printable line', async () => {
    await mock.close()
    mock = await startMockLMStudio({ models: [{ id: 'evil\u001b[2J\nmodel\u202e', loaded: true }] })
    const { stdout } = await cli(['models', mock.url])

    expect(stdout).toContain('evil [2J model')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).not.toContain('\u202e')
  })

  test('takes the endpoint from the argument, else the environment, else a config file', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'lmstudio-test-cli-'))
    try {
      writeFileSync(join(cwd, 'lmstudio.config.json'), JSON.stringify({ endpoint: mock.url }))
      const unused = await unusedAddress()

      expect((await cli(['models'], { cwd })).code).toBe(0)
      expect((await cli(['models'], { cwd, env: { LMSTUDIO_ENDPOINT: unused } })).code).toBe(1)
      expect((await cli(['models', mock.url], { cwd, env: { LMSTUDIO_ENDPOINT: unused } })).code).toBe(0)
    } finally {
      rmSync(cwd, { recursive: true })
    }
  })

  test('sends the token of the option or of the environment', async () => {
    mock.configure({ auth: TOKEN })

    expect((await cli(['models', mock.url])).code).toBe(1)
    expect((await cli(['models', mock.url, '--api-token', TOKEN])).code).toBe(0)
    expect((await cli(['models', mock.url], { env: { LMSTUDIO_API_TOKEN: TOKEN } })).code).toBe(0)
  })

  test('prints the cause and the steps of an error', async () => {
    const unused = await unusedAddress()
    const { code, stdout, stderr } = await cli(['models', unused])

    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: .+\n {2}→ .+/)
    expect(stderr).toContain(unused)
  })

  test('prints an error as JSON too with --json', async () => {
    const { code, stdout } = await cli(['models', await unusedAddress(), '--json'])

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'ServiceNotFoundError', code: 'not-running' } })
  })

  test('refuses an endpoint outside private networks without --allow-remote', async () => {
    const { code, stderr } = await cli(['models', 'http://models.example.com'])

    expect(code).toBe(1)
    expect(stderr).toContain('models.example.com')
    // The steps are those of the error alone: no request was sent, so the server log shows nothing.
    expect(stderr.match(/→/g)).toHaveLength(1)
    expect(stderr).toContain('Pass `--allow-remote`')
  })

  test('names the option of the command line for a missing token', async () => {
    mock.configure({ auth: true })

    expect((await cli(['models', mock.url])).stderr).toContain('as `--api-token`')
    expect((await cli(['doctor', mock.url])).stdout).toContain('as `--api-token`')
  })

  test('exits with 130 at Ctrl+C', async () => {
    mock.inject('delay-headers')
    const running = startCLI(['models', mock.url])
    await mock.whenHeld()
    running.interrupt()

    expect(await running.result).toMatchObject({ code: 130, stdout: '', stderr: '' })
  })

  test('gives up after --timeout', async () => {
    mock.inject('delay-headers', { times: 10 })
    const { code, stdout } = await cli(['models', mock.url, '--timeout', '1', '--json'])

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'timeout', timeoutMs: 1000 } })
  })

  test('warns about a variable that looks misspelled', async () => {
    const { stderr } = await cli(['models', mock.url], { env: { LMSTUDIO_ENDPIONT: 'x' } })
    expect(stderr).toContain('warning: LMSTUDIO_ENDPIONT in the environment is not used')
  })
})

describe('doctor', () => {
  describe('with an origin', () => {
    test('says that a browser lets the page in', async () => {
      const { code, stdout } = await cli(['doctor', mock.url, '--origin', 'https://app.example'])

      expect(code).toBe(0)
      expect(stdout).toContain('✔ A browser lets pages of https://app.example use it')
    })

    test('names what is missing, and the proxy as a way out', async () => {
      mock.configure({ cors: false })
      const { code, stdout } = await cli(['doctor', mock.url, '--origin', 'https://app.example'])

      expect(code).toBe(1)
      expect(stdout).toContain('✖ A browser lets pages of https://app.example use it')
      expect(stdout).toContain('[cors-disabled]')
      expect(stdout).toContain('lmstudio-provider proxy --origin https://app.example')
    })

    test('does not report checks as passed that a browser keeps from a page', async () => {
      mock.configure({ cors: false, auth: true })
      const { stdout } = await cli(['doctor', mock.url, '--origin', 'https://app.example'])

      expect(stdout.split('\n').slice(1, 7)).toEqual([
        '  ✔ A server responds',
        '  ✖ A browser lets pages of https://app.example use it',
        '  – It is a model server',
        '  – It accepts the token, or needs none',
        '  – It has models',
        '  – Its version has all routes',
      ])
    })

    test.each([
      [[], 'responds only to web pages'],
      [['--origin', 'https://other.example'], 'Start the proxy with `--origin https://other.example`'],
    ])('recognizes the proxy of this package, with the arguments %j', async (origin, step) => {
      const proxy = startCLI(['proxy', '--origin', 'https://app.example', '--endpoint', mock.url, '--port', '0'])
      await proxy.printed('http://')
      const [address] = /http:\/\/127\.0\.0\.1:\d+(?!.*\d)/.exec(proxy.stdout().replace(mock.url, ''))!
      const { code, stdout } = await cli(['doctor', address, ...origin])
      proxy.interrupt()
      await proxy.result

      expect(code).toBe(1)
      expect(stdout).toContain(step)
      expect(stdout.match(/✔/g)).toHaveLength(1)
      expect(stdout).not.toContain('Enable CORS')
    })

    test.each([['models'], ['chat', 'Hello', '--endpoint']])('%s names the proxy that refuses it', async (...args) => {
      const proxy = startCLI(['proxy', '--origin', 'https://app.example', '--endpoint', mock.url, '--port', '0'])
      await proxy.printed('http://')
      const [address] = /http:\/\/127\.0\.0\.1:\d+(?!.*\d)/.exec(proxy.stdout().replace(mock.url, ''))!
      const { code, stderr } = await cli([...args, address])
      proxy.interrupt()
      await proxy.result

      expect(code).toBe(1)
      expect(stderr).toContain('→ This is `lmstudio-provider proxy`, which responds only to web pages')
      expect(stderr).not.toContain('OLLAMA_ORIGINS')
    })

    test('sees through the proxy of this package, which lets in only pages that it knows', async () => {
      const origin = 'https://app.example'
      const proxy = startCLI(['proxy', '--origin', origin, '--endpoint', mock.url, '--port', '0'])
      await proxy.printed('http://')
      const [address] = /http:\/\/127\.0\.0\.1:\d+(?!.*\d)/.exec(proxy.stdout().replace(mock.url, ''))!
      const { code, stdout } = await cli(['doctor', address, '--origin', origin])
      proxy.interrupt()
      await proxy.result

      expect(code).toBe(0)
      expect(stdout).toContain(`✔ A browser lets pages of ${origin} use it`)
    })

    test.each([
      ['app', '--origin is not an origin: "app". Write https://app.'],
      ['https://app.example/path', '--origin has a path'],
      ['https://me:hunter2@app.example', '--origin contains a user name or password'],
      ['file:///home', '--origin'],
    ])('rejects the origin %s as a mistake in the command line', async (origin, message) => {
      const { code, stdout, stderr } = await cli(['doctor', mock.url, '--origin', origin])

      expect(code).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain(message)
      expect(stderr).toContain('lmstudio-provider doctor --help')
      expect(stderr).not.toContain('hunter2')
    })
  })

  test('prints a checklist and exits with 0 for a server that can be used', async () => {
    const { code, stdout } = await cli(['doctor', mock.url])

    expect(code).toBe(0)
    expect(stdout.match(/✔/g)).toHaveLength(5)
    expect(stdout).toContain('is ready')
  })

  test.each([
    ['not-running', 0, unusedAddress],
    ['auth-required', 2, async () => (mock.configure({ auth: true }), mock.url)],
    ['old-version', 4, async () => (mock.configure({ version: '0.3' }), mock.url)],
  ])('reports %s after %i passed checks and exits with 1', async (code, passed, prepare) => {
    const result = await cli(['doctor', await prepare()])

    expect(result.code).toBe(1)
    expect(result.stdout.match(/✔/g) ?? []).toHaveLength(passed)
    expect(result.stdout.match(/✖/g)).toHaveLength(1)
    expect(result.stdout).toContain(`[${code}]`)
    expect(result.stdout).toContain('→')
  })

  test('reports a server that is off once', async () => {
    const { stdout } = await cli(['doctor', await unusedAddress()])

    expect(stdout.match(/Nothing is listening/g)).toHaveLength(1)
  })

  test('names where the endpoint comes from', async () => {
    expect((await cli(['doctor', mock.url])).stdout).toContain('(argument)')
    expect((await cli(['doctor'], { env: { LMSTUDIO_ENDPOINT: mock.url } })).stdout).toContain(
      '(LMSTUDIO_ENDPOINT in the environment)',
    )
  })

  test('prints the diagnosis as JSON', async () => {
    const { code, stdout } = await cli(['doctor', mock.url, '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'ok',
      steps: [],
      endpoint: { value: mock.url, source: 'argument' },
    })
  })

  test('prints an invalid endpoint as an error', async () => {
    const result = await cli(['doctor', 'ftp://127.0.0.1', '--json'])

    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('error:') })
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { name: 'ConfigurationError' } })
  })
})

describe('colors', () => {
  const escape = '\u001b['

  test.each<[string, boolean, Record<string, string>, boolean]>([
    ['on a terminal', true, {}, true],
    ['not in a pipe', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['in a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['with FORCE_COLOR despite NO_COLOR', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', async (_, isTTY, env, isColored) => {
    const { stdout, stderr } = await cli(['doctor', mock.url], { isTTY, env })
    const failed = await cli(['docter'], { isTTY, env })

    expect(stdout.includes(escape)).toBe(isColored)
    expect(failed.stderr.includes(escape)).toBe(isColored)
    expect(stderr).toBe('')
  })
})
