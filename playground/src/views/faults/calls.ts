import { generateObject, type LMStudioProvider } from 'lmstudio-provider'

/** What is told of a call while it goes on. */
interface Watch {
  readonly signal: AbortSignal
  readonly onText: (text: string) => void
}

/** A call that a fault can spoil. */
interface LabCall {
  readonly label: string
  /** The route it is about: a fault waits for it, and not for what is looked up before. */
  readonly path: string | RegExp | undefined
  /** Gives what is shown of the answer. */
  readonly run: (lmstudio: LMStudioProvider, watch: Watch) => Promise<unknown>
}

const MODEL = 'acme/tern-4b'
const EMBEDDER = 'text-embedding-plover-v2'
// For the mock: that many words, so that one sees it coming.
const PROMPT = 'lorem 30'
const QUESTION = 'What is the weather in Oslo?'

const TOOLS = [
  {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
] as const

const SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
} as const

const CHAT = '/v1/chat/completions'
const TEXT = '/v1/completions'
const RESPONSES = '/v1/responses'
const NATIVE = '/api/v1/chat'
// Where the newest list is not there, an older one is asked for.
const MODELS = /^\/(?:api\/v[01]|v1)\/models$/

const only = ({ signal }: Watch): { readonly signal: AbortSignal } => ({ signal })

interface AnyStream {
  readonly textStream: AsyncIterable<string>
  readonly response: Promise<object>
}

async function follow(stream: AnyStream, { onText }: Watch): Promise<object> {
  for await (const text of stream.textStream) onText(text)
  return withoutRaw(await stream.response)
}

/** The answer as the library gives it; the Inspector has what it was made of. */
function withoutRaw(answer: object): object {
  const { raw: _, ...rest } = answer as Record<string, unknown>
  return rest
}

export const CALLS = {
  complete: {
    label: 'complete: an answer at once',
    path: CHAT,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.complete({ model: MODEL, prompt: PROMPT }, { signal })),
  },
  stream: {
    label: 'stream: an answer as it is made',
    path: CHAT,
    run: (lmstudio, watch) => follow(lmstudio.stream({ model: MODEL, prompt: PROMPT }, only(watch)), watch),
  },
  object: {
    label: 'generateObject: structured output',
    path: CHAT,
    run: async (lmstudio, { signal }) => {
      const request = { model: MODEL, prompt: 'Make up a person.', schema: SCHEMA }
      const { object } = await generateObject(lmstudio, request, { signal })
      return { object }
    },
  },
  tools: {
    label: 'complete with a tool',
    path: CHAT,
    run: async (lmstudio, { signal }) =>
      withoutRaw(
        await lmstudio.complete({ model: MODEL, prompt: QUESTION, tools: TOOLS, toolChoice: 'required' }, { signal }),
      ),
  },
  streamTools: {
    label: 'stream with a tool',
    path: CHAT,
    run: (lmstudio, watch) =>
      follow(
        lmstudio.stream({ model: MODEL, prompt: QUESTION, tools: TOOLS, toolChoice: 'required' }, only(watch)),
        watch,
      ),
  },
  embed: {
    label: 'embed: three texts',
    path: '/v1/embeddings',
    run: async (lmstudio, { signal }) => {
      const { embeddings, model, usage } = await lmstudio.embed(
        { model: EMBEDDER, input: ['sea', 'shore', 'sand'] },
        { signal },
      )
      return { model, usage, vectors: embeddings.map((vector) => ({ numbers: vector.length, first: vector[0] })) }
    },
  },
  listModels: {
    label: 'listModels',
    path: MODELS,
    run: async (lmstudio, { signal }) =>
      (await lmstudio.listModels({ signal, refresh: true })).map(({ id, type, state }) => ({ id, type, state })),
  },
  healthCheck: {
    label: 'healthCheck',
    path: undefined,
    run: (lmstudio, { signal }) => lmstudio.healthCheck({ signal }),
  },
  chat: {
    label: 'chat: native, at once',
    path: NATIVE,
    run: async (lmstudio, { signal }) => withoutRaw(await lmstudio.chat({ model: MODEL, input: PROMPT }, { signal })),
  },
  streamChat: {
    label: 'streamChat: native, as it is made',
    path: NATIVE,
    run: (lmstudio, watch) => follow(lmstudio.streamChat({ model: MODEL, input: PROMPT }, only(watch)), watch),
  },
  streamChatTools: {
    label: 'streamChat with an MCP server',
    path: NATIVE,
    run: (lmstudio, watch) =>
      follow(lmstudio.streamChat({ model: MODEL, input: QUESTION, integrations: ['mcp/weather'] }, only(watch)), watch),
  },
  respond: {
    label: 'respond: responses, at once',
    path: RESPONSES,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.respond({ model: MODEL, input: PROMPT }, { signal })),
  },
  streamRespond: {
    label: 'streamRespond: responses, as they are made',
    path: RESPONSES,
    run: (lmstudio, watch) => follow(lmstudio.streamRespond({ model: MODEL, input: PROMPT }, only(watch)), watch),
  },
  streamRespondTools: {
    label: 'streamRespond with a tool',
    path: RESPONSES,
    run: (lmstudio, watch) =>
      follow(
        lmstudio.streamRespond({ model: MODEL, input: QUESTION, tools: TOOLS, toolChoice: 'required' }, only(watch)),
        watch,
      ),
  },
  completeText: {
    label: 'completeText: go on from a text',
    path: TEXT,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.completeText({ model: MODEL, prompt: PROMPT }, { signal })),
  },
  streamCompleteText: {
    label: 'streamCompleteText',
    path: TEXT,
    run: (lmstudio, watch) => follow(lmstudio.streamCompleteText({ model: MODEL, prompt: PROMPT }, only(watch)), watch),
  },
  loadModel: {
    label: 'loadModel',
    path: '/api/v1/models/load',
    run: async (lmstudio, { signal }) => withoutRaw(await lmstudio.loadModel('acme/heron-base', {}, { signal })),
  },
  unloadModel: {
    label: 'unloadModel',
    path: '/api/v1/models/unload',
    run: async (lmstudio, { signal }) => {
      await lmstudio.unloadModel(MODEL, { signal })
      return { unloaded: MODEL }
    },
  },
  downloadModel: {
    label: 'downloadModel',
    path: '/api/v1/models/download',
    run: async (lmstudio, { signal, onText }) =>
      withoutRaw(
        await lmstudio.downloadModel(
          'acme/avocet-2b',
          {
            onProgress: ({ status, downloadedBytes = 0, totalBytes = 1 }) =>
              onText(`${status} ${Math.round((downloadedBytes / totalBytes) * 100)} %\n`),
          },
          { signal },
        ),
      ),
  },
} as const satisfies Readonly<Record<string, LabCall>>

export type CallName = keyof typeof CALLS

/** Whether a request is one that the call is about. */
export function isAbout(call: CallName, url: string): boolean {
  const path: string | RegExp | undefined = CALLS[call].path
  const { pathname } = new URL(url)
  return path === undefined || (typeof path === 'string' ? pathname === path : path.test(pathname))
}

export const callNames = Object.keys(CALLS) as CallName[]
