import { type Behaviour, any } from './fault-behaviour.js'
import type { MockErrorShape, MockFaultName, MockRawFault } from './fault-types.js'
import { asCount, asObject, asString } from './json-values.js'
import { type Step, encode } from './steps.js'
import { catchAll, nativeError, openAIError, routeError, stringError } from './wire-errors.js'
import { type WireReply, connectionReset, json, text } from './wire-reply.js'

const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'An LM Studio API token is required to make requests to this server, but none was provided.',
  403: 'Permission denied: the API token does not have the required permission.',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** What only something in front of LM Studio says. */
const proxyStatuses = new Set([413, 502, 504])

function errorBody(shape: MockErrorShape | undefined, status: number, message: string, path: string): WireReply {
  switch (shape ?? (proxyStatuses.has(status) ? 'html' : undefined)) {
    case 'string':
      return json(stringError(message), status)
    case 'object':
      return json(path.startsWith('/api/v1/') ? nativeError(message) : openAIError(message), status)
    case 'zod':
      return json(stringError(JSON.stringify([{ code: 'custom', path: [], message }], null, 2)), status)
    case 'text':
      return text(message, status, 'text/plain; charset=utf-8')
    case 'html':
      return text(page(`${status} ${message}`), status, 'text/html')
    case 'empty':
      return { kind: 'whole', status, headers: {}, body: '' }
    default:
      if (status === 401) return json(nativeError(message, 'invalid_api_key'), status)
      if (status === 403) return json(nativeError(message, 'permission_denied'), status)
      return json(routeError(path, message), status)
  }
}

function retryAfter(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  return { 'retry-after': value instanceof Date ? value.toUTCString() : String(value) }
}

/** Answers every call with one status. */
export const statusFault = (status: number): Behaviour => ({
  applies: any,
  answer: (exchange, parameters) => {
    const message = asString(parameters.message) || (titles[status] ?? `Status ${status}`)
    const reply = errorBody(parameters.shape as MockErrorShape | undefined, status, message, exchange.path)
    const headers = { ...reply.headers, ...retryAfter(parameters.retryAfter), ...asObject(parameters.headers) }
    return { ...reply, headers: headers as Record<string, string> }
  },
})

/** Answers with the caller's bytes. */
export const rawFault: Behaviour = {
  applies: any,
  answer: (_exchange, parameters) => {
    const raw = parameters.raw as MockRawFault['raw']
    const steps: Step[] = raw.chunks.map((chunk) => ({
      kind: 'bytes',
      bytes: typeof chunk === 'string' ? encode(chunk) : chunk,
    }))
    if (raw.end === 'reset') steps.push({ kind: 'reset' })
    if (raw.end === 'stall') steps.push({ kind: 'hold' })
    const headers = raw.headers ?? { 'content-type': 'text/event-stream' }
    return { kind: 'steps', status: raw.status ?? 200, headers, steps }
  },
}

/** A document that is produced as it is read, so that a client's limit decides how much of it ever exists. */
function* hugeDocument(bytes: number): Generator<Step> {
  const start = encode('{"data":[],"models":[],"padding":"')
  const end = encode('"}')
  yield { kind: 'bytes', bytes: start }
  const block = new Uint8Array(65_536).fill(120)
  for (let left = bytes - start.length - end.length; left > 0; left -= block.length) {
    yield { kind: 'bytes', bytes: left < block.length ? block.subarray(0, left) : block }
  }
  yield { kind: 'bytes', bytes: end }
}

type AnswerFaults =
  | 'catch-all'
  | 'html'
  | 'malformed-json'
  | 'error-200'
  | 'empty-body'
  | 'redirect'
  | 'huge-body'
  | 'delay-headers'

/** Faults that take the place of an answer, whatever the route. */
export const answerFaults: Readonly<Record<Extract<MockFaultName, AnswerFaults>, Behaviour>> = {
  'catch-all': { applies: any, answer: (exchange) => json(catchAll(exchange.method, exchange.path)) },
  html: {
    applies: any,
    answer: (_exchange, { status }) => text(page('Welcome to the proxy'), asCount(status) ?? 200, 'text/html'),
  },
  'malformed-json': { applies: any, answer: () => json('{"id":"chatcmpl-1","object":"chat.comp') },
  'error-200': {
    applies: any,
    answer: (_exchange, { message, shape }) => {
      const said = asString(message) || 'Something went wrong.'
      return json(shape === 'object' ? openAIError(said) : stringError(said))
    },
  },
  'empty-body': { applies: any, answer: () => json('') },
  redirect: {
    applies: any,
    answer: (_exchange, { status, location }) =>
      text('', asCount(status) ?? 302, 'text/plain; charset=utf-8', {
        location: asString(location) || 'http://127.0.0.1:9/moved',
      }),
  },
  'huge-body': {
    applies: any,
    answer: (_exchange, { bytes }) => ({
      kind: 'steps',
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      steps: hugeDocument(asCount(bytes) ?? 64 * 1024 * 1024),
    }),
  },
  'delay-headers': {
    applies: any,
    before: async ({ waits, signal }, { ms }) => {
      if (typeof ms === 'number') await waits.sleep(ms, signal)
      else await waits.hold(signal)
    },
  },
}

/** Thrown where the connection goes before the headers do. */
export const dropBeforeHeaders = (): never => {
  throw connectionReset()
}
