import {
  createConversation,
  diagnose,
  discover,
  generateObject,
  predicate,
  readEvents,
  runTools,
  streamObject,
  streamTools,
  type CallOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import { EMBEDDING_MODEL, JUDGE, MISSING_MODEL, MODEL } from './healthy-replies.js'

/**
 * How a request is made: `read` and `unload` are retried; `change` and the generations `whole` and `stream` are not, unless
 * they never ran; `greeting`, `list` and `lookup` may fail; a failed `poll` is followed by others; a `setup` does not fail.
 */
export type Kind = 'setup' | 'read' | 'unload' | 'change' | 'poll' | 'whole' | 'stream' | 'greeting' | 'list' | 'lookup'

export interface CallContext {
  readonly lmstudio: LMStudioProvider
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  readonly options: CallOptions
  /** For functions that take their limits with the other options. */
  readonly timeout: number
  /** Receives the text of a stream as it arrives. */
  readonly onText: (text: string) => void
}

/** A call of a public function. */
export interface PublicCall {
  readonly name: string
  /** The methods and functions of the public interface that this call covers. */
  readonly covers: readonly string[]
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
  run(context: CallContext): Promise<unknown>
}

const HELLO = { model: MODEL, prompt: 'Hello.' }
const INPUT = { model: MODEL, input: 'Hello.' }
const QUESTIONS = { kind: predicate('Is it kind?') }
const DECISION_HINTS = { 'wrong-path': 'Update the server to a version with POST /v1/decisions' }
const TOOLS = { ...HELLO, tools: [{ name: 'now', execute: () => 'noon' }] }
const OBJECT = {
  ...HELLO,
  schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  repair: true,
} as const

interface ErrorWithParts {
  readonly partial?: { readonly embeddings?: readonly unknown[]; readonly responses?: readonly unknown[] }
  readonly steps?: readonly unknown[]
}

/** Tests what an error of the second request still has of the first. */
const second = (test: (error: ErrorWithParts) => boolean): NonNullable<PublicCall['kept']> => ({
  1: (error) => test(error as ErrorWithParts),
})

interface TextEvent {
  readonly type: string
}

/** Reads the events of a stream, reports their text and returns the last one, which has the response. */
async function readText(stream: AsyncIterable<TextEvent>, { onText }: CallContext): Promise<unknown> {
  let last: TextEvent | undefined
  for await (const event of stream) {
    last = event
    if (event.type === 'text-delta') onText((event as TextEvent & { readonly text: string }).text)
  }
  return last
}

export const PUBLIC_CALLS: readonly PublicCall[] = [
  {
    name: 'listModels',
    covers: ['listModels'],
    requests: ['read'],
    run: ({ lmstudio, options }) => lmstudio.listModels(options),
  },
  {
    name: 'supportsModel',
    covers: ['supportsModel'],
    requests: ['read'],
    run: ({ lmstudio, options }) => lmstudio.supportsModel(MODEL, options),
  },
  {
    name: 'modelCapabilities',
    covers: ['modelCapabilities'],
    requests: ['read'],
    run: ({ lmstudio, options }) => lmstudio.modelCapabilities(MODEL, options),
  },
  {
    name: 'pickModel',
    covers: ['pickModel'],
    requests: ['read'],
    run: ({ lmstudio, options }) => lmstudio.pickModel({ vision: true }, options),
  },
  {
    name: 'healthCheck',
    covers: ['healthCheck'],
    requests: ['greeting', 'list'],
    reports: 'health',
    run: ({ lmstudio, options }) => lmstudio.healthCheck(options),
  },
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
    name: 'complete',
    covers: ['complete'],
    returnsText: true,
    requests: ['whole'],
    run: ({ lmstudio, options }) => lmstudio.complete(HELLO, options),
  },
  {
    name: 'complete with the default model',
    covers: ['complete'],
    returnsText: true,
    requests: ['read', 'whole'],
    run: ({ lmstudio, options }) => lmstudio.complete({ prompt: 'Hello.' }, options),
  },
  {
    name: 'complete with a missing model',
    covers: ['complete'],
    requests: ['setup', 'lookup'],
    healthy: 'ModelNotFoundError model-not-found',
    run: ({ lmstudio, options }) => lmstudio.complete({ ...HELLO, model: MISSING_MODEL }, options),
  },
  {
    name: 'completeText',
    covers: ['completeText'],
    returnsText: true,
    requests: ['whole'],
    run: ({ lmstudio, options }) => lmstudio.completeText(HELLO, options),
  },
  {
    name: 'respond',
    covers: ['respond'],
    returnsText: true,
    requests: ['whole'],
    run: ({ lmstudio, options }) => lmstudio.respond(INPUT, options),
  },
  {
    name: 'chat',
    covers: ['chat'],
    returnsText: true,
    requests: ['whole'],
    run: ({ lmstudio, options }) => lmstudio.chat(INPUT, options),
  },
  {
    name: 'chat with a reasoning setting',
    covers: ['chat'],
    returnsText: true,
    requests: ['lookup', 'whole'],
    run: ({ lmstudio, options }) => lmstudio.chat({ ...INPUT, reasoning: 'on' }, options),
  },
  {
    name: 'send of a conversation',
    covers: ['createConversation', 'send'],
    returnsText: true,
    requests: ['whole'],
    run: ({ lmstudio, options }) => createConversation(lmstudio, { model: MODEL }).send('Hello.', options),
  },
  {
    name: 'embed in batches',
    covers: ['embed'],
    kept: second(({ partial }) => partial?.embeddings?.[0] !== undefined),
    requests: ['whole', 'whole'],
    run: ({ lmstudio, options }) =>
      lmstudio.embed({ model: EMBEDDING_MODEL, input: ['gull', 'tern'], batchSize: 1, concurrency: 1 }, options),
  },
  {
    name: 'decide',
    covers: ['decide'],
    hints: DECISION_HINTS,
    requests: ['whole'],
    run: ({ lmstudio, options }) => lmstudio.decide({ model: JUDGE, input: 'gull', questions: QUESTIONS }, options),
  },
  {
    name: 'decideMany',
    covers: ['decideMany'],
    hints: DECISION_HINTS,
    kept: second(({ partial }) => partial?.responses?.[0] !== undefined),
    requests: ['whole', 'whole'],
    run: ({ lmstudio, options }) =>
      lmstudio.decideMany({ model: JUDGE, inputs: ['gull', 'tern'], questions: QUESTIONS, concurrency: 1 }, options),
  },
  {
    name: 'generateObject with a repair',
    covers: ['generateObject'],
    requests: ['whole', 'whole'],
    run: ({ lmstudio, options }) => generateObject(lmstudio, OBJECT, options),
  },
  {
    name: 'runTools in two rounds',
    covers: ['runTools'],
    kept: second(({ steps }) => steps?.length === 1),
    requests: ['whole', 'whole'],
    run: ({ lmstudio, options }) => runTools(lmstudio, TOOLS, options),
  },
  {
    name: 'stream',
    covers: ['stream'],
    requests: ['stream'],
    run: (context) => readText(context.lmstudio.stream(HELLO, context.options), context),
  },
  {
    name: 'textStream of stream',
    covers: ['stream'],
    requests: ['stream'],
    async run({ lmstudio, options, onText }) {
      for await (const text of lmstudio.stream(HELLO, options).textStream) onText(text)
    },
  },
  {
    name: 'response of stream',
    covers: ['stream'],
    requests: ['stream'],
    run: async (context) => {
      const stream = context.lmstudio.stream(HELLO, context.options)
      await Promise.all([readText(stream, context), stream.response])
    },
  },
  {
    name: 'toResponse of stream, read by readEvents',
    covers: ['stream', 'readEvents'],
    requests: ['stream'],
    crossesWire: true,
    async run(context) {
      const { lmstudio, options } = context
      const response = await lmstudio.stream(HELLO, options).toResponse({ format: 'ndjson' })
      return readText(readEvents(response), context)
    },
  },
  {
    name: 'streamCompleteText',
    covers: ['streamCompleteText'],
    requests: ['stream'],
    run: (context) => readText(context.lmstudio.streamCompleteText(HELLO, context.options), context),
  },
  {
    name: 'streamRespond',
    covers: ['streamRespond'],
    requests: ['stream'],
    run: (context) => readText(context.lmstudio.streamRespond(INPUT, context.options), context),
  },
  {
    name: 'streamChat',
    covers: ['streamChat'],
    throwsLate: true,
    requests: ['stream'],
    run: (context) => readText(context.lmstudio.streamChat(INPUT, context.options), context),
  },
  {
    name: 'stream of a conversation',
    covers: ['createConversation', 'stream of a conversation'],
    throwsLate: true,
    requests: ['stream'],
    run: (context) =>
      readText(createConversation(context.lmstudio, { model: MODEL }).stream('Hello.', context.options), context),
  },
  {
    name: 'streamObject with a repair',
    covers: ['streamObject'],
    requests: ['stream', 'stream'],
    hasText: false,
    async run({ lmstudio, options }) {
      for await (const _ of streamObject(lmstudio, OBJECT, options));
    },
  },
  {
    name: 'streamTools in two rounds',
    covers: ['streamTools'],
    kept: second(({ steps }) => steps?.length === 1),
    requests: ['stream', 'stream'],
    run: (context) => readText(streamTools(context.lmstudio, TOOLS, context.options), context),
  },
  {
    name: 'loadModel',
    covers: ['loadModel'],
    requests: ['read', 'change'],
    run: ({ lmstudio, options }) => lmstudio.loadModel('acme/heron-base', {}, options),
  },
  {
    name: 'unloadModel',
    covers: ['unloadModel'],
    requests: ['read', 'unload'],
    run: ({ lmstudio, options }) => lmstudio.unloadModel(MODEL, options),
  },
  {
    name: 'downloadModel',
    covers: ['downloadModel'],
    requests: ['change', 'poll'],
    run: ({ lmstudio, options }) => lmstudio.downloadModel('acme/new-2b', {}, options),
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
