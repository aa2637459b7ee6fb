import { createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A proxy for plain http that takes host names for this machine, for a browser that cannot be told so otherwise. */
export interface Proxy extends AsyncDisposable {
  /** What a WebDriver session is asked for. */
  readonly capability: object
}

export async function startProxy(hosts: readonly string[]): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    const { hostname, port, pathname, search } = new URL(incoming.url ?? '')
    // A name that it does not know, and a port where nobody listens, end the connection as they would without a proxy.
    if (!hosts.includes(hostname)) return void response.destroy()
    const { method, headers } = incoming
    const outgoing = request({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    capability: { proxyType: 'manual', httpProxy: `127.0.0.1:${port}`, noProxy: ['127.0.0.1', 'localhost'] },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
