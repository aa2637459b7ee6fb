import { type JSONObject, asCount, asObject, asString, isObject } from '../json-values.js'
import { catchAll, nativeError, openAIError, routeError, stringError } from '../replies/errors.js'
import { type BodyStep, encode } from '../replies/steps.js'
import { type WireResponse, jsonResponse, textResponse } from '../replies/wire-response.js'
import { type FaultBehavior, type FaultGroup, anyCall } from './behavior.js'
import { HUGE_BYTES, filler } from './filler.js'
import type { MockErrorShape, MockFaultName, MockRawFault } from './types.js'

const htmlPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

const statusMessages: Readonly<Record<number, string>> = {
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

/** Statuses that only a proxy in front of LM Studio sends. */
const proxyStatuses: readonly number[] = [413, 502, 504]

interface StatusError {
  readonly shape: MockErrorShape | undefined
  readonly status: number
  readonly message: string
  readonly path: string
  /** Fields that replace those of an error object. */
  readonly fields: JSONObject
}

function errorObject(path: string, message: string, fields: JSONObject): object {
  const { error } = asObject(path.startsWith('/api/v1/') ? nativeError(message) : openAIError(message))
  return { error: { ...asObject(error), ...fields } }
}

function statusResponse({ shape, status, message, path, fields }: StatusError): WireResponse {
  switch (shape ?? (proxyStatuses.includes(status) ? 'html' : undefined)) {
    case 'string':
      return jsonResponse(stringError(message), status)
    case 'object':
      return jsonResponse(errorObject(path, message, fields), status)
    case 'zod':
      return jsonResponse(stringError(JSON.stringify([{ code: 'custom', path: [], message }], null, 2)), status)
    case 'text':
      return textResponse(message, status, 'text/plain; charset=utf-8')
    case 'html':
      return textResponse(htmlPage(`${status} ${message}`), status, 'text/html')
    case 'empty':
      return { kind: 'whole', status, headers: {}, body: '' }
    default:
      if (status === 401) return jsonResponse(nativeError(message, 'invalid_api_key'), status)
      if (status === 403) return jsonResponse(nativeError(message, 'permission_denied'), status)
      return jsonResponse(routeError(path, message), status)
  }
}

function retryAfterHeader(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  return { 'retry-after': value instanceof Date ? value.toUTCString() : String(value) }
}

/** Creates the fault that responds to every call with one status. */
export const statusFault = (status: number): FaultBehavior => ({
  applies: anyCall,
  respond: ({ path }, parameters) => {
    const message = asString(parameters.message) || (statusMessages[status] ?? `Status ${status}`)
    const shape = isObject(parameters.error) ? 'object' : (parameters.shape as MockErrorShape | undefined)
    const response = statusResponse({ shape, status, message, path, fields: asObject(parameters.error) })
    const extra = { ...retryAfterHeader(parameters.retryAfter), ...asObject(parameters.headers) }
    return { ...response, headers: { ...response.headers, ...(extra as Record<string, string>) } }
  },
})

/** Responds with the bytes that the test has given. */
export const rawFault: FaultBehavior = {
  applies: anyCall,
  respond: (_exchange, parameters) => {
    const raw = parameters.raw as MockRawFault['raw']
    const steps: BodyStep[] = raw.chunks.map((chunk) => ({
      kind: 'bytes',
      bytes: typeof chunk === 'string' ? encode(chunk) : chunk,
    }))
    if (raw.end === 'reset') steps.push({ kind: 'reset' })
    if (raw.end === 'stall') steps.push({ kind: 'hold' })
    const headers = raw.headers ?? { 'content-type': 'text/event-stream' }
    return { kind: 'steps', status: raw.status ?? 200, headers, steps }
  },
}

function* hugeDocument(bytes: number): Generator<BodyStep> {
  const start = encode('{"data":[],"models":[],"padding":"')
  const end = encode('"}')
  yield { kind: 'bytes', bytes: start }
  yield* filler(bytes - start.length - end.length)
  yield { kind: 'bytes', bytes: end }
}

/** Faults that replace the whole response, on any route. */
export const wholeResponseFaults = {
  'catch-all': {
    applies: anyCall,
    respond: ({ method, path }, { status }) => jsonResponse(catchAll(method, path), asCount(status) ?? 200),
  },
  html: {
    applies: anyCall,
    respond: (_exchange, { status }) =>
      textResponse(htmlPage('Welcome to the proxy'), asCount(status) ?? 200, 'text/html'),
  },
  'malformed-json': { applies: anyCall, respond: () => jsonResponse('{"id":"chatcmpl-1","object":"chat.comp') },
  'error-200': {
    applies: anyCall,
    respond: (_exchange, { message, shape }) => {
      const text = asString(message) || 'Something went wrong.'
      return jsonResponse(shape === 'object' ? openAIError(text) : stringError(text))
    },
  },
  'empty-body': { applies: anyCall, respond: () => jsonResponse('') },
  redirect: {
    applies: anyCall,
    respond: (_exchange, { status, location }) => ({
      kind: 'whole',
      status: asCount(status) ?? 302,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        location: asString(location) || 'http://127.0.0.1:9/moved',
      },
      body: '',
    }),
  },
  'huge-body': {
    applies: anyCall,
    respond: (_exchange, { bytes }) => ({
      kind: 'steps',
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      steps: hugeDocument(asCount(bytes) ?? HUGE_BYTES),
    }),
  },
  'delay-headers': {
    applies: anyCall,
    before: async ({ waits, signal }, { ms }) => {
      if (typeof ms === 'number') await waits.sleep(ms, signal)
      else await waits.hold(signal)
    },
  },
} satisfies FaultGroup<MockFaultName>
