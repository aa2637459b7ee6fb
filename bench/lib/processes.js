import { execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** A child that answers one message at a time. */
class Child {
  #process
  #pending
  #said = ''

  constructor(file, args, execArgv, env) {
    this.#process = fork(path(file), args, {
      execArgv,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const listen = (text) => (this.#said = (this.#said + text).slice(-2000))
    this.#process.stdout.on('data', listen)
    this.#process.stderr.on('data', listen)
    this.#process.on('message', (message) => this.#settle(message))
    this.#process.on('exit', (code) => this.#settle({ error: `the process ended with ${code}: ${this.#lastWords()}` }))
  }

  /** The child's answer; one that fails, or takes too long, answers `{ error }`. */
  ask(message, limitMs = 120_000) {
    if (this.#process.exitCode !== null) return Promise.resolve({ error: `the process is gone: ${this.#lastWords()}` })
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending = undefined
        this.close()
        resolve({ error: `no answer within ${limitMs / 1000} s` })
      }, limitMs)
      this.#pending = (answer) => {
        clearTimeout(timer)
        resolve(answer)
      }
      this.#process.send(message)
    })
  }

  close() {
    this.#process.kill('SIGKILL')
  }

  /** The line that names an error, else the last one. */
  #lastWords() {
    const lines = this.#said.trim().split('\n')
    return (lines.find((line) => /error|left/i.test(line)) ?? lines.at(-1)).trim()
  }

  #settle(answer) {
    const pending = this.#pending
    this.#pending = undefined
    pending?.(answer)
  }
}

/** The server, alone in its process. */
export async function startServer() {
  const child = new Child('server.js', [], [], {})
  const { port, error } = await child.ask({ type: 'start' })
  if (error !== undefined) throw new Error(`The server did not start: ${error}`)
  return { url: `http://127.0.0.1:${port}`, close: () => child.close() }
}

/**
 * A subject, alone in its process.
 *
 * @param {string} subject file below `subjects/`, and after a colon which of its ways to read a stream
 */
export function startSubject(subject, library, execArgv = []) {
  return new Child('client.js', [subject], execArgv, { BENCH_LIBRARY: library })
}

/** Runs a Node script to its end and parses the JSON it prints. */
export async function runNode(file, args, env = {}) {
  const { stdout } = await promisify(execFile)(process.execPath, [path(file), ...args], {
    env: { ...process.env, ...env },
    timeout: 60_000,
  })
  return JSON.parse(stdout)
}
