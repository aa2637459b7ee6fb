import { execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** A child process that handles one request at a time. */
class Child {
  #process
  #pending
  #output = ''

  constructor(file, args, execArgv, env) {
    this.#process = fork(path(file), args, {
      execArgv,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const record = (text) => (this.#output = (this.#output + text).slice(-2000))
    this.#process.stdout.on('data', record)
    this.#process.stderr.on('data', record)
    this.#process.on('message', (message) => this.#resolve(message))
    this.#process.on('exit', (code) =>
      this.#resolve({ error: `the process exited with ${code}: ${this.#errorLine()}` }),
    )
  }

  /** Resolves to the child's response, or to `{ error }` when the task fails or takes longer than `limitMs`. */
  request(message, limitMs = 120_000) {
    if (this.#process.exitCode !== null) {
      return Promise.resolve({ error: `the process has exited: ${this.#errorLine()}` })
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending = undefined
        this.close()
        resolve({ error: `no response within ${limitMs / 1000} s` })
      }, limitMs)
      this.#pending = (response) => {
        clearTimeout(timer)
        resolve(response)
      }
      this.#process.send(message)
    })
  }

  close() {
    this.#process.kill('SIGKILL')
  }

  /** The first line of the output that names an error, or the last line. */
  #errorLine() {
    const lines = this.#output.trim().split('\n')
    return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1)).trim()
  }

  #resolve(response) {
    const pending = this.#pending
    this.#pending = undefined
    pending?.(response)
  }
}

/** Starts the server in its own process. */
export async function startServer() {
  const child = new Child('server.js', [], [], {})
  const { port, error } = await child.request({ type: 'start' })
  if (error !== undefined) throw new Error(`The server did not start: ${error}`)
  return { url: `http://127.0.0.1:${port}`, close: () => child.close() }
}

/**
 * Starts a subject in its own process.
 *
 * @param {string} subject file in `subjects/`, optionally followed by a colon and a variant of it
 */
export function startSubject(subject, library, execArgv = []) {
  return new Child('client.js', [subject], execArgv, { BENCH_LIBRARY: library })
}

/** Runs a Node script to its end and parses the JSON that it prints. */
export async function runNode(file, args, env = {}) {
  const { stdout } = await promisify(execFile)(process.execPath, [path(file), ...args], {
    env: { ...process.env, ...env },
    timeout: 60_000,
  })
  return JSON.parse(stdout)
}
