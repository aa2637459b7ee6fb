import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { type CLIOptions, cli, startCLI } from '../helpers/cli.js'

const CHAT = '/v1/chat/completions'

let mock: MockLMStudioServer
beforeEach(async () => {
  mock = await startMockLMStudio({ reply: ({ messages }) => `Reply ${messages.length}: ${messages.at(-1)!.text}` })
})
afterEach(() => mock.close())

const chat = (args: readonly string[], options?: CLIOptions) => cli(['chat', '--endpoint', mock.url, ...args], options)

/** The messages of every chat completion so far, as `role: content`. */
const conversations = (): string[][] =>
  mock.calls
    .filter(({ path }) => path === CHAT)
    .map(({ body }) =>
      (body as { messages: { role: string; content: string }[] }).messages.map(
        ({ role, content }) => `${role}: ${content}`,
      ),
    )

describe('one prompt', () => {
  test('streams the response to standard output', async () => {
    expect(await chat(['Why is the', 'sea salty?'])).toEqual({
      code: 0,
      stdout: 'Reply 1: Why is the sea salty?\n',
      stderr: '',
    })
    expect(mock.calls.find(({ path }) => path === CHAT)?.body).toMatchObject({ model: 'acme/tern-4b', stream: true })
  })

  test('sends the system message and the model', async () => {
    await chat(['--system', 'Be brief.', '--model', 'acme/heron-base', 'Hello'])

    expect(conversations()).toEqual([['system: Be brief.', 'user: Hello']])
    expect(mock.calls.map(({ path }) => path)).toEqual([CHAT])
    expect(mock.calls[0]!.body).toMatchObject({ model: 'acme/heron-base' })
  })

  test('uses the model of the environment, without reading the list', async () => {
    await chat(['Hello'], { env: { LMSTUDIO_MODEL: 'acme/heron-base' } })

    expect(mock.calls.map(({ path }) => path)).toEqual([CHAT])
    expect(mock.calls[0]!.body).toMatchObject({ model: 'acme/heron-base' })
  })

  test('reads the prompt from a pipe', async () => {
    expect((await chat([], { stdin: 'How many\ngulls?\n' })).stdout).toBe('Reply 1: How many\ngulls?\n')
  })

  test('appends the text from a pipe to a prompt whose last argument is -', async () => {
    await chat(['Summarize:', '-'], { stdin: 'The tide turned.\n' })
    expect(conversations()).toEqual([['user: Summarize:\n\nThe tide turned.']])
  })

  test('says that it reads a terminal if the last argument is -', async () => {
    const { code, stderr } = await chat(['Summarize:', '-'], { stdin: 'The tide turned.\n', isTTY: true })
    expect(code).toBe(0)
    expect(stderr).toContain('Reading the prompt until Ctrl+D.')
    expect(conversations()).toEqual([['user: Summarize:\n\nThe tide turned.']])
  })

  test('leaves a pipe alone when there is a prompt', async () => {
    expect((await chat(['Hello'], { keepOpen: true })).code).toBe(0)
  })

  test('rejects an empty pipe', async () => {
    expect(await chat([], { stdin: ' \n' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is empty'),
    })
    expect(mock.calls).toEqual([])
  })

  test.each([[''], [' ', '  ']])('rejects a prompt of white space, such as an unset variable: %j', async (...args) => {
    expect(await chat(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('is empty') })
    expect(mock.calls).toEqual([])
  })

  test('rejects a pipe that is not text', async () => {
    expect(await chat(['Describe:', '-'], { stdin: 'PNG\0\0' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not text'),
    })
    expect(mock.calls).toEqual([])
  })

  test('rejects a pipe that does not end, and stops reading it', async () => {
    let chunks = 0
    const megabyte = 'y'.repeat(1_000_000)
    const stdin = Readable.from(
      (function* () {
        for (; ; chunks++) yield megabyte
      })(),
    )
    expect(await chat([], { stdin })).toMatchObject({ code: 2, stderr: expect.stringContaining('more than 32 MB') })
    expect(stdin.destroyed).toBe(true)
    expect(chunks).toBeLessThan(64)
    expect(mock.calls).toEqual([])
  })

  test('prints the response as one line of JSON', async () => {
    const { code, stdout } = await chat(['Hello', '--json'])

    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({ text: 'Reply 1: Hello', model: 'acme/tern-4b', finishReason: 'stop' })
    expect(stdout).not.toContain('"raw"')
  })

  test('prints what arrived, then the cause and the steps of an error', async () => {
    mock.inject({ name: 'cut', afterEvents: 3 })
    const { code, stdout, stderr } = await chat(['Hello'])

    expect(code).toBe(1)
    expect(stdout).toMatch(/^Reply.*\n$/)
    expect(stderr).toMatch(/^error: .+\n {2}→ /)
  })

  test('prints an error as JSON too', async () => {
    mock.inject('status-429', { times: 10 })
    const { code, stdout } = await chat(['Hello', '--json', '--model', 'acme/tern-4b'])

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'rate-limit' } })
  })

  test('explains that there is no model', async () => {
    mock.configure({ models: [{ id: 'text-embedding-plover-v2', type: 'embedding' }] })
    const { code, stderr } = await chat(['Hello'])
    expect(code).toBe(1)
    expect(stderr).toContain('no model that can chat')
    expect(stderr).toContain('→ Download a model on the server')
  })

  test('chats with the model that can, where the server lists only names', async () => {
    mock.configure({
      server: 'openai',
      models: [{ id: 'nomic-embed-text', type: 'embedding' }, { id: 'whisper-small' }, { id: 'tern:4b' }],
    })
    await chat(['Hello'])
    expect(mock.calls.find(({ path }) => path === CHAT)?.body).toMatchObject({ model: 'tern:4b' })
  })

  test('stops at Ctrl+C with 130, and the server stops', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = startCLI(['chat', '--endpoint', mock.url, 'Hello'])
    await mock.whenHeld()
    running.interrupt()

    expect(await running.result).toMatchObject({ code: 130, stderr: '' })
    expect(await (await mock.whenCalled(CHAT)).finished).toBe('aborted')
  })

  test('stops at Ctrl+C while the models are listed', async () => {
    mock.inject('delay-headers')
    const running = startCLI(['chat', '--endpoint', mock.url, 'Hello'])
    await mock.whenHeld()
    running.interrupt()

    expect((await running.result).code).toBe(130)
  })
})

describe('text of a model', () => {
  const text = 'red \u001b[31mtext\u0007\u202e\n\tend'

  beforeEach(() => mock.configure({ reply: () => text }))

  test('cannot control a terminal', async () => {
    const { stdout } = await chat(['Hello'], { isTTY: true, env: { NO_COLOR: '1' } })
    expect(stdout).toBe('red [31mtext\n\tend\n')
  })

  test('keeps the joiners of emoji and of scripts on a terminal', async () => {
    mock.configure({ reply: () => '👩‍🚀 می‌خواهم' })
    expect((await chat(['Hello'], { isTTY: true, env: { NO_COLOR: '1' } })).stdout).toContain('👩‍🚀 می‌خواهم')
  })

  test('is escaped in JSON, which is then the same value', async () => {
    mock.configure({ reply: () => 'a\u009b31m\u007f\u202eb' })
    const { stdout } = await chat(['Hello', '--json'])

    expect(stdout).toContain('a\\u009b31m\\u007f\\u202eb')
    expect(JSON.parse(stdout)).toMatchObject({ text: 'a\u009b31m\u007f\u202eb' })
  })

  test('stays as it is in a pipe', async () => {
    expect((await chat(['Hello'])).stdout).toBe(`${text}\n`)
  })

  test('is preceded by the reasoning on a terminal only', async () => {
    mock.configure({ reply: () => ({ reasoning: 'Think.', text: 'Hi.' }) })

    expect((await chat(['Hello'], { isTTY: true, env: { NO_COLOR: '1' } })).stdout).toBe('Think.\n\nHi.\n')
    expect((await chat(['Hello'])).stdout).toBe('Hi.\n')
  })
})

describe('a conversation in the terminal', () => {
  const start = (...args: string[]) =>
    startCLI(['chat', '--endpoint', mock.url, ...args], { isTTY: true, keepOpen: true, env: { NO_COLOR: '1' } })

  test('sends every turn with the ones before', async () => {
    const running = start('--system', 'Be brief.')
    running.type('One\n')
    await running.printed('Reply 2: One')
    running.type('\n')
    running.type('Two\n')
    await running.printed('Reply 4: Two')
    running.endInput()

    expect((await running.result).code).toBe(0)
    expect(conversations()).toEqual([
      ['system: Be brief.', 'user: One'],
      ['system: Be brief.', 'user: One', 'assistant: Reply 2: One', 'user: Two'],
    ])
  })

  test('prints a warning below the response, and once in a conversation', async () => {
    const running = start('--model', 'acme/nobody')
    running.type('One\n')
    await running.reported('warning:')
    running.type('Two\n')
    await running.printed('Reply 3: Two')
    running.endInput()

    expect((await running.result).code).toBe(0)
    expect(running.screen()).toMatch(/Reply 1: One\nwarning: /)
    expect(running.screen().match(/warning:/g)).toHaveLength(1)
  })

  test('writes only the responses to a file', async () => {
    const running = startCLI(['chat', '--endpoint', mock.url], {
      isTTY: true,
      isPiped: true,
      keepOpen: true,
      env: { NO_COLOR: '1' },
    })
    await running.reported('> ')
    running.type('One\n')
    await running.printed('Reply 1: One')
    running.endInput()
    const { code, stdout, stderr } = await running.result

    expect(code).toBe(0)
    expect(stdout).toBe('Reply 1: One\n')
    expect(stderr).toContain('Chatting with acme/tern-4b.')
  })

  test('writes only lines of JSON to standard output with --json, also for an error', async () => {
    mock.inject('status-429', { path: CHAT, times: 10 })
    const running = start('--json')
    running.type('One\n')
    await running.printed('"rate-limit"')
    mock.reset()
    running.type('Two\n')
    await running.printed('Two')
    running.endInput()
    const { code, stdout } = await running.result

    expect(code).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line) as object)[0]),
    ).toEqual(['error', 'id'])
  })

  test('continues after Ctrl+C stops a response, without that turn', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = start()
    running.type('One\n')
    await mock.whenHeld()
    running.interrupt()
    await running.printed('(stopped)')
    running.type('Two\n')
    await running.printed('Reply 1: Two')
    running.endInput()

    expect((await running.result).code).toBe(0)
  })

  test('quits at a second Ctrl+C with 130', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = start()
    running.type('One\n')
    await mock.whenHeld()
    running.interrupt()
    running.interrupt()

    expect((await running.result).code).toBe(130)
  })

  test('quits at Ctrl+C on an empty prompt with 130', async () => {
    const running = start()
    await running.printed('> ')
    running.interrupt()

    expect((await running.result).code).toBe(130)
  })

  test('quits at SIGTERM during a response', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = start()
    running.type('One\n')
    await mock.whenHeld()
    running.interrupt('SIGTERM')

    expect((await running.result).code).toBe(130)
  })

  test('continues after an error', async () => {
    mock.inject('status-500', { path: CHAT })
    const running = start()
    running.type('One\n')
    await mock.whenCalled(CHAT)
    running.type('Two\n')
    await running.printed('Reply 1: Two')
    running.endInput()
    const { code, stderr } = await running.result

    expect(code).toBe(0)
    expect(stderr).toContain('error:')
  })
})
