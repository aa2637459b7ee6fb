import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export * from '../../helpers/closed-port.js'
export * from './wire.js'

/** A server of one test. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** How many requests (for a raw server: connections) were received. */
  readonly count: number
}

function track(server: Server): void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  )
}

async function listen(server: Server): Promise<number> {
  track(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Starts an HTTP server whose requests the test handles. */
export async function serve(handle: RequestListener): Promise<TestServer> {
  let count = 0
  const server = createServer((request, response) => {
    count++
    handle(request, response)
  })
  const port = await listen(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get count() {
      return count
    },
  }
}

/** Starts a TCP server; the test handles each connection once the first bytes of a request have arrived. */
export async function serveSocket(handle: (socket: Socket, head: string) => void): Promise<TestServer> {
  let count = 0
  const server = createSocketServer((socket) => {
    socket.once('data', (head) => {
      count++
      handle(socket, head.toString('latin1'))
    })
  })
  const port = await listen(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get count() {
      return count
    },
  }
}

export function sendJSON(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text) as Record<string, unknown>
}
