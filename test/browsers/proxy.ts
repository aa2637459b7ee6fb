import { createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** An http proxy that resolves host names to this machine, for a browser without such a setting. */
export interface Proxy extends AsyncDisposable {
  /** The proxy capability of a WebDriver session. */
  readonly capability: object
}

export async function startProxy(hosts: readonly string[]): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    const { hostname, port, pathname, search } = new URL(incoming.url ?? '')
    // An unknown name and a closed port end the connection, as they would without a proxy.
    if (!hosts.includes(hostname)) return void response.destroy()
    const { method, headers } = incoming
    const outgoing = request({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers)
      upstream.pipe(response)
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
