import {
  createLMStudio,
  memoryCache,
  predicate,
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
import { type CallName, MISSING_MODEL, MODEL, PUBLIC_CALLS as CALLS } from '../../helpers/public-calls.js'

const CHAT = 'POST /v1/chat/completions'
const LIST = 'GET /api/v1/models'
const EMBEDDINGS = 'POST /v1/embeddings'
const DECISIONS = 'POST /v1/decisions'
const NATIVE_CHAT = 'POST /api/v1/chat'
const NOTHING_LOADED = { jit: false, models: [{ id: MODEL }] } as const
/** A lookup that has its own time limit and is not retried. */
const LOOKUP = { request: LIST, limits: 'own' } as const

interface Expectations {
  /** Every request that the call makes, in order; `limits: 'own'` for a {@link LOOKUP}. */
  readonly requests: readonly { readonly request: string; readonly limits?: 'own' }[]
  /** Runs before the call, without its options. */
  readonly prepare?: (lmstudio: LMStudioProvider) => Promise<unknown>
  readonly mock?: MockLMStudioOptions
  /** Whether the call rejects although every request succeeds. */
  readonly rejects?: boolean
}

/** A public function as a call of its options. */
export interface PublicCall extends Expectations {
  readonly name: string
  run(lmstudio: LMStudioProvider, options: CallOptions): Promise<unknown>
  /** Starts reading and leaves after the first event, for streams. */
  readonly leave?: (lmstudio: LMStudioProvider, options: CallOptions) => Promise<void>
}

const requests = (...list: readonly string[]): Expectations['requests'] => list.map((request) => ({ request }))

// The choice of the default model and the explanation of a missing one have their own tests.
type OtherCallName = Exclude<CallName, 'complete with the default model' | 'complete with a missing model'>

const EXPECTATIONS: Readonly<Record<OtherCallName, Expectations>> = {
  listModels: { requests: requests(LIST) },
  supportsModel: { requests: requests(LIST) },
  modelCapabilities: { requests: requests(LIST) },
  pickModel: { requests: requests(LIST) },
  healthCheck: { requests: requests('GET /lmstudio-greeting', LIST) },
  complete: { requests: requests(CHAT) },
  stream: { requests: requests(CHAT) },
  'textStream of stream': { requests: requests(CHAT) },
  'response of stream': { requests: requests(CHAT) },
  completeText: { requests: requests('POST /v1/completions') },
  streamCompleteText: { requests: requests('POST /v1/completions') },
  respond: { requests: requests('POST /v1/responses') },
  streamRespond: { requests: requests('POST /v1/responses') },
  chat: { requests: requests(NATIVE_CHAT) },
  'chat with a reasoning setting': { requests: [LOOKUP, { request: NATIVE_CHAT }] },
  streamChat: { requests: requests(NATIVE_CHAT) },
  'send of a conversation': { requests: requests(NATIVE_CHAT) },
  'stream of a conversation': { requests: requests(NATIVE_CHAT) },
  'embed in batches': { requests: requests(EMBEDDINGS, EMBEDDINGS) },
  decide: { requests: requests(DECISIONS) },
  decideMany: { requests: requests(DECISIONS, DECISIONS) },
  loadModel: { requests: requests(LIST, 'POST /api/v1/models/load') },
  unloadModel: {
    prepare: (lmstudio) => lmstudio.loadModel(MODEL, { forceNew: true }),
    requests: requests(LIST, `POST /api/v1/models/unload ${MODEL}`, `POST /api/v1/models/unload ${MODEL}:2`),
  },
  downloadModel: {
    requests: requests(
      'POST /api/v1/models/download',
      ...Array.from({ length: 4 }, () => 'GET /api/v1/models/download/status'),
    ),
  },
  'generateObject with a repair': { requests: requests(CHAT, CHAT) },
  'streamObject with a repair': { requests: requests(CHAT, CHAT) },
  'runTools in two rounds': { requests: requests(CHAT, CHAT) },
  'streamTools in two rounds': { requests: requests(CHAT, CHAT) },
}

/** A call of the shared list with what this suite expects of it, or of one of its variants. */
function callOf(name: CallName, expectations: Expectations, title: string = name): PublicCall {
  const { run, open } = CALLS[name] as (typeof CALLS)['stream']
  return {
    name: title,
    ...expectations,
    run: (lmstudio, options) => run({ lmstudio, options }),
    ...(open === undefined
      ? {}
      : {
          async leave(lmstudio, options) {
            for await (const _ of open({ lmstudio, options })) break
          },
        }),
  }
}

/** Every public function that sends requests, with the lookups that some servers require. */
export const PUBLIC_CALLS: readonly PublicCall[] = [
  ...Object.entries(EXPECTATIONS).map(([name, expectations]) => callOf(name as CallName, expectations)),
  callOf(
    'listModels',
    { mock: { version: '0.3' }, requests: requests(LIST, 'GET /api/v0/models') },
    'listModels of LM Studio 0.3',
  ),
  callOf(
    'complete',
    { mock: NOTHING_LOADED, requests: [{ request: CHAT }, LOOKUP], rejects: true },
    'complete without a loaded model',
  ),
  callOf(
    'response of stream',
    { mock: NOTHING_LOADED, requests: [{ request: CHAT }, LOOKUP], rejects: true },
    'stream without a loaded model',
  ),
  callOf(
    'embed in batches',
    { mock: NOTHING_LOADED, requests: [{ request: EMBEDDINGS }, LOOKUP], rejects: true },
    'embed without a loaded model',
  ),
  {
    name: 'supportsModel with a list that must be refreshed',
    prepare: (lmstudio) => lmstudio.listModels(),
    requests: requests(LIST),
    run: (lmstudio, options) => lmstudio.supportsModel(MISSING_MODEL, options),
  },
  {
    name: 'decide with a chat model instead',
    requests: [{ request: DECISIONS }, LOOKUP, { request: CHAT }],
    mock: { reply: () => ({ text: '{"kind":true}' }) },
    run: (lmstudio, options) =>
      lmstudio.decide(
        { model: MODEL, input: 'gull', questions: { kind: predicate('Is it kind?') }, fallback: 'chat' },
        options,
      ),
  },
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
