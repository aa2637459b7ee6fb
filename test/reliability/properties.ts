import {
  createLMStudio,
  InvalidRequestError,
  memoryCache,
  ProviderError,
  readEvents,
  type CompletionEvent,
  type LMStudioProvider,
} from 'lmstudio-provider'
import fc from 'fast-check'
import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { SSEDecoder } from '../../src/streaming/sse-decoder.js'
import { type Kind, type PublicCall, PUBLIC_CALLS } from './calls.js'
import { MODEL } from '../helpers/public-calls.js'
import { healthyReply, type Reply } from './healthy-replies.js'

/** Something that holds for every input; `run` throws if it does not, and resolves to the number of inputs. */
export interface Property {
  readonly name: string
  readonly run: (parameters: fc.Parameters<unknown>) => Promise<number>
}

async function check<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  parameters: fc.Parameters<unknown>,
): Promise<number> {
  const details = await fc.check(property, parameters as fc.Parameters<T>)
  if (details.failed) throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance })
  return details.numRuns
}

const URL_OF_SERVER = 'http://127.0.0.1:9'
const NEVER_MS = 600_000

class Violation extends Error {}

function assert(condition: boolean, message: () => string): void {
  if (!condition) throw new Violation(message())
}

// ------------------------------------------------------------------------------------------------------------- responses

/** The body of a response in the chunks in which it arrives. */
function bodyOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other)
  const chunks = [...places, bytes.length].map((end, index) => bytes.slice(places[index - 1] ?? 0, end))
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
}

type Respond = (reply: Reply) => Response

/** A call whose request at `position` gets another response; the others get healthy ones. */
async function outcomeOf(
  call: PublicCall,
  position: number,
  respond: Respond,
): Promise<{ readonly outcome: string; readonly text: string; readonly value?: unknown }> {
  let text = ''
  let index = 0
  const fetch = (async (input: string, init: RequestInit) => {
    const { pathname: path, origin } = new URL(input)
    if (origin !== URL_OF_SERVER) throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
    const body = JSON.parse((init.body as string | undefined) ?? '{}') as Record<string, unknown>
    const reply = healthyReply({ method: init.method ?? 'GET', path, body })
    if (index++ >= position) return respond(reply)
    return new Response(textOf(reply), { status: reply.status, headers: { 'content-type': reply.type } })
  }) as typeof globalThis.fetch
  const lmstudio = createLMStudio({ endpoint: URL_OF_SERVER, fetch, cache: memoryCache(), maxRetries: 0 })
  try {
    const value = await call.run({
      lmstudio,
      url: URL_OF_SERVER,
      fetch,
      options: {},
      timeout: NEVER_MS,
      onText: (delta) => (text += delta),
    })
    return { outcome: 'ok', text, value }
  } catch (error) {
    if (error instanceof Violation) throw error
    const isOurs = ProviderError.isInstance(error) && error.hint.length > 0 && error.message.length < 20_000
    assert(isOurs, () => `${call.name} rejected with ${String(error)}`)
    const { name, code } = error as ProviderError
    return { outcome: `${name} ${code}`, text }
  }
}

const textOf = ({ parts }: Reply): string => parts.map(({ text }) => text).join('')

/** The requests of all calls whose responses can be exchanged. A poll is repeated for seconds. */
const PLACES = PUBLIC_CALLS.flatMap((call) =>
  call.requests.flatMap((kind, position) => (kind === 'setup' || kind === 'poll' ? [] : [{ call, position }])),
)

const place = fc.constantFrom(...PLACES)
const cuts = fc.array(fc.nat(4_000), { maxLength: 12 })
const type = fc.constantFrom('application/json', 'text/event-stream', 'text/plain', 'text/html', '')

/** Pieces of event streams and of JSON, right and wrong, and bytes of any kind. */
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.record({ healthy: fc.nat(12) }) },
  fc.uint8Array({ maxLength: 24 }),
  fc
    .constantFrom(
      'data: ',
      'data: [DONE]\n\n',
      'event: error\n',
      'event: chat.end\n',
      'error: {"message":"no"}\n\n',
      '\r',
      '\n',
      '\n\n',
      ': comment\n\n',
      '\u{feff}',
      '{"choices":[{"delta":{"content":"x"}}]}',
      '{"error":"no"}',
      '{',
      '}',
      '"',
      '\0',
    )
    .map((text) => new TextEncoder().encode(text)),
)

const anyBytes: Property = {
  name: 'any bytes as a response end in a result or an error of this package, however they are cut',
  run: (parameters) =>
    check(
      fc.asyncProperty(
        place,
        fc.array(piece, { maxLength: 10 }),
        type,
        cuts,
        cuts,
        async ({ call, position }, pieces, label, one, other) => {
          const send =
            (places: readonly number[]): Respond =>
            ({ parts }) => {
              const bytes = Buffer.concat(
                pieces.map((part) =>
                  'healthy' in part ? Buffer.from(parts[part.healthy % parts.length]!.text) : part,
                ),
              )
              return new Response(bodyOf(bytes, places), { headers: label === '' ? {} : { 'content-type': label } })
            }
          const first = await outcomeOf(call, position, send(one))
          const second = await outcomeOf(call, position, send(other))
          assert(
            first.outcome === second.outcome && first.text === second.text,
            () => `${call.name}: ${first.outcome} “${first.text}” and ${second.outcome} “${second.text}”`,
          )
        },
      ),
      parameters,
    ),
}

const MAX_LENGTH = 64

const decoderBounds: Property = {
  name: 'the decoder keeps no line and no event beyond its limit, and throws only for these',
  run: (parameters) =>
    check(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 90 }),
            fc
              .constantFrom('data: ', 'data:x\n', '\n', '{"a":\n', 'event: e\n')
              .map((text) => new TextEncoder().encode(text)),
          ),
          { maxLength: 30 },
        ),
        (chunks) => {
          const decoder = new SSEDecoder(MAX_LENGTH)
          try {
            for (const chunk of chunks) {
              decoder.push(chunk)
              for (let data = decoder.next(); data !== undefined; data = decoder.next()) {
                const { length } = data
                assert(length <= MAX_LENGTH, () => `an event of ${length} characters`)
              }
              const stray = decoder.strayJSON?.length ?? 0
              assert(stray <= MAX_LENGTH, () => `${stray} characters of stray JSON`)
            }
          } catch (error) {
            if (error instanceof Violation) throw error
            assert(ProviderError.isInstance(error) && error.code === 'line-too-long', () => String(error))
          }
        },
      ),
      parameters,
    ),
}

/** Texts of JSON values that no field expects, and numbers that JSON.parse turns into something else. */
const HOSTILE = [
  '1e999',
  '-1e999',
  '-1',
  '-0',
  '0.5',
  '1e21',
  '9007199254740993',
  '1e-400',
  '7',
  '"7"',
  '""',
  '"x"',
  '"\\ud800"',
  'null',
  'true',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"a":1}',
  '{"__proto__":{"a":1}}',
  '{"toString":1}',
  '{"length":-1}',
] as const

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

/** Replaces what is at some paths of a JSON text by other JSON texts. */
function mutate(json: string, changes: readonly { readonly at: number; readonly to: string }[]): string {
  const root = { value: JSON.parse(json) as unknown }
  const texts: string[] = []
  for (const { at, to } of changes) {
    const paths = pathsOf(root)
    const path = paths[1 + (at % (paths.length - 1))]!
    let owner: Record<string | number, unknown> = root
    for (const key of path.slice(0, -1)) owner = owner[key] as Record<string | number, unknown>
    owner[path.at(-1)!] = `@${texts.push(to) - 1}@`
  }
  return JSON.stringify(root.value).replaceAll(/"@(\d+)@"/g, (_, index: string) => texts[Number(index)]!)
}

const changes = fc.array(
  fc.record({ at: fc.nat(10_000), to: fc.oneof(fc.constantFrom<string>(...HOSTILE), fc.json()) }),
  {
    minLength: 1,
    maxLength: 3,
  },
)

// Counts are whole and at least 0; other figures are finite. Vectors and what the model or a schema wrote are content.
const COUNT = /tokens$|bytes$|(context)?length$|^models(Available|Loaded)$|^(numExperts|evalBatchSize|parallel)$|Size$/i
const CONTENT = ['raw', 'arguments', 'object', 'output', 'config', 'providerMetadata']
const POSITIVE = /Ms$|perSecond$/i

function assertTyped(value: unknown, path: Path = []): void {
  const key = String(path.at(-1) ?? '')
  if (typeof value === 'number') {
    const isRight =
      Number.isFinite(value) &&
      (!COUNT.test(key) || (Number.isInteger(value) && value >= 0)) &&
      (!POSITIVE.test(key) || value >= 0)
    assert(isRight, () => `${path.join('.')} is ${value}`)
  }
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) if (!CONTENT.includes(name)) assertTyped(inner, [...path, name])
}

const anyJSON: Property = {
  name: 'any JSON in a response becomes a typed result or an error of this package, numbers included',
  run: (parameters) =>
    check(
      fc.asyncProperty(place, fc.nat(20), changes, async ({ call, position }, partNumber, list) => {
        const { value } = await outcomeOf(call, position, ({ parts, type: label, status }) => {
          const withJSON = parts.map(({ text }) => text).map((text, index) => ({ index, at: text.indexOf('{'), text }))
          const candidates = withJSON.filter(({ at }) => at >= 0)
          const { index, at, text } = candidates[partNumber % candidates.length]!
          const json = text.slice(at).trimEnd()
          const changed = withJSON.map((part) =>
            part.index === index ? text.slice(0, at) + mutate(json, list) + text.slice(at + json.length) : part.text,
          )
          return new Response(changed.join(''), { status, headers: { 'content-type': label } })
        })
        assertTyped(value)
      }),
      parameters,
    ),
}

const cutJSON: Property = {
  name: 'a JSON body that is cut, or has a control character, at any position is not-json',
  run: async ({ numRuns = 1 }) => {
    let runs = 0
    // Not random: as many positions of each body, and all of them where there are enough runs.
    const positions = Math.ceil(numRuns / PLACES.length / 4)
    for (const { call, position } of PLACES) {
      if (!WITH_JSON.includes(call.requests[position]!)) continue
      let length = 1
      for (let at = 0; at < length; at += Math.max(1, Math.floor(length / positions))) {
        for (const change of [cutAt, insertAt]) {
          const { outcome } = await outcomeOf(call, position, (reply) => {
            length = textOf(reply).length
            return new Response(change(textOf(reply), at), { headers: { 'content-type': reply.type } })
          })
          runs++
          assert(outcome === 'InvalidResponseError not-json', () => `${call.name} at ${at}: ${outcome}`)
        }
      }
    }
    return runs
  },
}

const WITH_JSON: readonly Kind[] = ['whole', 'change', 'read']
const cutAt = (text: string, at: number): string => text.slice(0, at)
const insertAt = (text: string, at: number): string => `${text.slice(0, at)}\0${text.slice(at)}`

// -------------------------------------------------------------------------------------------------------------- requests

type Send = (lmstudio: LMStudioProvider, request: never) => Promise<unknown>

const QUESTION = { type: 'predicate', question: 'Is it kind?' }
const REQUESTS: readonly (readonly [name: string, valid: object, send: Send])[] = [
  ['complete', { model: MODEL, prompt: 'Hi' }, (lmstudio, request) => lmstudio.complete(request)],
  [
    'stream',
    { model: MODEL, messages: [{ role: 'user', content: 'Hi' }] },
    (lmstudio, request) => lmstudio.stream(request).response,
  ],
  ['completeText', { model: MODEL, prompt: 'Hi' }, (lmstudio, request) => lmstudio.completeText(request)],
  ['respond', { model: MODEL, input: 'Hi' }, (lmstudio, request) => lmstudio.respond(request)],
  ['chat', { model: MODEL, input: 'Hi' }, (lmstudio, request) => lmstudio.chat(request)],
  ['embed', { model: MODEL, input: ['Hi'] }, (lmstudio, request) => lmstudio.embed(request)],
  [
    'decide',
    { model: MODEL, input: 'Hi', questions: { kind: QUESTION } },
    (lmstudio, request) => lmstudio.decide(request),
  ],
  ['loadModel', {}, (lmstudio, config) => lmstudio.loadModel('acme/heron-base', config)],
]

const FIELDS = [
  'model',
  'prompt',
  'messages',
  'system',
  'input',
  'temperature',
  'topP',
  'topK',
  'minP',
  'maxTokens',
  'stop',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'repeatPenalty',
  'logitBias',
  'tools',
  'toolChoice',
  'responseFormat',
  'reasoningEffort',
  'ttlSeconds',
  'draftModel',
  'extraBody',
  'questions',
  'batchSize',
  'concurrency',
  'store',
  'previousResponseId',
  'integrations',
  'contextLength',
  'flashAttention',
  'forceNew',
  'unknownField',
  '__proto__',
] as const

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withObjectString: true,
  maxDepth: 3,
})

const anyRequest: Property = {
  name: 'any request becomes a body of valid JSON or an InvalidRequestError before anything is sent',
  run: (parameters) =>
    check(
      fc.asyncProperty(
        fc.constantFrom(...REQUESTS),
        fc.boolean(),
        fc.dictionary(fc.constantFrom<string>(...FIELDS), anything, { maxKeys: 4 }),
        async ([name, valid, send], isValid, fields) => {
          const bodies: string[] = []
          const fetch = (async (input: string, init: RequestInit) => {
            if (init.method === 'POST') bodies.push(String(init.body))
            const body = JSON.parse((init.body as string | undefined) ?? '{}') as Record<string, unknown>
            const reply = healthyReply({ method: init.method ?? 'GET', path: new URL(input).pathname, body })
            return new Response(textOf(reply), { status: reply.status, headers: { 'content-type': reply.type } })
          }) as typeof globalThis.fetch
          const lmstudio = createLMStudio({ endpoint: URL_OF_SERVER, fetch, cache: memoryCache(), maxRetries: 0 })
          const request = { ...(isValid ? valid : {}), ...fields }
          try {
            await send(lmstudio, request as never)
            assert(bodies.length > 0 || name === 'loadModel', () => `${name} sent nothing`)
          } catch (error) {
            if (error instanceof Violation) throw error
            assert(ProviderError.isInstance(error), () => `${name} rejected with ${String(error)}`)
            const isEarly = bodies.length === 0
            const isRight =
              !isEarly || InvalidRequestError.isInstance(error) || (error as ProviderError).code === 'model-required'
            assert(isRight, () => `${name} sent nothing and rejected with ${String(error)}`)
          }
          for (const body of bodies) {
            const parsed = JSON.parse(body) as { model?: unknown }
            assert(typeof parsed.model === 'string' && parsed.model !== '', () => `${name} sent ${body}`)
          }
        },
      ),
      parameters,
    ),
}

// ------------------------------------------------------------------------------------------------------------------ laws

const chunkOf = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: MODEL, choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`

const delta = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('🌊', 'é', '\u2028', '👩‍🚀', '\0', '\n\n', '\r', 'data: [DONE]\n\n', '\u{feff}', '"', '\\'),
)

const roundTrip: Property = {
  name: 'readEvents returns the events that toResponse encoded, however the bytes are cut',
  run: (parameters) =>
    check(
      fc.asyncProperty(
        fc.array(delta, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('sse' as const, 'ndjson' as const),
        cuts,
        async (deltas, format, places) => {
          const body = `${deltas.map((content) => chunkOf({ content })).join('')}${chunkOf({}, 'stop')}data: [DONE]\n\n`
          const fetch = (async () =>
            new Response(body, { headers: { 'content-type': 'text/event-stream' } })) as typeof globalThis.fetch
          const lmstudio = createLMStudio({ endpoint: URL_OF_SERVER, fetch, cache: memoryCache() })
          const request = { model: MODEL, prompt: 'Hi' }
          const direct: CompletionEvent[] = []
          for await (const event of lmstudio.stream(request)) direct.push(event)
          const sent = await lmstudio.stream(request).toResponse({ format })
          const bytes = new Uint8Array(await sent.arrayBuffer())
          const received: CompletionEvent[] = []
          const wire = new Response(bodyOf(bytes, places), { headers: sent.headers })
          for await (const event of readEvents(wire)) received.push(event as CompletionEvent)
          // The figures of two runs differ in time.
          const compared = (events: CompletionEvent[]): string =>
            JSON.stringify(events, (key, value: unknown) => (key === 'stats' ? undefined : value))
          assert(compared(direct) === compared(received), () => `${compared(direct)} became ${compared(received)}`)
          const text = direct.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
          assert(text === deltas.join(''), () => `${JSON.stringify(deltas)} became ${JSON.stringify(text)}`)
        },
      ),
      parameters,
    ),
}

const errorRoundTrip: Property = {
  name: 'an error keeps its class and its facts as JSON',
  run: (parameters) =>
    check(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.json(), fc.string()), async (status, body) => {
        const hasNoBody = status === 204 || status === 205 || status === 304
        const fetch = (async () => new Response(hasNoBody ? null : body, { status })) as typeof globalThis.fetch
        const lmstudio = createLMStudio({ endpoint: URL_OF_SERVER, fetch, cache: memoryCache(), maxRetries: 0 })
        const error: unknown = await lmstudio.complete({ model: MODEL, prompt: 'Hi' }).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (error === undefined) return
        assert(ProviderError.isInstance(error), () => String(error))
        const before = JSON.stringify(error)
        const restored = ProviderError.fromJSON(JSON.parse(before) as never)
        assert(JSON.stringify(restored) === before, () => `${before} became ${JSON.stringify(restored)}`)
        const { isInstance } = (error as ProviderError).constructor as typeof ProviderError
        assert(
          isInstance.call((error as ProviderError).constructor as never, restored),
          () => `${before} has another class`,
        )
      }),
      parameters,
    ),
}

// -------------------------------------------------------------------------------------------------------------- settling

const LIMIT_MS = 4
const REASON = new Error('the caller has left')

type Action =
  | 'text'
  | 'finish'
  | 'done'
  | 'garbage'
  | 'reported error'
  | 'break'
  | 'close'
  | 'abort'
  | 'abort the stream'
  | 'turn'
  | 'wait'

const action = fc.constantFrom<Action>(
  'text',
  'text',
  'text',
  'finish',
  'done',
  'garbage',
  'reported error',
  'break',
  'close',
  'abort',
  'abort the stream',
  'turn',
  'turn',
  'wait',
)

const TEXTS: Readonly<Partial<Record<Action, string>>> = {
  text: chunkOf({ content: 'x' }),
  finish: chunkOf({}, 'stop'),
  done: 'data: [DONE]\n\n',
  garbage: 'data: {"a\n\n',
  'reported error': 'data: {"error":"no"}\n\n',
}

const settlesOnce: Property = {
  name: 'any order of data, errors, aborts and limits settles a stream once, and leaves nothing',
  run: (parameters) =>
    check(
      fc.asyncProperty(fc.array(action, { maxLength: 10 }), async (actions) => {
        const caller = new AbortController()
        let controller!: ReadableStreamDefaultController<Uint8Array>
        let isOver = false
        const body = new ReadableStream<Uint8Array>({
          start: (given) => void (controller = given),
          cancel: () => void (isOver = true),
        })
        const fetch = (async (_input: string, { signal }: RequestInit) => {
          signal!.addEventListener('abort', () => {
            if (!isOver) controller.error(signal!.reason)
            isOver = true
          })
          return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
        }) as typeof globalThis.fetch
        const lmstudio = createLMStudio({
          endpoint: URL_OF_SERVER,
          fetch,
          cache: memoryCache(),
          generationTimeout: LIMIT_MS,
          idleTimeout: LIMIT_MS,
        })
        const stream = lmstudio.stream({ model: MODEL, prompt: 'Hi' }, { signal: caller.signal })
        let events = 0
        let ends = 0
        let settled = 0
        const iteration = (async () => {
          for await (const event of stream) {
            events++
            if (event.type === 'completion-end') ends++
          }
        })().then(
          () => void settled++,
          (error: unknown) => {
            settled++
            return error
          },
        )
        const response = stream.response.then(
          () => undefined,
          (error: unknown) => error,
        )
        let isAborted = false
        for (const step of actions) {
          const text = TEXTS[step]
          if (text !== undefined && !isOver) controller.enqueue(new TextEncoder().encode(text))
          if (step === 'break' && !isOver) controller.error(new TypeError('terminated'))
          if (step === 'close' && !isOver) controller.close()
          if (step === 'break' || step === 'close') isOver = true
          if (step === 'abort' || step === 'abort the stream') {
            isAborted ||= settled === 0
            if (step === 'abort') caller.abort(REASON)
            else stream.abort(REASON)
          }
          if (step === 'turn') await setTimeout(0)
          if (step === 'wait') await setTimeout(LIMIT_MS * 2)
        }
        // Without an end of its own, a limit ends the stream.
        const [error, responseError] = [await iteration, await response]
        const eventsAtEnd = events
        await setTimeout(0)
        assert(error === responseError, () => `iteration: ${String(error)}, response: ${String(responseError)}`)
        assert(error === undefined || error === REASON || ProviderError.isInstance(error), () => String(error))
        assert(error !== REASON || isAborted, () => 'rejected with the reason of an abort that came later')
        assert(settled === 1 && events === eventsAtEnd, () => `settled ${settled} times`)
        assert(ends === (error === undefined ? 1 : 0), () => `${ends} ends`)
        assert(getEventListeners(caller.signal, 'abort').length === 0, () => 'left a listener')
      }),
      parameters,
    ),
}

export const PROPERTIES: readonly Property[] = [
  anyBytes,
  decoderBounds,
  anyJSON,
  cutJSON,
  anyRequest,
  roundTrip,
  errorRoundTrip,
  settlesOnce,
]
