// @ts-check
import { spawn } from 'node:child_process'
import process, { env, kill, platform } from 'node:process'
import { freePort } from '../lib/free-port.mjs'

/** @typedef {{ url: string, stop: () => Promise<void> }} App */

/**
 * Starts a server in a folder and resolves once it responds on its port.
 * @param {string} cwd
 * @param {(port: number) => readonly string[]} commandFor
 * @param {Record<string, string>} [environment]
 * @returns {Promise<App>}
 */
export async function startApp(cwd, commandFor, environment = {}) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const [command, ...args] = commandFor(port)
  const child = spawn(/** @type {string} */ (command), args, {
    cwd,
    // A group of its own, because npm does not end the processes that it started.
    detached: platform !== 'win32',
    env: { ...env, ...environment, PORT: String(port), NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let hasEnded = false
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', resolve)
  }).then(() => (hasEnded = true))

  const end = () => {
    if (!hasEnded && child.pid !== undefined) kill(platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
  }
  process.once('exit', end)
  const stop = async () => {
    end()
    await ended
    process.off('exit', end)
  }
  const deadline = Date.now() + 180_000
  for (;;) {
    try {
      await fetch(url)
      return { url, stop }
    } catch (error) {
      if (hasEnded || Date.now() > deadline) {
        await stop()
        throw new Error(`${command} ${args.join(' ')} does not respond:\n${output}`, { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
