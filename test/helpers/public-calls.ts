import {
  createConversation,
  generateObject,
  predicate,
  runTools,
  streamObject,
  streamTools,
  type CallOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'

export const MODEL = 'acme/tern-4b'
/** A model that no test server has. */
export const MISSING_MODEL = 'acme/none'
export const EMBEDDING_MODEL = 'text-embedding-plover-v2'
export const JUDGE = 'acme/judge-1b'

export interface CallContext {
  readonly lmstudio: LMStudioProvider
  readonly options: CallOptions
  /** Receives the text of a stream as it arrives. */
  readonly onText?: (text: string) => void
}

/** A call of a public function. */
export interface PublicCall {
  /** The methods and functions of the public interface that this call covers. */
  readonly covers: readonly string[]
  run(context: CallContext): Promise<unknown>
  /** Opens the stream that `run` reads to its end. */
  readonly open?: (context: CallContext) => AsyncIterable<unknown>
}

const HELLO = { model: MODEL, prompt: 'Hello.' }
const INPUT = { model: MODEL, input: 'Hello.' }
const QUESTIONS = { kind: predicate('Is it kind?') }
const TOOLS = { ...HELLO, tools: [{ name: 'now', execute: () => 'noon' }] }
const OBJECT = {
  ...HELLO,
  schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  repair: true,
} as const

const call = (name: string, run: PublicCall['run']): PublicCall => ({ covers: [name], run })

const streamed = (name: string, open: NonNullable<PublicCall['open']>): PublicCall => ({
  covers: [name],
  open,
  run: (context) => readText(open(context), context),
})

/** Reads a stream of events or texts, reports the text and returns the last event, which has the response. */
export async function readText(
  stream: AsyncIterable<unknown>,
  { onText }: Pick<CallContext, 'onText'>,
): Promise<unknown> {
  let last: unknown
  for await (const event of stream) {
    last = event
    const { type, text } = event as { readonly type?: string; readonly text: string }
    if (typeof event === 'string') onText?.(event)
    else if (type === 'text-delta') onText?.(text)
  }
  return last
}

/** One call of every public function that needs a provider and sends requests, later rounds and batches included. */
export const PUBLIC_CALLS = {
  listModels: call('listModels', ({ lmstudio, options }) => lmstudio.listModels(options)),
  supportsModel: call('supportsModel', ({ lmstudio, options }) => lmstudio.supportsModel(MODEL, options)),
  modelCapabilities: call('modelCapabilities', ({ lmstudio, options }) => lmstudio.modelCapabilities(MODEL, options)),
  pickModel: call('pickModel', ({ lmstudio, options }) => lmstudio.pickModel({ vision: true }, options)),
  healthCheck: call('healthCheck', ({ lmstudio, options }) => lmstudio.healthCheck(options)),
  complete: call('complete', ({ lmstudio, options }) => lmstudio.complete(HELLO, options)),
  'complete with the default model': call('complete', ({ lmstudio, options }) =>
    lmstudio.complete({ prompt: 'Hello.' }, options),
  ),
  'complete with a missing model': call('complete', ({ lmstudio, options }) =>
    lmstudio.complete({ ...HELLO, model: MISSING_MODEL }, options),
  ),
  completeText: call('completeText', ({ lmstudio, options }) => lmstudio.completeText(HELLO, options)),
  respond: call('respond', ({ lmstudio, options }) => lmstudio.respond(INPUT, options)),
  chat: call('chat', ({ lmstudio, options }) => lmstudio.chat(INPUT, options)),
  'chat with a reasoning setting': call('chat', ({ lmstudio, options }) =>
    lmstudio.chat({ ...INPUT, reasoning: 'on' }, options),
  ),
  'send of a conversation': {
    covers: ['createConversation', 'send'],
    run: ({ lmstudio, options }) => createConversation(lmstudio, { model: MODEL }).send('Hello.', options),
  },
  'embed in batches': call('embed', ({ lmstudio, options }) =>
    lmstudio.embed({ model: EMBEDDING_MODEL, input: ['gull', 'tern'], batchSize: 1, concurrency: 1 }, options),
  ),
  decide: call('decide', ({ lmstudio, options }) =>
    lmstudio.decide({ model: JUDGE, input: 'gull', questions: QUESTIONS }, options),
  ),
  decideMany: call('decideMany', ({ lmstudio, options }) =>
    lmstudio.decideMany({ model: JUDGE, inputs: ['gull', 'tern'], questions: QUESTIONS, concurrency: 1 }, options),
  ),
  'generateObject with a repair': call('generateObject', ({ lmstudio, options }) =>
    generateObject(lmstudio, OBJECT, options),
  ),
  'runTools in two rounds': call('runTools', ({ lmstudio, options }) => runTools(lmstudio, TOOLS, options)),
  stream: streamed('stream', ({ lmstudio, options }) => lmstudio.stream(HELLO, options)),
  'textStream of stream': streamed('stream', ({ lmstudio, options }) => lmstudio.stream(HELLO, options).textStream),
  'response of stream': call('stream', async (context) => {
    const stream = context.lmstudio.stream(HELLO, context.options)
    const [, response] = await Promise.all([readText(stream, context), stream.response])
    return response
  }),
  streamCompleteText: streamed('streamCompleteText', ({ lmstudio, options }) =>
    lmstudio.streamCompleteText(HELLO, options),
  ),
  streamRespond: streamed('streamRespond', ({ lmstudio, options }) => lmstudio.streamRespond(INPUT, options)),
  streamChat: streamed('streamChat', ({ lmstudio, options }) => lmstudio.streamChat(INPUT, options)),
  'stream of a conversation': streamed('stream of a conversation', ({ lmstudio, options }) =>
    createConversation(lmstudio, { model: MODEL }).stream('Hello.', options),
  ),
  'streamObject with a repair': streamed('streamObject', ({ lmstudio, options }) =>
    streamObject(lmstudio, OBJECT, options),
  ),
  'streamTools in two rounds': streamed('streamTools', ({ lmstudio, options }) =>
    streamTools(lmstudio, TOOLS, options),
  ),
  loadModel: call('loadModel', ({ lmstudio, options }) => lmstudio.loadModel('acme/heron-base', {}, options)),
  unloadModel: call('unloadModel', ({ lmstudio, options }) => lmstudio.unloadModel(MODEL, options)),
  downloadModel: call('downloadModel', ({ lmstudio, options }) => lmstudio.downloadModel('acme/new-2b', {}, options)),
} satisfies Record<string, PublicCall>

export type CallName = keyof typeof PUBLIC_CALLS
