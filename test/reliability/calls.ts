import { diagnose, discover, readEvents } from 'lmstudio-provider'
import {
  type CallContext as ProviderCallContext,
  type CallName,
  MODEL,
  PUBLIC_CALLS as CALLS,
  readText,
} from '../helpers/public-calls.js'

/**
 * How a request is made: `read` and `unload` are retried; `change` and the generations `whole` and `stream` are not, unless
 * they never ran; `greeting`, `list` and `lookup` may fail; a failed `poll` is followed by others; a `setup` does not fail.
 */
export type Kind = 'setup' | 'read' | 'unload' | 'change' | 'poll' | 'whole' | 'stream' | 'greeting' | 'list' | 'lookup'

export interface CallContext extends Required<ProviderCallContext> {
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  /** For functions that take their limits with the other options. */
  readonly timeout: number
}

/** What a call promises. */
interface Promises {
  /** Its requests, in order. */
  readonly requests: readonly Kind[]
  /** What it ends with although no request fails; the default is `ok`. */
  readonly healthy?: string
  /** Whether it resolves to a report or to a search result, whatever the server does. */
  readonly reports?: 'health' | 'diagnosis' | 'discovery'
  /** What its hints have instead of {@link HINT_PARTS}, by code. */
  readonly hints?: Readonly<Record<string, string>>
  /** Whether its events are not reported to `onText`. */
  readonly hasText?: false
  /** Whether it resolves to a response with the text of the healthy reply. */
  readonly returnsText?: true
  /** Whether an error that is reported in an event is thrown only after the rest of the stream. */
  readonly throwsLate?: true
  /** Whether errors arrive as JSON, without what is never part of JSON: the partial response and the caller's reason. */
  readonly crossesWire?: true
  /** Whether an error still has what the requests before the one at this position returned. */
  readonly kept?: Readonly<Record<number, (error: unknown) => boolean>>
}

/** A call of a public function. */
export interface PublicCall extends Promises {
  readonly name: string
  readonly covers: readonly string[]
  run(context: CallContext): Promise<unknown>
}

const DECISION_HINTS = { 'wrong-path': 'Update the server to a version with POST /v1/decisions' }

interface ErrorWithParts {
  readonly partial?: { readonly embeddings?: readonly unknown[]; readonly responses?: readonly unknown[] }
  readonly steps?: readonly unknown[]
}

/** Tests what an error of the second request still has of the first. */
const second = (test: (error: ErrorWithParts) => boolean): NonNullable<PublicCall['kept']> => ({
  1: (error) => test(error as ErrorWithParts),
})

const PROMISES: Readonly<Record<CallName, Promises>> = {
  listModels: { requests: ['read'] },
  supportsModel: { requests: ['read'] },
  modelCapabilities: { requests: ['read'] },
  pickModel: { requests: ['read'] },
  healthCheck: { requests: ['greeting', 'list'], reports: 'health' },
  complete: { requests: ['whole'], returnsText: true },
  'complete with the default model': { requests: ['read', 'whole'], returnsText: true },
  'complete with a missing model': { requests: ['setup', 'lookup'], healthy: 'ModelNotFoundError model-not-found' },
  completeText: { requests: ['whole'], returnsText: true },
  respond: { requests: ['whole'], returnsText: true },
  chat: { requests: ['whole'], returnsText: true },
  'chat with a reasoning setting': { requests: ['lookup', 'whole'], returnsText: true },
  'send of a conversation': { requests: ['whole'], returnsText: true },
  'embed in batches': {
    requests: ['whole', 'whole'],
    kept: second(({ partial }) => partial?.embeddings?.[0] !== undefined),
  },
  decide: { requests: ['whole'], hints: DECISION_HINTS },
  decideMany: {
    requests: ['whole', 'whole'],
    hints: DECISION_HINTS,
    kept: second(({ partial }) => partial?.responses?.[0] !== undefined),
  },
  'generateObject with a repair': { requests: ['whole', 'whole'] },
  'runTools in two rounds': { requests: ['whole', 'whole'], kept: second(({ steps }) => steps?.length === 1) },
  stream: { requests: ['stream'] },
  'textStream of stream': { requests: ['stream'] },
  'response of stream': { requests: ['stream'] },
  streamCompleteText: { requests: ['stream'] },
  streamRespond: { requests: ['stream'] },
  streamChat: { requests: ['stream'], throwsLate: true },
  'stream of a conversation': { requests: ['stream'], throwsLate: true },
  'streamObject with a repair': { requests: ['stream', 'stream'], hasText: false },
  'streamTools in two rounds': { requests: ['stream', 'stream'], kept: second(({ steps }) => steps?.length === 1) },
  loadModel: { requests: ['read', 'change'] },
  unloadModel: { requests: ['read', 'unload'] },
  downloadModel: { requests: ['change', 'poll'] },
}

export const PUBLIC_CALLS: readonly PublicCall[] = [
  ...Object.entries(PROMISES).map(([name, promises]) => ({ name, ...CALLS[name as CallName], ...promises })),
  {
    name: 'diagnose',
    covers: ['diagnose'],
    requests: ['greeting', 'list'],
    reports: 'diagnosis',
    run: ({ url, fetch, options: { signal }, timeout }) => diagnose({ endpoint: url, fetch, signal, timeout }),
  },
  {
    name: 'discover',
    covers: ['discover'],
    requests: ['greeting', 'list'],
    reports: 'discovery',
    run: ({ url, fetch, options: { signal }, timeout }) => discover({ endpoint: url, fetch, signal, timeout }),
  },
  {
    name: 'toResponse of stream, read by readEvents',
    covers: ['stream', 'readEvents'],
    requests: ['stream'],
    crossesWire: true,
    async run(context) {
      const { lmstudio, options } = context
      const response = await lmstudio
        .stream({ model: MODEL, prompt: 'Hello.' }, options)
        .toResponse({ format: 'ndjson' })
      return readText(readEvents(response), context)
    },
  },
]

/** Public functions that send nothing. */
export const WITHOUT_REQUESTS: readonly string[] = [
  'choice',
  'cosineSimilarity',
  'createLMStudio',
  'errorToResponse',
  'indexedDBCache',
  'memoryCache',
  'noCache',
  'predicate',
  'score',
  'tool',
  // Methods of a conversation.
  'branch',
  'toJSON',
]
