import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A request as it came from the socket. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** The parsed JSON body; an empty object without one. */
  readonly body: Readonly<Record<string, unknown>>
}

/** The server's side of one connection, for faults to write whatever they like. */
export class Wire {
  /** Resolves when the connection is closed, from whichever side. */
  readonly closed: Promise<void>
  /** Whether the last response was sent completely, so that a client may keep the connection for the next request. */
  isIdle = true
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  /** Writes bytes and waits until the kernel has taken them, or the connection is gone. */
  async write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0 || this.isClosed) return
    const written = new Promise<void>((resolve) => this.#socket.write(data, () => resolve()))
    await Promise.race([written, this.closed])
  }

  /** Closes the connection with RST. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Closes this side only; the client can still send. */
  end(): void {
    this.#socket.end()
  }

  /** Reads and ignores whatever the client sends. */
  ignoreInput(): void {
    this.#socket.resume()
  }

  /** Waits, at most until the connection is closed. */
  async pause(ms: number): Promise<void> {
    await Promise.race([setTimeout(ms), this.closed])
  }
}

/** What a fault server does. */
export interface Behavior {
  /** Runs instead of reading requests, for the connection with this number from 0; `undefined` reads them. */
  readonly connect?: (wire: Wire, index: number) => Promise<void> | undefined
  readonly respond: (wire: Wire, request: ReceivedRequest) => Promise<void>
}

/** A TCP server that speaks only as much HTTP as is needed to find the end of a request. */
export interface FaultServer {
  readonly url: string
  /** Every request that arrived completely. */
  readonly requests: readonly ReceivedRequest[]
  readonly connections: number
  /** The connections that are open although a client has no use for them any more. */
  readonly busy: number
  close(): Promise<void>
}

export async function startFaultServer(behavior: Behavior): Promise<FaultServer> {
  const wires = new Map<Socket, Wire>()
  const requests: ReceivedRequest[] = []
  let connections = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const wire = new Wire(socket)
    wires.set(socket, wire)
    // A client that gives up resets the connection.
    socket.on('error', () => {})
    socket.on('close', () => wires.delete(socket))
    // With `allowHalfOpen`, the end of the client's side does not close this one.
    socket.on('end', () => socket.end())
    const instead = behavior.connect?.(wire, connections++)
    if (instead !== undefined) {
      wire.isIdle = false
      void instead
      return
    }
    readRequests(socket, async (request) => {
      requests.push(request)
      wire.isIdle = false
      await behavior.respond(wire, request)
    })
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections
    },
    get busy() {
      return [...wires.values()].filter(({ isIdle }) => !isIdle).length
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of wires.keys()) socket.destroy()
      }),
  }
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })

const HEAD_END = '\r\n\r\n'

/** Reads one request after the other; the next one waits for the response to the one before. */
function readRequests(socket: Socket, onRequest: (request: ReceivedRequest) => Promise<void>): void {
  let buffer = Buffer.alloc(0)
  let isResponding = false
  const next = (): void => {
    const headEnd = buffer.indexOf(HEAD_END)
    if (isResponding || headEnd < 0) return
    const head = buffer.toString('latin1', 0, headEnd)
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    const end = headEnd + HEAD_END.length + length
    if (buffer.length < end) return
    const [method = '', path = ''] = head.split(' ')
    const text = buffer.toString('utf8', headEnd + HEAD_END.length, end)
    buffer = buffer.subarray(end)
    isResponding = true
    const body = (text === '' ? {} : JSON.parse(text)) as ReceivedRequest['body']
    void onRequest({ method, path, body }).then(() => {
      isResponding = false
      next()
    })
  }
  socket.on('data', (bytes) => {
    buffer = Buffer.concat([buffer, bytes])
    next()
  })
}
