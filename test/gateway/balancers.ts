import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { closedPort } from '../helpers/closed-port.js'
import { configurationOf, isInstalled } from './configuration.js'
import { hasNginx, runNginx } from './nginx.js'

/** A balancer in front of three machines, with the configuration of docs/scaling.md. */
export interface Balancer extends AsyncDisposable {
  readonly url: string
  /** Sends no further requests to a machine. */
  drain(index: number): Promise<void>
}

export interface BalancerProgram {
  readonly name: string
  readonly isInstalled: boolean
  start(ports: readonly number[]): Promise<Balancer>
}

const haproxy = process.env['HAPROXY_PATH'] || 'haproxy'
const MACHINES = ['192.168.1.21:1234', '192.168.1.22:1234', '192.168.1.23:1234']
const SERVER_NAMES = ['one', 'two', 'three']

const toPorts = (ports: readonly number[]): Record<string, string> =>
  Object.fromEntries(MACHINES.map((machine, index) => [machine, `127.0.0.1:${ports[index]}`]))

export const BALANCERS: readonly BalancerProgram[] = [
  {
    name: 'nginx',
    isInstalled: hasNginx,
    async start(ports) {
      const port = await closedPort()
      const folder = mkdtempSync(join(tmpdir(), 'lmstudio-nginx-'))
      const places = { ...toPorts(ports), 'listen 8080': `listen 127.0.0.1:${port}` }
      const site = configurationOf('scaling.md', 'balancer.conf', places)
      const { stop, reload } = await runNginx(folder, site)
      return {
        url: `http://127.0.0.1:${port}`,
        async drain(index) {
          const [machine, listen] = [`server 127.0.0.1:${ports[index]}`, `listen 127.0.0.1:${port};`]
          const version = `${listen} location = /drained { return 200 "yes"; }`
          await reload(site.replace(machine, `${machine} down`).replace(listen, version))
          // The old worker accepts connections until it has read the signal.
          for (let answers = 0; answers < 10;) {
            const response = await fetch(`http://127.0.0.1:${port}/drained`, { headers: { connection: 'close' } })
            answers = (await response.text()) === 'yes' ? answers + 1 : 0
          }
        },
        async [Symbol.asyncDispose]() {
          await stop()
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
  },
  {
    name: 'HAProxy',
    isInstalled: isInstalled(haproxy),
    async start(ports) {
      const port = await closedPort()
      const folder = mkdtempSync(join(tmpdir(), 'lmstudio-haproxy-'))
      const socket = join(folder, 'admin.sock')
      const places = { ...toPorts(ports), 'bind :8080': `bind 127.0.0.1:${port}`, '/run/haproxy/admin.sock': socket }
      const file = join(folder, 'haproxy.cfg')
      writeFileSync(file, configurationOf('scaling.md', 'haproxy.cfg', places))
      await promisify(execFile)(haproxy, ['-c', '-f', file])
      const child = spawn(haproxy, ['-db', '-f', file], { stdio: 'ignore' })
      const exit = once(child, 'exit')
      await isListening(port)
      return {
        url: `http://127.0.0.1:${port}`,
        drain: (index) => command(socket, `set server machines/${SERVER_NAMES[index]} state drain\n`),
        async [Symbol.asyncDispose]() {
          child.kill('SIGTERM')
          await exit
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
  },
]

/** Sends a command to the admin socket of HAProxy; its answer is empty, or says what is wrong. */
async function command(path: string, text: string): Promise<void> {
  const socket = connect(path)
  socket.end(text)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  if (answer.trim() !== '') throw new Error(answer)
}

async function isListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (opened) return
    await sleep(20)
  }
  throw new Error(`Nothing listens on port ${port}.`)
}
