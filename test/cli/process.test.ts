import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { type BuiltCLI, buildCLI } from '../helpers/build-cli.js'

// The command line as a program of its own, because signals, pipes and terminals belong to a process.

let built: BuiltCLI
beforeAll(async () => {
  built = await buildCLI()
})
afterAll(() => built.remove())

let mock: MockLMStudioServer
const children: ChildProcess[] = []
beforeEach(async () => {
  mock = await startMockLMStudio({ reply: ({ messages }) => `Reply ${messages.length}.` })
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await mock.close()
})

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly printed: (text: string) => Promise<void>
  /** The exit code, or the name of the signal that ended the process. */
  readonly ended: Promise<number | string>
}

function start(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, NO_COLOR: '1' } })
  children.push(child)
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const check of waiting) check()
    })
  }
  return {
    child,
    output: () => output,
    printed: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!output.includes(text)) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
  }
}

const run = (...args: string[]): Running => start(process.execPath, [built.path, ...args])

describe('the program', () => {
  test('prints its version', async () => {
    const running = run('--version')

    expect(await running.ended).toBe(0)
    expect(running.output()).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('exits with the code of the command', async () => {
    expect(await run('modles').ended).toBe(2)
  })

  test('reads a prompt from a pipe and writes the response to a pipe', async () => {
    const running = run('chat', '--endpoint', mock.url)
    running.child.stdin!.end('Hello')

    expect(await running.ended).toBe(0)
    expect(running.output()).toBe('Reply 1.\n')
  })

  test('needs no terminal and no input', async () => {
    const { status, stdout } = spawnSync(process.execPath, [built.path, 'doctor', '--json', 'http://127.0.0.1:9'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    })

    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ code: expect.any(String) })
  })

  test('ends quietly when the reader of its output goes away', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = run('chat', '--endpoint', mock.url, 'Hello')
    await mock.whenHeld()
    running.child.stdout!.destroy()
    mock.release()

    expect(await running.ended).toBe(141)
    expect(running.output()).not.toContain('Error')
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('stops a response at %s with 130, and the server stops', async (signal) => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const running = run('chat', '--endpoint', mock.url, 'Hello')
    await mock.whenHeld()
    running.child.kill(signal)

    expect(await running.ended).toBe(130)
    expect(await (await mock.whenCalled('/v1/chat/completions')).finished).toBe('aborted')
  })

  test('serves a mock until Ctrl+C', async () => {
    const running = run('mock', '--port', '0')
    await running.printed('Stop with Ctrl+C.')
    const [url] = /http:\/\/\S+/.exec(running.output())!
    const response = await fetch(`${url}/lmstudio-greeting`)
    running.child.kill('SIGINT')

    expect(await response.json()).toEqual({ lmstudio: true })
    expect(await running.ended).toBe(0)
  })
})

/** The command `script` of util-linux runs a program in a terminal. That of macOS has other options. */
const script = spawnSync('script', ['--version'], { encoding: 'utf8' })
const hasScript = script.status === 0 && script.stdout.includes('util-linux')

describe.skipIf(!hasScript)(
  hasScript ? 'in a terminal' : 'in a terminal (needs the command script of util-linux)',
  () => {
    const runInTerminal = (...args: string[]): Running => {
      const command = [process.execPath, built.path, ...args].map((arg) => `'${arg}'`).join(' ')
      return start('script', ['--quiet', '--return', '--command', command, '/dev/null'])
    }
    const CTRL_C = '\u0003'
    const CTRL_D = '\u0004'

    test('holds a conversation until Ctrl+D', async () => {
      const running = runInTerminal('chat', '--endpoint', mock.url)
      await running.printed('> ')
      running.child.stdin!.write('One\r')
      await running.printed('Reply 1.')
      running.child.stdin!.write('Two\r')
      await running.printed('Reply 3.')
      running.child.stdin!.write(CTRL_D)

      expect(await running.ended).toBe(0)
    })

    test('stops a response at Ctrl+C and quits at a second one', async () => {
      mock.inject({ name: 'stall', afterEvents: 2 })
      const running = runInTerminal('chat', '--endpoint', mock.url)
      await running.printed('> ')
      running.child.stdin!.write('One\r')
      await mock.whenHeld()
      running.child.stdin!.write(CTRL_C)
      await running.printed('(stopped)')
      running.child.stdin!.write(CTRL_C)

      expect(await running.ended).toBe(130)
      expect(await (await mock.whenCalled('/v1/chat/completions')).finished).toBe('aborted')
    })

    test('stops one response at Ctrl+C', async () => {
      mock.inject({ name: 'stall', afterEvents: 2 })
      const running = runInTerminal('chat', '--endpoint', mock.url, 'Hello')
      await mock.whenHeld()
      running.child.stdin!.write(CTRL_C)

      expect(await running.ended).toBe(130)
    })

    test('interrupts verify at Ctrl+C, which still says what was tried', async () => {
      mock.inject('delay-headers', { path: '/v1/chat/completions' })
      const out = `${built.path}-report`
      const running = runInTerminal('verify', mock.url, '--out', out)
      await mock.whenHeld()
      running.child.stdin!.write(CTRL_C)

      expect(await running.ended).toBe(130)
      expect(running.output()).toContain('the run was interrupted')
    })
  },
)
