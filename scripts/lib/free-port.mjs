// @ts-check
import { createServer } from 'node:net'

// Systems choose ports for clients and for servers on port 0 from 32,768 upward, so that nothing else gets this one.
const FIRST = 20_000
const COUNT = 10_000

/**
 * A port of 127.0.0.1 on which nothing listens.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
