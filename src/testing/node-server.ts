import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createMockCore } from './mock-core.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'

export * from './index.js'

/** Options of `startMockLMStudio`. */
export interface MockLMStudioServerOptions extends MockLMStudioOptions {
  /** `0` takes a free one. @defaultValue `0` */
  readonly port?: number
  /** @defaultValue `'127.0.0.1'` */
  readonly host?: string
}

/** A pretended LM Studio that listens on a port. */
export interface MockLMStudioServer extends MockLMStudio, AsyncDisposable {
  /** The origin, without a trailing slash. */
  readonly url: string
  readonly port: number
  readonly host: string
  /** Sockets open now. */
  readonly connections: number
  /** Destroys live connections and stops listening. May be called twice. */
  close(): Promise<void>
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function toRequest(incoming: IncomingMessage, body: Buffer, origin: string): Request {
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  }
  const method = incoming.method ?? 'GET'
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD'
  return new Request(origin + (incoming.url ?? '/'), {
    method,
    headers,
    ...(hasBody ? { body: new Uint8Array(body) } : {}),
  })
}

/** Writes a body as fast as the client takes it. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  // The headers of a stream are there before its first event, as with Express.
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
 * The same as `createMockLMStudio`, over a real socket: for browsers, other processes, and clients that bring their own
 * transport. CORS is what a browser makes of the headers.
 *
 * @throws the listener's error, when the port is taken.
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
  const { port = 0, host = '127.0.0.1', ...rest } = options
  const { mock, serve: answer, drop } = createMockCore(rest)
  const sockets = new Set<Socket>()
  let origin = ''

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const gone = new AbortController()
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort()
    })
    try {
      const body = await readBody(incoming)
      await send(await answer(toRequest(incoming, body, origin), gone.signal), outgoing)
    } catch {
      // Whatever went wrong, a fault or the client's leaving: a destroyed connection is all there is to say. A reset,
      // not an orderly end, so that no client takes what it has for the whole.
      incoming.socket.resetAndDestroy()
    }
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.socket?.setNoDelay(true)
    void serve(incoming, outgoing)
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
      // The callback's error only says that the server is closed already.
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
  // Getters are copied as getters: `loadedInstances` and the like must stay alive.
  const properties = { ...Object.getOwnPropertyDescriptors(mock), ...Object.getOwnPropertyDescriptors(own) }
  return Object.defineProperties({}, properties) as MockLMStudioServer
}
