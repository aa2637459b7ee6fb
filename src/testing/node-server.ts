import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createMockCore } from './mock-core.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'

export * from './index.js'

/** Options of {@link startMockLMStudio}: those of `createMockLMStudio`, and where to listen. */
export interface MockLMStudioServerOptions extends MockLMStudioOptions {
  /** TCP port, 0 to 65535; `0` picks a free one. @default 0 */
  readonly port?: number
  /** Address to listen on: an IP address or host name. @default '127.0.0.1' */
  readonly host?: string
}

/** A mock LM Studio that listens on a port. */
export interface MockLMStudioServer extends MockLMStudio, AsyncDisposable {
  /** Origin of the server, without a trailing slash, such as `http://127.0.0.1:51234`. */
  readonly url: string
  /** The port it listens on, also when the option was `0`. */
  readonly port: number
  /** The address it listens on. */
  readonly host: string
  /** Number of sockets that are open now. */
  readonly connections: number
  /** Destroys live connections and stops listening. Further calls do nothing. */
  close(): Promise<void>
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Returns the address that a request target names on this server. In absolute form, as sent to a proxy, the target has
 * a host of its own; in origin form, a path that begins with `//` does not.
 */
function resolveTarget(target: string, origin: string): string {
  if (target.startsWith('/')) return origin + target
  const { pathname, search } = new URL(target, origin)
  return origin + pathname + search
}

/** Returns the request that a client sent; `undefined` if `Request` refuses its target or method, such as `TRACE`. */
function toRequest(incoming: IncomingMessage, body: Buffer, origin: string): Request | undefined {
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  }
  const method = incoming.method ?? 'GET'
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD'
  try {
    return new Request(resolveTarget(incoming.url ?? '/', origin), {
      method,
      headers,
      ...(hasBody ? { body: new Uint8Array(body) } : {}),
    })
  } catch {
    return undefined
  }
}

/** Writes a response, its body no faster than the client reads it. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  // Express sends the headers of a stream before its first event.
  outgoing.flushHeaders()
  if (response.body === null) {
    outgoing.end()
    return
  }
  const reader = response.body.getReader()
  const closed = new Promise<void>((resolve) => {
    outgoing.once('close', resolve)
  })
  for (;;) {
    const { done, value } = await reader.read()
    if (done || outgoing.destroyed) break
    if (!outgoing.write(value)) {
      await Promise.race([closed, new Promise((resolve) => outgoing.once('drain', resolve))])
    }
  }
  outgoing.end()
}

/**
 * Starts a mock LM Studio that listens on a port: for browsers, other processes, and clients that do not take a custom
 * `fetch`. It behaves like `createMockLMStudio`, and browsers enforce its CORS headers.
 *
 * @throws `RangeError` for an unknown option; rejects with the listener's error (`EADDRINUSE`) when the port is taken.
 * @example
 * ```ts
 * import { startMockLMStudio } from 'lmstudio-provider/testing/node'
 *
 * const server = await startMockLMStudio()
 * const response = await fetch(`${server.url}/v1/models`)
 * await server.close()
 * ```
 */
export async function startMockLMStudio(options: MockLMStudioServerOptions = {}): Promise<MockLMStudioServer> {
  const { port = 0, host = '127.0.0.1', ...mockOptions } = options
  const { mock, serve, drop } = createMockCore(mockOptions)
  const sockets = new Set<Socket>()
  let origin = ''

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const disconnected = new AbortController()
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) disconnected.abort()
    })
    try {
      const body = await readBody(incoming)
      const request = toRequest(incoming, body, origin)
      if (request === undefined) outgoing.writeHead(400).end()
      else await send(await serve(request, disconnected.signal), outgoing)
    } catch {
      // A fault or a disconnected client. Reset the connection instead of ending it, so that no client takes a partial
      // body for a complete one.
      incoming.socket.resetAndDestroy()
    }
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.socket?.setNoDelay(true)
    void handle(incoming, outgoing)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  origin = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`

  const close = (): Promise<void> => {
    drop()
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => {
      // The callback gets an error when the server is already closed.
      server.close(() => resolve())
    })
  }
  const own = {
    url: origin,
    port: address.port,
    host,
    get connections() {
      return sockets.size
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  // Copy getters as getters: `loadedInstances` and `apiToken` change over time.
  const properties = { ...Object.getOwnPropertyDescriptors(mock), ...Object.getOwnPropertyDescriptors(own) }
  return Object.defineProperties({}, properties) as MockLMStudioServer
}
