import { mkdtempSync, rmSync } from 'node:fs'
import { type NetConnectOpts, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect } from 'vitest'

// Every test runs without the environment of the person who runs it: no variables of ours, an empty home folder, and no
// LM Studio that may be running on port 1234.

// Except for test/integration/real-server.test.ts, which a person starts on purpose.
const isOptIn = (name: string): boolean => name.startsWith('LMSTUDIO_VERIFY_')
for (const name of Object.keys(process.env)) if (name.startsWith('LM') && !isOptIn(name)) delete process.env[name]

const home = mkdtempSync(join(tmpdir(), 'lmstudio-test-home-'))
for (const name of ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME']) process.env[name] = home
afterAll(() => rmSync(home, { recursive: true, force: true }))

const isRealServerTest = (): boolean => expect.getState().testPath?.endsWith('real-server.test.ts') === true

const MESSAGE =
  'A test must not use port 1234: pass a fetch of its own, or the endpoint of a server that the test starts.'
let isPortUsed = false

const { connect } = Socket.prototype
type Connect = (this: Socket, ...args: unknown[]) => Socket

// Every client ends here: fetch, node:http and node:tls. `net.connect` passes its arguments as an array.
Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const target: unknown = Array.isArray(args[0]) ? args[0][0] : args[0]
  const port =
    typeof target === 'object' && target !== null
      ? (target as Partial<NetConnectOpts & { port: unknown }>).port
      : target
  if (Number(port) === 1234 && !isRealServerTest()) {
    isPortUsed = true
    throw new Error(MESSAGE)
  }
  return (connect as Connect).apply(this, args)
} as typeof connect

// The code under test may treat the failed connection as a server that is off.
afterEach(() => {
  const wasUsed = isPortUsed
  isPortUsed = false
  if (wasUsed) throw new Error(MESSAGE)
})
