import { gzipSync } from 'node:zlib'
import type { Kind } from './calls.js'
import type { Wire } from './fault-server.js'
import type { Reply } from './healthy-replies.js'

/** What a cell must end with: `ok`, or name and code of the error. */
export type Outcome = string

/** Which limits of a call are short, so that only these can expire. All others are long. */
export type ShortLimit = 'first-byte' | 'idle' | 'both'

export interface FaultContext {
  readonly wire: Wire
  /** What a healthy server would reply. */
  readonly reply: Reply
  /** An address of another server, for redirects. */
  readonly otherURL: string
  /** Returns numbers from 0 to 1 that the seed of the matrix determines. */
  readonly random: () => number
  /** Tells which text of the response is sent before the fault. */
  readonly onText: (text: string) => void
  /** Waits until the consumer of a stream has this text. */
  readonly untilSeen: (text: string) => Promise<void>
}

export interface Fault {
  readonly name: string
  readonly family: string
  /** What is expected, by the kind of the request that fails. A kind that is missing here has no such fault. */
  readonly expect: Readonly<Partial<Record<Kind, Outcome>>>
  /** What other calls than the rest of their kind end with. */
  readonly except?: Readonly<Record<string, Outcome>>
  /** The kinds that send the request again. */
  readonly retried?: readonly Kind[]
  /** Whether a generation tries the other paths at which servers have their routes. */
  readonly triesOtherPaths?: true
  readonly shortLimit?: ShortLimit
  /** Whether the server reports the fault in an event, which the result follows on LM Studio's own route. */
  readonly isReported?: true
  /** Whether the consumer of a stream has received a part of the text before the fault. */
  readonly partsSeen?: boolean
  /** How many bytes the server sends; only in the full matrix, because it takes long. */
  readonly isHeavy?: boolean
  /** The text that the consumer has at the end if the call succeeds; the default is that of the healthy reply. */
  readonly okText?: string
  /** Whether the server waits for ever, so that an abort at any moment ends the call. */
  readonly hangs?: boolean
  /** Whether the response is complete, but takes time, so that an abort can come before or after its end. */
  readonly isSlow?: true
  /** Whether nothing listens. */
  readonly refuses?: boolean
  /** Runs for a connection instead of reading requests. */
  readonly connect?: (wire: Wire) => Promise<void>
  readonly respond?: (context: FaultContext) => Promise<void>
}

// ---------------------------------------------------------------------------------------------------------- wire formats

export type Framing = 'length' | 'chunked' | 'close'

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  302: 'Found',
  500: 'Internal Server Error',
}

const headOf = (status: number, headers: Readonly<Record<string, string>>): string =>
  [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data

const chunked = (data: string | Uint8Array): Uint8Array => {
  const bytes = bytesOf(data)
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

const LAST_CHUNK = '0\r\n\r\n'

const framingHeader = (framing: Framing, length: number): Record<string, string> =>
  framing === 'length'
    ? { 'content-length': String(length) }
    : framing === 'chunked'
      ? { 'transfer-encoding': 'chunked' }
      : { connection: 'close' }

const textOf = ({ parts }: Reply): string => parts.map(({ text }) => text).join('')

const defaultFraming = ({ type }: Reply): Framing => (type === 'text/event-stream' ? 'chunked' : 'length')

/** Sends a complete response. */
async function sendWhole(
  wire: Wire,
  body: string | Uint8Array,
  {
    status = 200,
    type = 'application/json',
    framing = 'length',
    headers = {},
  }: {
    readonly status?: number
    readonly type?: string
    readonly framing?: Framing
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<void> {
  const bytes = bytesOf(body)
  const labels = type === '' ? {} : { 'content-type': type }
  await wire.write(headOf(status, { ...labels, ...framingHeader(framing, bytes.length), ...headers }))
  await wire.write(framing === 'chunked' ? chunked(bytes) : bytes)
  if (framing === 'chunked') await wire.write(LAST_CHUNK)
  if (framing === 'close') wire.end()
  wire.isIdle = true
}

/** Sends what a healthy server would. */
export const sendHealthy = (wire: Wire, reply: Reply, headers: Readonly<Record<string, string>> = {}): Promise<void> =>
  sendWhole(wire, textOf(reply), { status: reply.status, type: reply.type, framing: defaultFraming(reply), headers })

// ------------------------------------------------------------------------------------------------------------ connection

const GENERATIONS = ['whole', 'stream'] as const satisfies readonly Kind[]
const READS = ['read', 'unload', 'list', 'poll'] as const satisfies readonly Kind[]

/** The same outcome for every kind that rejects with it; lookups and greetings never do. */
function all(outcome: Outcome): Partial<Record<Kind, Outcome>> {
  return {
    read: outcome,
    unload: outcome,
    change: outcome,
    poll: outcome,
    whole: outcome,
    stream: outcome,
    greeting: outcome,
    list: outcome,
    lookup: outcome,
  }
}

const RESET = 'NetworkError connection-reset'
const CUT = 'StreamInterruptedError stream-interrupted'
const TIMEOUT = 'TimeoutError timeout'
const NOT_JSON = 'InvalidResponseError not-json'
const WRONG_PATH = 'UnsupportedEndpointError wrong-path'
const INVALID = 'InvalidResponseError invalid-response'
const WRONG_SERVICE = 'ServiceNotFoundError wrong-service'
const SERVER_ERROR = 'NetworkError server-error'
const TOO_LONG = 'InvalidResponseError body-too-long'

/** How the server stops in the middle. */
type Ending = 'reset' | 'end' | 'silence' | 'drip'
/** Where it stops. */
type Place = 'request' | 'status line' | 'headers' | 'head' | 'first byte' | 'middle' | 'last byte' | 'terminator'

const DRIP_MS = 20

/** The parts of a stream before the middle, so that the consumer has the first of the three deltas at least. */
function middleOf({ parts }: Reply): number {
  const firstText = parts.findIndex(({ adds }) => adds !== '')
  return firstText < 0 ? Math.floor(parts.length / 2) : firstText + 1
}

const textBefore = ({ parts }: Reply, count = parts.length): string =>
  parts
    .slice(0, count)
    .map(({ adds }) => adds)
    .join('')

async function stopAt({ wire, reply, onText, untilSeen }: FaultContext, place: Place, ending: Ending): Promise<void> {
  const framing = defaultFraming(reply)
  const body = bytesOf(textOf(reply))
  const head = headOf(reply.status, { 'content-type': reply.type, ...framingHeader(framing, body.length) })
  const inChunk = (bytes: Uint8Array): Uint8Array =>
    framing === 'chunked' ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), bytes]) : bytes
  const middle = middleOf(reply)
  const isStream = reply.type === 'text/event-stream'
  const parts = bytesOf(textOf({ ...reply, parts: reply.parts.slice(0, middle) }))
  const sent: Readonly<Record<Place, () => Uint8Array | string>> = {
    request: () => '',
    'status line': () => head.slice(0, 7),
    headers: () => head.slice(0, head.length - 12),
    head: () => head,
    'first byte': () => Buffer.concat([Buffer.from(head), inChunk(body.subarray(0, 1))]),
    middle: () => Buffer.concat([Buffer.from(head), inChunk(isStream ? parts : body.subarray(0, body.length >> 1))]),
    'last byte': () =>
      Buffer.concat([Buffer.from(head), inChunk(body.subarray(0, isStream ? body.length - 8 : body.length - 1))]),
    terminator: () => Buffer.concat([Buffer.from(head), inChunk(body)]),
  }
  onText(textBefore(reply, middle))
  await wire.write(sent[place]())
  if (ending === 'reset' || ending === 'end') {
    // What has arrived with a reset may be lost in the kernel otherwise.
    if (isStream && place === 'middle') await untilSeen(textBefore(reply, middle))
    if (isStream && (place === 'last byte' || place === 'terminator')) await untilSeen(textBefore(reply))
    if (ending === 'reset') wire.reset()
    else wire.end()
  }
  if (ending === 'drip') {
    // White space: what is shown to be alive and yet never comes to an end.
    while (!wire.isClosed) {
      await wire.write(
        place === 'request' || place === 'status line' || place === 'headers' ? 'x' : framing === 'chunked' ? '' : ' ',
      )
      await wire.pause(DRIP_MS)
    }
  }
  await wire.closed
}

interface Stop {
  readonly ending: Ending
  readonly place: Place
  readonly expect: Fault['expect']
  readonly except?: Readonly<Record<string, Outcome>>
  readonly shortLimit?: ShortLimit
  readonly retried?: readonly Kind[]
}

/** The last event of these streams is the result, not only an end marker. */
const endsWithResult = (outcome: Outcome): Record<string, Outcome> => ({
  streamRespond: outcome,
  streamChat: outcome,
  'stream of a conversation': outcome,
})

// Where the connection ends before there is a response, it was reset; after the head, the response is cut.
const STOPS: readonly Stop[] = [
  ...(['reset', 'end'] as const).flatMap((ending): Stop[] => [
    { ending, place: 'request', expect: all(RESET), retried: READS },
    { ending, place: 'status line', expect: all(RESET), retried: READS },
    { ending, place: 'headers', expect: all(RESET), retried: READS },
    { ending, place: 'head', expect: all(CUT) },
    { ending, place: 'first byte', expect: all(CUT) },
    { ending, place: 'middle', expect: all(CUT) },
    // Of a stream, nothing but the end marker is missing.
    { ending, place: 'last byte', expect: { ...all(CUT), stream: 'ok' }, except: endsWithResult(CUT) },
    { ending, place: 'terminator', expect: { stream: 'ok' } },
  ]),
  { ending: 'silence', place: 'request', expect: all(TIMEOUT), shortLimit: 'first-byte' },
  { ending: 'silence', place: 'status line', expect: all(TIMEOUT), shortLimit: 'first-byte' },
  { ending: 'silence', place: 'headers', expect: all(TIMEOUT), shortLimit: 'first-byte' },
  { ending: 'silence', place: 'head', expect: all(TIMEOUT), shortLimit: 'first-byte' },
  // A body that is sent whole has begun; an event has not.
  { ending: 'silence', place: 'first byte', expect: all(TIMEOUT), shortLimit: 'both' },
  { ending: 'silence', place: 'middle', expect: all(TIMEOUT), shortLimit: 'idle' },
  {
    ending: 'silence',
    place: 'last byte',
    expect: { ...all(TIMEOUT), stream: 'ok' },
    except: endsWithResult(TIMEOUT),
    shortLimit: 'idle',
  },
  { ending: 'silence', place: 'terminator', expect: { stream: 'ok' }, shortLimit: 'idle' },
  { ending: 'drip', place: 'headers', expect: all(TIMEOUT), shortLimit: 'first-byte' },
]

const stops = (): Fault[] =>
  STOPS.map(({ ending, place, ...rest }): Fault => ({
    name: `${ending} after: ${place}`,
    family: ending === 'silence' || ending === 'drip' ? 'silence' : 'cut',
    ...(place === 'middle' ? { partsSeen: true } : {}),
    ...(ending === 'silence' && rest.expect.whole === TIMEOUT ? { hangs: true } : {}),
    ...rest,
    respond: (context: FaultContext) => stopAt(context, place, ending),
  }))

const CONNECTIONS: readonly Fault[] = [
  {
    name: 'refused',
    family: 'connection',
    refuses: true,
    expect: all('ServiceNotFoundError not-running'),
    retried: [...READS, ...GENERATIONS, 'change'],
  },
  {
    name: 'accepted and silent',
    family: 'connection',
    expect: all(TIMEOUT),
    shortLimit: 'first-byte',
    hangs: true,
    connect: async (wire) => {
      wire.ignoreInput()
      await wire.closed
    },
  },
  {
    name: 'reset at once',
    family: 'connection',
    expect: all(RESET),
    retried: READS,
    connect: async (wire) => wire.reset(),
  },
  {
    name: 'closed at once',
    family: 'connection',
    expect: all(RESET),
    retried: READS,
    connect: async (wire) => {
      wire.ignoreInput()
      wire.end()
    },
  },
]

// --------------------------------------------------------------------------------------------------------------- framing

const framing = (
  name: string,
  expect: Fault['expect'],
  respond: (context: FaultContext, head: (headers: Readonly<Record<string, string>>) => string) => Promise<void>,
  more: Partial<Fault> = {},
): Fault => ({
  name,
  family: 'framing',
  expect,
  ...more,
  respond: (context) => respond(context, (headers) => headOf(200, { 'content-type': context.reply.type, ...headers })),
})

const GARBAGE = Uint8Array.from({ length: 512 }, (_, index) => (index * 151 + 7) % 256)

async function endless(wire: Wire, piece: Uint8Array): Promise<void> {
  while (!wire.isClosed) await wire.write(piece)
}

const FRAMINGS: readonly Fault[] = [
  framing('chunk that is not complete', { ...all(CUT) }, async ({ wire }, head) => {
    await wire.write(`${head({ 'transfer-encoding': 'chunked' })}ff\r\n{"a`)
    wire.end()
    await wire.closed
  }),
  framing('chunk size that is not a number', { ...all(CUT) }, async ({ wire }, head) => {
    await wire.write(`${head({ 'transfer-encoding': 'chunked' })}zz\r\n{}\r\n`)
    await wire.closed
  }),
  framing('missing last chunk', { ...all(CUT), stream: 'ok' }, async ({ wire, reply, untilSeen }, head) => {
    await wire.write(head({ 'transfer-encoding': 'chunked' }))
    await wire.write(chunked(textOf(reply)))
    if (reply.type === 'text/event-stream') await untilSeen(textBefore(reply))
    wire.end()
    await wire.closed
  }),
  framing(
    'Content-Length that is too large',
    { ...all(CUT), stream: 'ok' },
    async ({ wire, reply, untilSeen }, head) => {
      const body = bytesOf(textOf(reply))
      await wire.write(head({ 'content-length': String(body.length + 9) }))
      await wire.write(body)
      if (reply.type === 'text/event-stream') await untilSeen(textBefore(reply))
      wire.end()
      await wire.closed
    },
  ),
  framing('Content-Length that is too small', { ...all(NOT_JSON), stream: CUT }, async ({ wire, reply }, head) => {
    const middle = bytesOf(textOf({ ...reply, parts: reply.parts.slice(0, middleOf(reply)) }))
    const body = bytesOf(textOf(reply))
    const isStream = reply.type === 'text/event-stream'
    await wire.write(head({ 'content-length': String(isStream ? middle.length : body.length - 9) }))
    await wire.write(body)
    await wire.closed
  }),
  framing('Content-Length that is not a number', all(WRONG_SERVICE), async ({ wire }, head) => {
    await wire.write(`${head({ 'content-length': 'many' })}{}`)
    await wire.closed
  }),
  framing('two different Content-Length', all(WRONG_SERVICE), async ({ wire }) => {
    await wire.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}')
    await wire.closed
  }),
  framing('garbage instead of HTTP', all(WRONG_SERVICE), async ({ wire }) => {
    await wire.write(GARBAGE)
    await wire.closed
  }),
  framing('banner of an SSH server', all(WRONG_SERVICE), async ({ wire }) => {
    await wire.write('SSH-2.0-OpenSSH_9.6\r\n')
    await wire.closed
  }),
  framing('TLS alert', all(WRONG_SERVICE), async ({ wire }) => {
    await wire.write(Uint8Array.of(21, 3, 1, 0, 2, 2, 40))
    await wire.closed
  }),
  framing(
    'garbage after the headers',
    all(NOT_JSON),
    async ({ wire }, head) => {
      await wire.write(head({ 'content-length': String(GARBAGE.length) }))
      await wire.write(GARBAGE)
      wire.isIdle = true
    },
    { except: { stream: CUT } },
  ),
  framing('headers of 1 MiB', all('NetworkError network'), async ({ wire }) => {
    await wire.write(`HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(1024 * 1024)}\r\n\r\n`)
    await wire.closed
  }),
  framing('endless headers', all('NetworkError network'), async ({ wire }) => {
    await wire.write('HTTP/1.1 200 OK\r\n')
    await endless(wire, bytesOf('x-again: and again\r\n'.repeat(200)))
  }),
  framing(
    'status 100 and nothing more',
    all(RESET),
    async ({ wire }) => {
      await wire.write('HTTP/1.1 100 Continue\r\n\r\n')
      await wire.closed
    },
    { retried: READS },
  ),
  framing(
    'status 101',
    all(RESET),
    async ({ wire }) => {
      await wire.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
      await wire.closed
    },
    { retried: READS },
  ),
  framing('status 103 before the response', { ...all('ok') }, async ({ wire, reply }) => {
    await wire.write('HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n')
    await sendHealthy(wire, reply)
  }),
  framing('status 204', { ...all(NOT_JSON), stream: CUT }, async ({ wire }) => {
    await wire.write(headOf(204, {}))
    wire.isIdle = true
  }),
  framing('empty body', { ...all(NOT_JSON), stream: CUT }, async ({ wire, reply }) => {
    await sendWhole(wire, '', { type: reply.type })
  }),
]

// -------------------------------------------------------------------------------------------------------------- encoding

const encoded = (
  name: string,
  expect: Fault['expect'],
  encode: (body: Uint8Array) => Uint8Array,
  encoding = 'gzip',
  more: Partial<Fault> = {},
): Fault => ({
  name,
  family: 'encoding',
  expect,
  ...more,
  respond: async ({ wire, reply }) =>
    sendWhole(wire, encode(bytesOf(textOf(reply))), {
      type: reply.type,
      framing: defaultFraming(reply),
      headers: { 'content-encoding': encoding },
    }),
})

let bomb: Uint8Array | undefined
/** 96 MiB of spaces in 96 kB, where the limit is 64 MiB. */
const gzipBomb = (): Uint8Array => (bomb ??= gzipSync(Buffer.alloc(96 * 1024 * 1024, ' ')))
let lineBomb: Uint8Array | undefined
const gzipLineBomb = (): Uint8Array =>
  (lineBomb ??= gzipSync(Buffer.concat([Buffer.from('data: '), Buffer.alloc(32 * 1024 * 1024, 'a')])))

const ENCODINGS: readonly Fault[] = [
  encoded('gzip', all('ok'), (body) => gzipSync(body)),
  // Node's fetch takes the end of the body for the end of the archive.
  encoded('gzip that breaks off', { ...all(NOT_JSON), stream: CUT }, (body) => gzipSync(body).subarray(0, 15)),
  encoded('gzip that is not gzip', { ...all(CUT) }, (body) => body),
  encoded('gzip with a block that does not exist', { ...all(CUT) }, (body) => {
    const bytes = Buffer.from(gzipSync(body))
    // The first byte after the header: the last block, of the type 3.
    bytes[10] = 7
    return bytes
  }),
  encoded('unknown encoding', all(NOT_JSON), () => GARBAGE, 'x-secret', { except: { stream: CUT } }),
  encoded('gzip that explodes', { read: TOO_LONG, whole: TOO_LONG, change: TOO_LONG }, gzipBomb, 'gzip', {
    isHeavy: true,
  }),
  encoded('gzip that explodes into one line', { stream: 'InvalidResponseError line-too-long' }, gzipLineBomb, 'gzip', {
    isHeavy: true,
  }),
]

// --------------------------------------------------------------------------------------------------------------- content

const content = (
  name: string,
  expect: Fault['expect'],
  respond: (context: FaultContext) => Promise<void>,
  more: Partial<Fault> = {},
): Fault => ({ name, family: 'content', expect, respond, ...more })

const body = (name: string, expect: Fault['expect'], text: string | Uint8Array, more: Partial<Fault> = {}): Fault =>
  content(name, expect, ({ wire, reply }) => sendWhole(wire, text, { type: reply.type }), more)

const PAGE = '<!doctype html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>'

const labeled = (type: string, name = `label ${type}`): Fault =>
  content(name, all('ok'), ({ wire, reply }) =>
    sendWhole(wire, textOf(reply), { status: reply.status, type, framing: defaultFraming(reply) }),
  )

const JSON_READERS = {
  read: NOT_JSON,
  unload: NOT_JSON,
  change: NOT_JSON,
  poll: NOT_JSON,
  whole: NOT_JSON,
  list: NOT_JSON,
} as const

const CONTENTS: readonly Fault[] = [
  labeled('text/plain'),
  labeled('application/octet-stream'),
  labeled('', 'no label'),
  labeled('application/json; charset=utf-8'),
  content('page with status 200', all(NOT_JSON), ({ wire }) => sendWhole(wire, PAGE, { type: 'text/html' })),
  body('page with the label of the response', all(NOT_JSON), PAGE, { except: { stream: CUT } }),
  body('plain text', all(NOT_JSON), 'It works!', { except: { stream: CUT } }),
  body('JSON null', { ...all(INVALID), stream: CUT }, 'null'),
  body('JSON array', { ...all(INVALID), stream: CUT }, '[]'),
  body('JSON number', { ...all(INVALID), stream: CUT }, '7'),
  body('JSON string', { ...all(INVALID), stream: CUT }, '"It works!"'),
  body('JSON object without anything', all(INVALID), '{}'),
  body('JSON nested 100,000 deep', { ...all(INVALID), stream: CUT }, `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  content(
    'invalid UTF-8',
    all('ok'),
    async ({ wire, reply }) => {
      const bytes = Buffer.from(
        textOf(reply).replaceAll('gulls', 'gul\u0001\u0001').replaceAll('Heron', 'Her\u0001\u0001'),
      )
      for (let index = 0; index < bytes.length; index++) if (bytes[index] === 1) bytes[index] = 0xfe
      await sendWhole(wire, bytes, { type: reply.type, framing: defaultFraming(reply) })
    },
    { okText: 'Two gul\u{fffd}\u{fffd} land.' },
  ),
  content('JSON cut at any position', JSON_READERS, ({ wire, reply, random }) => {
    const text = textOf(reply)
    return sendWhole(wire, text.slice(0, Math.floor(random() * text.length)), { type: reply.type })
  }),
  content('control character at any position of JSON', JSON_READERS, ({ wire, reply, random }) => {
    const text = textOf(reply)
    const at = Math.floor(random() * text.length)
    return sendWhole(wire, `${text.slice(0, at)}\0${text.slice(at)}`, { type: reply.type })
  }),
  content('byte order mark', all('ok'), ({ wire, reply }) =>
    sendWhole(wire, `\u{feff}${textOf(reply)}`, { type: reply.type, framing: defaultFraming(reply) }),
  ),
  content(
    'endless body',
    { read: TOO_LONG, whole: TOO_LONG, change: TOO_LONG },
    async ({ wire, reply }) => {
      await wire.write(`${headOf(200, { 'content-type': reply.type, connection: 'close' })}{"a":"`)
      await endless(wire, Buffer.alloc(1024 * 1024, 'a'))
    },
    { isHeavy: true },
  ),
  content(
    'endless line',
    { stream: 'InvalidResponseError line-too-long' },
    async ({ wire, reply }) => {
      await wire.write(`${headOf(200, { 'content-type': reply.type, connection: 'close' })}data: `)
      await endless(wire, Buffer.alloc(1024 * 1024, 'a'))
    },
    { isHeavy: true },
  ),
  content(
    'comments without end',
    { stream: TIMEOUT },
    async ({ wire, reply }) => {
      await wire.write(headOf(200, { 'content-type': reply.type, connection: 'close' }))
      while (!wire.isClosed) {
        await wire.write(': keep-alive\n\n')
        await wire.pause(DRIP_MS)
      }
    },
    { shortLimit: 'first-byte' },
  ),
  content(
    'comments without end after the first text',
    { stream: TIMEOUT },
    async ({ wire, reply, onText }) => {
      onText(textBefore(reply, middleOf(reply)))
      await wire.write(headOf(200, { 'content-type': reply.type, connection: 'close' }))
      await wire.write(textOf({ ...reply, parts: reply.parts.slice(0, middleOf(reply)) }))
      while (!wire.isClosed) {
        await wire.write(': keep-alive\n\n')
        await wire.pause(DRIP_MS)
      }
    },
    { shortLimit: 'idle', partsSeen: true },
  ),
  content(
    'white space without end',
    { whole: TIMEOUT, read: TIMEOUT, change: TIMEOUT, list: TIMEOUT, unload: TIMEOUT },
    async ({ wire, reply }) => {
      await wire.write(headOf(200, { 'content-type': reply.type, connection: 'close' }))
      while (!wire.isClosed) {
        await wire.write(' ')
        await wire.pause(DRIP_MS)
      }
    },
    { shortLimit: 'first-byte' },
  ),
  content(
    'one byte at a time without end',
    { whole: TIMEOUT, read: TIMEOUT, change: TIMEOUT, list: TIMEOUT, unload: TIMEOUT },
    async ({ wire, reply }) => {
      await wire.write(`${headOf(200, { 'content-type': reply.type, connection: 'close' })}{"a":"`)
      while (!wire.isClosed) {
        await wire.write('a')
        await wire.pause(DRIP_MS)
      }
    },
    { shortLimit: 'idle' },
  ),
  content(
    'the whole response, one byte at a time',
    all('ok'),
    async ({ wire, reply }) => {
      const bytes = bytesOf(textOf(reply))
      await wire.write(headOf(reply.status, { 'content-type': reply.type, 'content-length': String(bytes.length) }))
      for (const byte of bytes) await wire.write(Uint8Array.of(byte))
      wire.isIdle = true
    },
    { isSlow: true },
  ),
]

// ---------------------------------------------------------------------------------------------------------------- events

/** Changes the events of a stream. `first` is the number of the first event with text, `last` that of the final event. */
const events = (
  name: string,
  outcome: Outcome,
  change: (
    parts: readonly string[],
    places: { readonly first: number; readonly last: number },
    random: () => number,
  ) => readonly string[],
  more: Partial<Fault> = {},
): Fault => ({
  name,
  family: 'events',
  expect: { stream: outcome },
  ...more,
  respond: async ({ wire, reply, onText, random }) => {
    const parts = reply.parts.map(({ text }) => text)
    const first = Math.max(
      1,
      reply.parts.findIndex(({ adds }) => adds !== ''),
    )
    onText(textBefore(reply, first + 1))
    await sendWhole(wire, change(parts, { first, last: parts.length - 1 }, random).join(''), {
      type: reply.type,
      framing: 'chunked',
    })
  },
})

/** An event after the one with the first text. */
const inserted = (name: string, outcome: Outcome, event: string, more: Partial<Fault> = {}): Fault =>
  events(
    name,
    outcome,
    (parts, { first }) => [...parts.slice(0, first + 1), `${event}\n\n`, ...parts.slice(first + 1)],
    more,
  )

const hasFinishReason = (event: string): boolean => /"finish_reason":"/.test(event)

const EVENTS: readonly Fault[] = [
  events('the stream twice', 'ok', (parts) => [...parts, ...parts]),
  events('the final event twice', 'ok', (parts, { last }) => [...parts, parts[last]!]),
  // Of these streams, the end marker is not needed; the final event of the others has the result.
  events('no final event', 'ok', (parts) => parts.slice(0, -1), { except: endsWithResult(CUT) }),
  events('no finish reason and no final event', CUT, (parts) =>
    parts.slice(0, -1).filter((event) => !hasFinishReason(event)),
  ),
  events('only the final event', 'InvalidResponseError empty-response', (parts) => parts.slice(-1), {
    except: endsWithResult('ok'),
  }),
  events(
    'the final event first',
    'InvalidResponseError empty-response',
    (parts) => [...parts.slice(-1), ...parts.slice(0, -1)],
    { except: endsWithResult('ok') },
  ),
  events('nothing but comments', CUT, () => [': keep-alive\n\n', ': keep-alive\n\n']),
  events('an event without data before each', 'ok', (parts) => parts.map((event) => `event: ping\n\n${event}`)),
  events('an unknown event before each', 'ok', (parts) =>
    parts.map((event) => `event: acme.unknown\ndata: {"type":"acme.unknown","object":"acme.unknown"}\n\n${event}`),
  ),
  events('a comment inside each', 'ok', (parts) => parts.map((event) => `: note\nid: 7\nretry: 10\n${event}`)),
  events('CRLF', 'ok', (parts) => parts.map((event) => event.replaceAll('\n', '\r\n'))),
  events('CR', 'ok', (parts) => parts.map((event) => event.replaceAll('\n', '\r'))),
  events('no line break at the end', 'ok', (parts) => [parts.join('').trimEnd()]),
  inserted('an event that is not JSON', NOT_JSON, 'data: It works!', { partsSeen: true }),
  inserted('an event of a page', NOT_JSON, `data: ${PAGE}`, { partsSeen: true }),
  events(
    'an event cut at any position',
    NOT_JSON,
    (parts, { first }, random) => {
      const next = parts[first + 1]!
      const json = next.indexOf('{')
      const cut = json + 1 + Math.floor(random() * (next.length - json - 4))
      return [...parts.slice(0, first + 1), `${next.slice(0, cut)}\n\n`, ...parts.slice(first + 2)]
    },
    { partsSeen: true },
  ),
  inserted('an error as LM Studio', 'ApiError api', 'event: error\ndata: {"error":{"message":"It did not work."}}', {
    partsSeen: true,
    isReported: true,
  }),
  inserted('an error as OpenAI', 'ApiError api', 'data: {"error":{"message":"It did not work.","type":"some_error"}}', {
    partsSeen: true,
    isReported: true,
  }),
  inserted('an error as text', 'ApiError api', 'data: {"error":"It did not work."}', {
    partsSeen: true,
    isReported: true,
  }),
  inserted('an error as a field', 'ApiError api', 'error: {"message":"It did not work."}', {
    partsSeen: true,
    isReported: true,
  }),
  inserted('an error in plain words', 'ApiError api', 'data: Error: it did not work', { partsSeen: true }),
]

// ---------------------------------------------------------------------------------------------------------------- status

const redirect = (status: number): Fault => ({
  name: `status ${status} to another host`,
  family: 'status',
  expect: all('NetworkError redirect'),
  respond: async ({ wire, otherURL }) =>
    sendWhole(wire, '', { status, type: '', headers: { location: `${otherURL}/stolen` } }),
})

const ERROR_BODIES: readonly (readonly [name: string, body: string])[] = [
  ['LM Studio', '{"error":"It did not work."}'],
  ['OpenAI', '{"error":{"message":"It did not work.","type":"some_error","code":null,"param":null}}'],
  ['FastAPI', '{"detail":"It did not work."}'],
  ['a message', '{"message":"It did not work."}'],
  ['a list', '[{"error":{"message":"It did not work."}}]'],
  ['plain text', 'It did not work.'],
  ['a page', `<html><head><title>Oops</title></head><body>It did not work.</body></html>`],
  ['nothing', ''],
  ['invalid JSON', '{"error":'],
  ['JSON null', 'null'],
  ['a number', '{"error":7}'],
  ['nested JSON', JSON.stringify({ error: JSON.stringify({ error: { message: 'It did not work.' } }) })],
]

interface StatusRow {
  readonly status: number
  readonly expect: Outcome
  readonly retried?: readonly Kind[]
}

const STATUSES: readonly StatusRow[] = [
  { status: 400, expect: 'InvalidRequestError invalid-request' },
  { status: 401, expect: 'AuthenticationError auth-required' },
  { status: 403, expect: 'PermissionError permission' },
  { status: 404, expect: WRONG_PATH },
  { status: 405, expect: WRONG_PATH },
  { status: 408, expect: 'ApiError request-timeout', retried: READS },
  { status: 413, expect: 'InvalidRequestError request-too-large' },
  { status: 418, expect: 'ApiError api' },
  { status: 422, expect: 'InvalidRequestError invalid-request' },
  { status: 429, expect: 'RateLimitError rate-limit', retried: [...READS, ...GENERATIONS, 'change'] },
  { status: 500, expect: SERVER_ERROR },
  { status: 502, expect: SERVER_ERROR, retried: READS },
  { status: 503, expect: SERVER_ERROR, retried: [...READS, ...GENERATIONS, 'change'] },
  { status: 504, expect: SERVER_ERROR, retried: READS },
  { status: 599, expect: SERVER_ERROR },
]

const statusFaults = (): Fault[] =>
  STATUSES.flatMap(({ status, expect, retried }) =>
    ERROR_BODIES.map(([name, text]): Fault => ({
      name: `status ${status} with ${name}`,
      family: 'status',
      expect: all(expect),
      ...(retried === undefined ? {} : { retried }),
      ...(expect === WRONG_PATH ? { triesOtherPaths: true } : {}),
      respond: ({ wire }) =>
        sendWhole(wire, text, { status, type: text.startsWith('<') ? 'text/html' : 'application/json' }),
    })),
  )

const OK_ERRORS: readonly Fault[] = ERROR_BODIES.slice(0, 4).map(([name, text]): Fault => ({
  name: `status 200 with an error as ${name}`,
  family: 'status',
  expect: all('ApiError api'),
  // LM Studio reports the failure of a download this way.
  except: { downloadModel: 'ApiError download-failed' },
  respond: ({ wire }) => sendWhole(wire, text),
}))

export const FAULTS: readonly Fault[] = [
  ...CONNECTIONS,
  ...stops(),
  ...FRAMINGS,
  ...ENCODINGS,
  ...CONTENTS,
  ...EVENTS,
  ...[301, 302, 303, 307, 308].map(redirect),
  ...statusFaults(),
  ...OK_ERRORS,
]
