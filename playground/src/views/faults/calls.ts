import { generateObject, type LMStudioProvider } from 'lmstudio-provider'

interface CallContext {
  readonly signal: AbortSignal
  readonly onText: (text: string) => void
}

/** A call that can run with a fault. */
interface LabCall {
  readonly label: string
  /** The route of the call. Faults apply only to this route, not to the lookups before the call. */
  readonly path: string | RegExp | undefined
  /** Resolves to the value to show. */
  readonly run: (lmstudio: LMStudioProvider, context: CallContext) => Promise<unknown>
}

const MODEL = 'acme/tern-4b'
const EMBEDDING_MODEL = 'text-embedding-plover-v2'
// The mock replies with 30 words, enough to see it stream.
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
// The library falls back to older list routes.
const MODELS = /^\/(?:api\/v[01]|v1)\/models$/

interface TextStream {
  readonly textStream: AsyncIterable<string>
  readonly response: Promise<object>
}

async function consume(stream: TextStream, { onText }: CallContext): Promise<object> {
  for await (const text of stream.textStream) onText(text)
  return withoutRaw(await stream.response)
}

/** Removes the raw response, which the Inspector shows. */
function withoutRaw(response: object): object {
  const { raw: _, ...rest } = response as Record<string, unknown>
  return rest
}

export const CALLS = {
  complete: {
    label: 'complete: a complete response',
    path: CHAT,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.complete({ model: MODEL, prompt: PROMPT }, { signal })),
  },
  stream: {
    label: 'stream: a streamed response',
    path: CHAT,
    run: (lmstudio, context) =>
      consume(lmstudio.stream({ model: MODEL, prompt: PROMPT }, { signal: context.signal }), context),
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
    run: (lmstudio, context) =>
      consume(
        lmstudio.stream(
          { model: MODEL, prompt: QUESTION, tools: TOOLS, toolChoice: 'required' },
          { signal: context.signal },
        ),
        context,
      ),
  },
  embed: {
    label: 'embed: three texts',
    path: '/v1/embeddings',
    run: async (lmstudio, { signal }) => {
      const { embeddings, model, usage } = await lmstudio.embed(
        { model: EMBEDDING_MODEL, input: ['sea', 'shore', 'sand'] },
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
    label: 'chat: native, complete',
    path: NATIVE,
    run: async (lmstudio, { signal }) => withoutRaw(await lmstudio.chat({ model: MODEL, input: PROMPT }, { signal })),
  },
  streamChat: {
    label: 'streamChat: native, streamed',
    path: NATIVE,
    run: (lmstudio, context) =>
      consume(lmstudio.streamChat({ model: MODEL, input: PROMPT }, { signal: context.signal }), context),
  },
  streamChatTools: {
    label: 'streamChat with an MCP server',
    path: NATIVE,
    run: (lmstudio, context) =>
      consume(
        lmstudio.streamChat(
          { model: MODEL, input: QUESTION, integrations: ['mcp/weather'] },
          { signal: context.signal },
        ),
        context,
      ),
  },
  respond: {
    label: 'respond: Responses API, complete',
    path: RESPONSES,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.respond({ model: MODEL, input: PROMPT }, { signal })),
  },
  streamRespond: {
    label: 'streamRespond: Responses API, streamed',
    path: RESPONSES,
    run: (lmstudio, context) =>
      consume(lmstudio.streamRespond({ model: MODEL, input: PROMPT }, { signal: context.signal }), context),
  },
  streamRespondTools: {
    label: 'streamRespond with a tool',
    path: RESPONSES,
    run: (lmstudio, context) =>
      consume(
        lmstudio.streamRespond(
          { model: MODEL, input: QUESTION, tools: TOOLS, toolChoice: 'required' },
          { signal: context.signal },
        ),
        context,
      ),
  },
  completeText: {
    label: 'completeText: continue a text',
    path: TEXT,
    run: async (lmstudio, { signal }) =>
      withoutRaw(await lmstudio.completeText({ model: MODEL, prompt: PROMPT }, { signal })),
  },
  streamCompleteText: {
    label: 'streamCompleteText',
    path: TEXT,
    run: (lmstudio, context) =>
      consume(lmstudio.streamCompleteText({ model: MODEL, prompt: PROMPT }, { signal: context.signal }), context),
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
              onText(`${status} ${Math.round((downloadedBytes / totalBytes) * 100)}%\n`),
          },
          { signal },
        ),
      ),
  },
} as const satisfies Readonly<Record<string, LabCall>>

export type CallName = keyof typeof CALLS

/** Whether a request goes to the route of the call. */
export function isRouteOf(call: CallName, url: string): boolean {
  const path: string | RegExp | undefined = CALLS[call].path
  const { pathname } = new URL(url)
  return path === undefined || (typeof path === 'string' ? pathname === path : path.test(pathname))
}

export const callNames = Object.keys(CALLS) as CallName[]
