import {
  createConversation,
  createLMStudio,
  generateObject,
  memoryCache,
  predicate,
  runTools,
  streamObject,
  streamTools,
  type CallOptions,
  type LMStudioOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import {
  createMockLMStudio,
  type MockLMStudio,
  type MockLMStudioOptions,
  type MockPrompt,
  type MockReply,
} from 'lmstudio-provider/testing'
import { HELLO, MODEL } from './provider.js'

const CHAT = 'POST /v1/chat/completions'
const LIST = 'GET /api/v1/models'
const INPUT = { model: MODEL, input: 'Hello.' } as const
const EMBED = { model: 'text-embedding-plover-v2', input: ['gull', 'tern'], batchSize: 1, concurrency: 1 } as const
const JUDGE = { model: 'acme/judge-1b', questions: { kind: predicate('Is it kind?') } }
const DECIDE = { ...JUDGE, input: 'gull' }
const NOTHING_LOADED = { jit: false, models: [{ id: MODEL }] } as const

const TOOLS = { ...HELLO, prompt: 'What is the time?', tools: [{ name: 'now', execute: () => 'noon' }] }
const OBJECT = {
  ...HELLO,
  prompt: 'Name a bird.',
  schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  repair: true,
} as const

/** A public function as a call of its options, with every request that it makes. */
export interface PublicCall {
  readonly name: string
  /** In order; `limits: 'own'` for a lookup that has its own time limit and is not retried. */
  readonly requests: readonly { readonly request: string; readonly limits?: 'own' }[]
  /** Runs before the call, without its options. */
  readonly prepare?: (lmstudio: LMStudioProvider) => Promise<unknown>
  readonly mock?: MockLMStudioOptions
  run(lmstudio: LMStudioProvider, options: CallOptions): Promise<unknown>
  /** Whether the call rejects although every request succeeds. */
  readonly rejects?: boolean
  /** Starts reading and leaves after the first event, for streams. */
  readonly leave?: (lmstudio: LMStudioProvider, options: CallOptions) => Promise<void>
}

const requests = (...list: readonly string[]): PublicCall['requests'] => list.map((request) => ({ request }))

/** A call that streams: read to its end, or left after the first event. */
function streamed(
  name: string,
  list: PublicCall['requests'],
  open: (lmstudio: LMStudioProvider, options: CallOptions) => AsyncIterable<unknown>,
): PublicCall {
  return {
    name,
    requests: list,
    async run(lmstudio, options) {
      for await (const _ of open(lmstudio, options));
    },
    async leave(lmstudio, options) {
      for await (const _ of open(lmstudio, options)) break
    },
  }
}

/** Every public function that talks to a server, later rounds, batches and lookups included. */
export const PUBLIC_CALLS: readonly PublicCall[] = [
  { name: 'listModels', requests: requests(LIST), run: (lmstudio, options) => lmstudio.listModels(options) },
  {
    name: 'listModels of LM Studio 0.3',
    mock: { version: '0.3' },
    requests: requests(LIST, 'GET /api/v0/models'),
    run: (lmstudio, options) => lmstudio.listModels(options),
  },
  {
    name: 'supportsModel',
    requests: requests(LIST),
    run: (lmstudio, options) => lmstudio.supportsModel(MODEL, options),
  },
  {
    name: 'supportsModel with a list that must be refreshed',
    prepare: (lmstudio) => lmstudio.listModels(),
    requests: requests(LIST),
    run: (lmstudio, options) => lmstudio.supportsModel('acme/none', options),
  },
  {
    name: 'modelCapabilities',
    requests: requests(LIST),
    run: (lmstudio, options) => lmstudio.modelCapabilities(MODEL, options),
  },
  {
    name: 'healthCheck',
    requests: requests('GET /lmstudio-greeting', LIST),
    run: (lmstudio, options) => lmstudio.healthCheck(options),
  },
  { name: 'complete', requests: requests(CHAT), run: (lmstudio, options) => lmstudio.complete(HELLO, options) },
  {
    name: 'complete without a loaded model',
    mock: NOTHING_LOADED,
    requests: [{ request: CHAT }, { request: LIST, limits: 'own' }],
    rejects: true,
    run: (lmstudio, options) => lmstudio.complete(HELLO, options),
  },
  {
    name: 'stream without a loaded model',
    mock: NOTHING_LOADED,
    requests: [{ request: CHAT }, { request: LIST, limits: 'own' }],
    rejects: true,
    run: (lmstudio, options) => lmstudio.stream(HELLO, options).response,
  },
  streamed('stream', requests(CHAT), (lmstudio, options) => lmstudio.stream(HELLO, options)),
  streamed('textStream of stream', requests(CHAT), (lmstudio, options) => lmstudio.stream(HELLO, options).textStream),
  {
    name: 'completeText',
    requests: requests('POST /v1/completions'),
    run: (lmstudio, options) => lmstudio.completeText({ model: MODEL, prompt: 'Hello.' }, options),
  },
  streamed('streamCompleteText', requests('POST /v1/completions'), (lmstudio, options) =>
    lmstudio.streamCompleteText({ model: MODEL, prompt: 'Hello.' }, options),
  ),
  {
    name: 'respond',
    requests: requests('POST /v1/responses'),
    run: (lmstudio, options) => lmstudio.respond(INPUT, options),
  },
  streamed('streamRespond', requests('POST /v1/responses'), (lmstudio, options) =>
    lmstudio.streamRespond(INPUT, options),
  ),
  { name: 'chat', requests: requests('POST /api/v1/chat'), run: (lmstudio, options) => lmstudio.chat(INPUT, options) },
  {
    name: 'chat with a reasoning setting',
    requests: [{ request: LIST, limits: 'own' }, { request: 'POST /api/v1/chat' }],
    run: (lmstudio, options) => lmstudio.chat({ ...INPUT, reasoning: 'on' }, options),
  },
  streamed('streamChat', requests('POST /api/v1/chat'), (lmstudio, options) => lmstudio.streamChat(INPUT, options)),
  {
    name: 'send of a conversation',
    requests: requests('POST /api/v1/chat'),
    run: (lmstudio, options) => createConversation(lmstudio, { model: MODEL }).send('Hello.', options),
  },
  streamed('stream of a conversation', requests('POST /api/v1/chat'), (lmstudio, options) =>
    createConversation(lmstudio, { model: MODEL }).stream('Hello.', options),
  ),
  {
    name: 'embed in batches',
    requests: requests('POST /v1/embeddings', 'POST /v1/embeddings'),
    run: (lmstudio, options) => lmstudio.embed(EMBED, options),
  },
  {
    name: 'embed without a loaded model',
    mock: NOTHING_LOADED,
    requests: [{ request: 'POST /v1/embeddings' }, { request: LIST, limits: 'own' }],
    rejects: true,
    run: (lmstudio, options) => lmstudio.embed(EMBED, options),
  },
  {
    name: 'decide',
    requests: requests('POST /v1/decisions'),
    run: (lmstudio, options) => lmstudio.decide(DECIDE, options),
  },
  {
    name: 'decide with a chat model instead',
    requests: [{ request: 'POST /v1/decisions' }, { request: LIST, limits: 'own' }, { request: CHAT }],
    mock: { reply: () => ({ text: '{"kind":true}' }) },
    run: (lmstudio, options) => lmstudio.decide({ ...DECIDE, model: MODEL, fallback: 'chat' }, options),
  },
  {
    name: 'decideMany',
    requests: requests('POST /v1/decisions', 'POST /v1/decisions'),
    run: (lmstudio, options) => lmstudio.decideMany({ ...JUDGE, inputs: ['gull', 'tern'], concurrency: 1 }, options),
  },
  {
    name: 'loadModel',
    requests: requests(LIST, 'POST /api/v1/models/load'),
    run: (lmstudio, options) => lmstudio.loadModel('acme/heron-base', {}, options),
  },
  {
    name: 'unloadModel with two instances',
    prepare: (lmstudio) => lmstudio.loadModel(MODEL, { forceNew: true }),
    requests: requests(LIST, `POST /api/v1/models/unload ${MODEL}`, `POST /api/v1/models/unload ${MODEL}:2`),
    run: (lmstudio, options) => lmstudio.unloadModel(MODEL, options),
  },
  {
    name: 'downloadModel',
    requests: requests(
      'POST /api/v1/models/download',
      ...Array.from({ length: 4 }, () => 'GET /api/v1/models/download/status'),
    ),
    run: (lmstudio, options) => lmstudio.downloadModel('acme/new-2b', {}, options),
  },
  {
    name: 'generateObject with a repair',
    requests: requests(CHAT, CHAT),
    run: (lmstudio, options) => generateObject(lmstudio, OBJECT, options),
  },
  streamed('streamObject with a repair', requests(CHAT, CHAT), (lmstudio, options) =>
    streamObject(lmstudio, OBJECT, options),
  ),
  {
    name: 'runTools in two rounds',
    requests: requests(CHAT, CHAT),
    run: (lmstudio, options) => runTools(lmstudio, TOOLS, options),
  },
  streamed('streamTools in two rounds', requests(CHAT, CHAT), (lmstudio, options) =>
    streamTools(lmstudio, TOOLS, options),
  ),
]

/** Calls the tool first and replies after its result; sends an invalid object first and a valid one after the repair. */
function reply({ messages, tools, schema }: MockPrompt): MockReply | undefined {
  const last = messages.at(-1)
  if (tools.length > 0 && last?.role !== 'tool') return { toolCalls: [{ name: 'now', arguments: {} }] }
  if (schema === undefined) return undefined
  return { text: messages.some(({ role }) => role === 'assistant') ? '{"name":"tern"}' : '{"name":7}' }
}

/** One request as `fetch` was given it. */
export interface SentRequest {
  /** Method and path, for an unload with the instance. */
  readonly request: string
  readonly headers: Headers
  readonly signal: AbortSignal
}

/** What happens to a request instead of the mock's response; `undefined` leaves it to the mock. */
export type Intercept = (
  sent: SentRequest,
  index: number,
  send: () => Promise<Response>,
) => Promise<Response> | undefined

/** A `fetch` of a mock in this process, without sockets, whose requests are recorded and can be intercepted. */
export function setUpFetch(
  intercept: Intercept = () => undefined,
  mockOptions: MockLMStudioOptions = {},
): { fetch: typeof globalThis.fetch; mock: MockLMStudio; sent: SentRequest[] } {
  const mock = createMockLMStudio({ reply, ...mockOptions })
  const sent: SentRequest[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    // The id of a download is random, and two unloads differ only in their body.
    const path = new URL(url).pathname.replace(/\/job_\w+$/, '')
    const { instance_id: instance } = JSON.parse(String(init.body ?? '{}')) as { instance_id?: string }
    const request = {
      request: `${init.method} ${path}${instance === undefined ? '' : ` ${instance}`}`,
      headers: new Headers(init.headers),
      signal: init.signal!,
    }
    sent.push(request)
    const send = (): Promise<Response> => mock.fetch(url, init)
    return (await intercept(request, sent.length - 1, send)) ?? (await send())
  }) as typeof globalThis.fetch
  return { fetch, mock, sent }
}

/** A provider over {@link setUpFetch}, after the preparation of the call. */
export async function setUpCall(
  { mock: mockOptions, prepare }: PublicCall,
  intercept: Intercept = () => undefined,
  options: LMStudioOptions = {},
): Promise<{ lmstudio: LMStudioProvider; mock: MockLMStudio; sent: SentRequest[] }> {
  let isPrepared = false
  const { fetch, mock, sent } = setUpFetch((...args) => (isPrepared ? intercept(...args) : undefined), mockOptions)
  const lmstudio = createLMStudio({ fetch, cache: memoryCache(), ...options })
  await prepare?.(lmstudio)
  isPrepared = true
  // Requests of the preparation do not count.
  sent.length = 0
  return { lmstudio, mock, sent }
}

/** A request without a response: rejects when it is aborted, as fetch does. */
export const hang = ({ signal }: Pick<SentRequest, 'signal'>): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
