import { readFileSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** One exchange of a recorded server, as `lmstudio-provider verify` writes it. */
export interface RecordedExchange {
  /** `*` stands for any method or path that has no exchange of its own. */
  readonly method: string
  readonly path: string
  /** What the request body must contain. `{}` and `[{}]` stand for any object. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Headers that the request must have; `*` stands for any value. */
  readonly requestHeaders?: Readonly<Record<string, string>>
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** File with the response body, relative to the folder. `%REQUEST%` in it becomes method and path. */
  readonly file: string
  /** Whether the file is only the beginning, because the client left. */
  readonly isCut?: boolean
}

/** A response that replaces recorded ones. */
export type Override = Pick<RecordedExchange, 'method' | 'path' | 'body' | 'status'> & { readonly text: string }

export interface ReplayServer {
  readonly url: string
  /** The requests that no exchange matches. */
  readonly unmatched: readonly string[]
  readonly close: () => Promise<void>
}

/** Serves the exchanges of a folder over a socket. Of those that match equally well, each is served once, then the last again. */
export async function startReplayServer(folder: string, overrides: readonly Override[] = []): Promise<ReplayServer> {
  const exchanges = JSON.parse(readFileSync(join(folder, 'exchanges.json'), 'utf8')) as RecordedExchange[]
  const used = new Set<RecordedExchange>()
  const unmatched: string[] = []

  const choose = (request: IncomingMessage, body: unknown): RecordedExchange | undefined => {
    const scored = exchanges.map((exchange) => ({ exchange, score: scoreOf(exchange, request, body) }))
    const best = Math.max(...scored.map(({ score }) => score))
    if (best < 0) return undefined
    const matching = scored.filter(({ score }) => score === best).map(({ exchange }) => exchange)
    return matching.find((exchange) => !used.has(exchange)) ?? matching.at(-1)
  }
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const name = `${request.method} ${request.url}`
    const override = overrides.find((one) => scoreOf(one, request, body) >= 0)
    if (override !== undefined) {
      response.writeHead(override.status, { 'content-type': 'application/json' }).end(override.text)
      return
    }
    const exchange = choose(request, body)
    if (exchange === undefined) {
      unmatched.push(name)
      response.writeHead(599).end()
      return
    }
    used.add(exchange)
    const text = readFileSync(join(folder, exchange.file), 'utf8').replaceAll('%REQUEST%', name)
    response.writeHead(exchange.status, exchange.headers)
    if (exchange.isCut === true) response.write(text)
    else response.end(text)
  }
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unmatched,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

/** Returns how well an exchange matches a request; below 0 if it does not. */
function scoreOf(
  exchange: Omit<RecordedExchange, 'file' | 'headers'>,
  request: IncomingMessage,
  body: unknown,
): number {
  const { method, path, requestHeaders = {}, body: expected } = exchange
  const matchesMethod = method === '*' || method === request.method
  const matchesPath = path === '*' || path === request.url
  const matchesHeaders = Object.entries(requestHeaders).every(
    ([name, value]) => request.headers[name] === value || (value === '*' && request.headers[name] !== undefined),
  )
  const isStream = (value: unknown): boolean => (value as { stream?: boolean } | undefined)?.stream === true
  const matchesBody = expected === undefined || (matches(expected, body) && isStream(expected) === isStream(body))
  if (!matchesMethod || !matchesPath || !matchesHeaders || !matchesBody) return -1
  // A path counts more than what a request has besides.
  return (path === '*' ? 0 : 1000) + (method === '*' ? 0 : 100) + Object.keys({ ...requestHeaders, ...expected }).length
}

/** Tests whether a value has everything of the expected one. Names of models and removed prompts match any string. */
function matches(expected: unknown, actual: unknown, key = ''): boolean {
  if (typeof expected === 'string' && (key === 'model' || expected.includes('[redacted]')))
    return typeof actual === 'string'
  if (Array.isArray(expected)) {
    const isSameLength = Array.isArray(actual) && actual.length === expected.length
    return isSameLength && expected.every((item, index) => matches(item, actual[index]))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return false
    return Object.entries(expected).every(([name, value]) => matches(value, (actual as never)[name], name))
  }
  return expected === actual
}
