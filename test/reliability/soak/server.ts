import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { completionBody, DONE, frame } from '../../integration/support/wire.js'

/** A server that keeps no record of its requests, so that its own memory does not grow. */
export interface SoakServer extends AsyncDisposable {
  readonly url: string
  /** Open sockets, those that are kept for the next request included. */
  readonly sockets: number
  /** Requests whose response has not ended. */
  readonly exchanges: number
}

const DELTAS = 12
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '7200',
}

const MODELS = {
  models: ['acme/tern-4b', 'acme/heron-base'].map((key) => ({
    type: 'llm',
    key,
    display_name: key,
    publisher: 'acme',
    loaded_instances: [{ id: key, config: { context_length: 8192 } }],
    max_context_length: 32_768,
    format: 'gguf',
    capabilities: { vision: false, trained_for_tool_use: true },
  })),
}

/** Starts a server that does what the `model` of a request names: see `respond`. */
export async function startSoakServer(): Promise<SoakServer> {
  const sockets = new Set<Socket>()
  let exchanges = 0
  /** Prompts that were refused once, and are answered the second time. */
  const refused = new Set<string>()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    exchanges++
    response.once('close', () => exchanges--)
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else if (request.url === '/lmstudio-greeting') send(response, { lmstudio: true })
    else if (request.url === '/api/v1/models') send(response, MODELS)
    else respond(response, JSON.parse(text) as RequestBody, refused)
  }

  const server = createServer((request, response) => {
    // A client that aborts while its request arrives.
    handle(request, response).catch(() => response.destroy())
  })
  // A server that closes an idle connection while a request is on its way is another test: here every call must succeed,
  // on a machine that is so busy that a window pauses for seconds.
  server.keepAliveTimeout = 600_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sockets() {
      return sockets.size
    },
    get exchanges() {
      return exchanges
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface RequestBody {
  readonly model: string
  readonly stream?: boolean
  readonly input?: readonly string[]
  readonly messages?: readonly { readonly content: string }[]
}

function respond(response: ServerResponse, body: RequestBody, refused: Set<string>): void {
  const { model, stream, input, messages } = body
  if (input !== undefined) {
    const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [index, 0.5, -1] }))
    return send(response, { object: 'list', model, data, usage: { prompt_tokens: 2, total_tokens: 2 } })
  }
  const prompt = messages?.[0]?.content ?? ''
  switch (model) {
    // Responds with nothing until the client disconnects.
    case 'silent':
      return undefined
    case 'invalid':
      return send(response, { error: { message: 'temperature must not be negative' } }, 400)
    case 'busy':
      if (!refused.delete(prompt)) {
        refused.add(prompt)
        response.setHeader('retry-after', '0')
        return send(response, { error: { message: 'busy' } }, 503)
      }
      return send(response, completionBody(`You said: ${prompt}`))
  }
  if (stream !== true) return send(response, completionBody(`You said: ${prompt}`))
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const deltas = Array.from({ length: DELTAS }, (_, index) => frame({ content: `${index} ` }))
  const half = deltas.slice(0, DELTAS / 2).join('')
  // Half of a stream, and then nothing until the client disconnects, or the end of the connection.
  if (model === 'stalling') response.write(half)
  else if (model === 'cut') response.write(half, () => response.destroy())
  else response.end(deltas.join('') + frame({}, 'stop') + DONE)
  return undefined
}

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
