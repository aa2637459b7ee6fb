import { type ClientRequest, type IncomingMessage, type ServerResponse, createServer, request as http } from 'node:http'
import { request as https } from 'node:https'
import type { AddressInfo } from 'node:net'
import { METHODS, corsHeaders, preflightHeaders } from './cors.js'

/** Options of {@link startProxy}. */
export interface ProxyOptions {
  /** Address that every request is forwarded to, without a trailing slash. */
  readonly endpoint: string
  /** The origins whose pages may use the proxy. */
  readonly origins: readonly string[]
  /** Returns the token that is sent in place of the page's own. */
  readonly apiToken: () => string | undefined | Promise<string | undefined>
  readonly port: number
  /** Receives the origin of a page that is refused. */
  readonly onRefused?: (origin: string) => void
}

/** How the proxy refuses, so that the other commands can recognize it. */
export const SERVES_PAGES_ONLY = 'This proxy serves web pages only'
export const START_WITH_ORIGIN = 'Start the proxy with --origin'

export interface Proxy {
  readonly url: string
  readonly port: number
  /** Ends all connections and stops listening. */
  readonly close: () => Promise<void>
}

/** The proxy is for this machine alone: another address would open the server to the network. */
const HOST = '127.0.0.1'

// Everything else stays behind: cookies, hop-by-hop headers, and headers that name the page.
const FORWARDED = ['accept', 'content-type', 'content-length', 'authorization', 'x-api-key']
const RETURNED = ['content-type', 'content-length', 'content-encoding', 'cache-control', 'retry-after']

// Their bodies mean nothing, and Node would write one of unknown length as if it were the next request.
const BODILESS = ['GET', 'HEAD']

/** Returns the values of `Host` with which a browser addresses the proxy: it leaves out the usual port. */
export const hostsOf = (port: number): readonly string[] =>
  [HOST, 'localhost'].map((name) => (port === 80 ? name : `${name}:${port}`))

/** Starts a proxy that lets pages of some origins use one server. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  let hosts: readonly string[] = []
  const server = createServer((request, response) => {
    void handle({ request, response, hosts, options })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  // A page whose own name was rebound to 127.0.0.1 sends that name as host.
  hosts = hostsOf(port)
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://${HOST}:${port}`, port, close }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly hosts: readonly string[]
  readonly options: ProxyOptions
}

async function handle(exchange: Exchange): Promise<void> {
  const { request, response, hosts, options } = exchange
  const { origin, host = '' } = request.headers
  // A client that goes away while it sends is not an error of the proxy.
  request.on('error', () => response.destroy())
  if (!hosts.includes(host.toLowerCase()))
    return refuse(response, 403, `This proxy does not serve the host ${clean(host)}.`)
  if (origin === undefined) return refuse(response, 403, `${SERVES_PAGES_ONLY}: the request has no Origin header.`)
  if (!options.origins.includes(origin)) {
    const name = clean(origin)
    options.onRefused?.(name)
    return refuse(response, 403, `The origin ${name} is not allowed. ${START_WITH_ORIGIN} ${name}.`)
  }
  // A complete URL in the request line would be for another server.
  if (!request.url?.startsWith('/')) return refuse(response, 400, 'The request target must be a path.', origin)
  if (request.method === 'OPTIONS') {
    response.writeHead(204, preflightHeaders(origin, request.headers)).end()
    return
  }
  if (!METHODS.some((method) => method === request.method)) {
    return refuse(response, 405, `The method ${clean(request.method ?? '')} is not allowed.`, origin)
  }
  try {
    const token = await options.apiToken()
    forward(exchange, origin, token)
  } catch {
    refuse(response, 502, 'The API token could not be read.', origin)
  }
}

/** Sends a request to the server, and its response back as it arrives. */
function forward({ request, response, options }: Exchange, origin: string, token: string | undefined): void {
  const { protocol, hostname, port, pathname } = new URL(options.endpoint)
  const hasBody = !BODILESS.some((method) => method === request.method)
  const headers = pick(
    request.headers,
    FORWARDED.filter((name) => hasBody || name !== 'content-length'),
  )
  if (token !== undefined && token !== '') headers['authorization'] = `Bearer ${token}`
  const send = protocol === 'https:' ? https : http
  const upstream: ClientRequest = send({
    protocol,
    // Node expects an IPv6 address without brackets.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    method: request.method,
    path: pathname.replace(/\/$/, '') + request.url,
    headers,
    // LM Studio closes idle sockets after 5 s, so a reused one may fail (docs/http-api.md 11).
    agent: false,
  })
  const fail = (problem: string): void => {
    if (response.headersSent) response.destroy()
    else refuse(response, 502, `The server at ${options.endpoint} ${problem}.`, origin)
  }
  upstream.on('response', (incoming) => {
    incoming.on('error', () => response.destroy())
    try {
      response.writeHead(incoming.statusCode ?? 502, { ...pick(incoming.headers, RETURNED), ...corsHeaders(origin) })
    } catch {
      // Node reads more than it writes, such as the status 000.
      fail('did not send a valid response')
      upstream.destroy()
      return
    }
    // The first event of a stream may take minutes, and the page should know before that the server has accepted.
    response.flushHeaders()
    incoming.pipe(response)
  })
  // Without a listener Node closes the connection and reports nothing.
  upstream.on('upgrade', (_, socket) => {
    socket.destroy()
    fail('did not send a valid response')
  })
  upstream.on('error', () => fail('cannot be reached'))
  // When a page stops reading, the model stops generating.
  response.on('close', () => {
    if (!response.writableFinished) upstream.destroy()
  })
  if (hasBody) request.pipe(upstream)
  else upstream.end()
}

function pick(headers: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  const picked = names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []))
  return Object.fromEntries(picked)
}

/** Responds with an error that a page of `origin` can read. Without it no page can. */
function refuse(response: ServerResponse, status: number, message: string, origin?: string): void {
  const headers = { 'content-type': 'application/json', ...(origin === undefined ? {} : corsHeaders(origin)) }
  response.writeHead(status, headers).end(JSON.stringify({ error: { message, type: 'proxy_error' } }))
}

const clean = (text: string): string => text.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '')
