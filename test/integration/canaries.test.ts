import { inspect } from 'node:util'
import {
  createConversation,
  createLMStudio,
  diagnose,
  discover,
  errorToResponse,
  generateObject,
  predicate,
  runTools,
  streamObject,
  streamTools,
  tool,
  type LMStudioOptions,
  type LMStudioProvider,
  type LogEvent,
  type Message,
} from 'lmstudio-provider'
import { createLMStudio as createAISDKProvider } from 'lmstudio-provider/ai-sdk'
import { expect, test } from 'vitest'
import { jitter, watchRejections } from './support/watch.js'

/** One secret for each place of a request. Each has its own word, so that a failure names the place. */
const SECRETS = {
  token: 'cnrtoken-5Hk2Lq9Zx7',
  header: 'cnrheader-8Vb3Nm1Qw4',
  prompt: 'cnrprompt: sell the house on Gull Street',
  system: 'cnrsystem: never mention the merger',
  image: 'Y25yaW1hZ2VDTlJJTUFHRWNucmltYWdlQ05SSU1BR0U',
  toolArguments: 'cnrarguments account 40 11 73 29',
  toolResult: 'cnrresult balance 81,204.77 euros',
  integration: 'cnrintegration-2Jt6Rc0Ds',
} as const
const WORDS =
  /cnr(token|header|prompt|system|arguments|result|integration)|Y25yaW1hZ2|CNRIMAGE|5Hk2Lq9|8Vb3Nm1|Gull Street|merger|40 11 73|81,204|2Jt6Rc0/

const MODEL = 'acme/tern-4b'
const image = `data:image/png;base64,iVBORw0KGgo${SECRETS.image}=`
const messages: Message[] = [
  { role: 'system', content: SECRETS.system },
  {
    role: 'user',
    content: [
      { type: 'text', text: SECRETS.prompt },
      { type: 'image', image },
    ],
  },
  {
    role: 'assistant',
    content: '',
    toolCalls: [{ id: 'call00001', name: 'balance_of', arguments: { account: SECRETS.toolArguments } }],
  },
  { role: 'tool', toolCallId: 'call00001', content: SECRETS.toolResult },
  { role: 'user', content: SECRETS.prompt },
]
const COMPLETION = { model: MODEL, messages, maxTokens: 20 } as const
const RESPOND = { model: MODEL, input: SECRETS.prompt, instructions: SECRETS.system } as const
const CHAT = {
  model: MODEL,
  input: [
    { type: 'text', text: SECRETS.prompt },
    { type: 'image', image },
  ],
  system: SECRETS.system,
  integrations: [
    {
      type: 'ephemeral-mcp',
      serverLabel: 'bank',
      serverUrl: 'http://127.0.0.1:8931/mcp',
      headers: { 'x-bank': SECRETS.integration },
    },
  ],
} as const
const JUDGE = { model: 'acme/judge-1b', questions: { isKind: predicate('Is it kind?') } } as const
const balanceOf = tool<{ account: string }>({
  name: 'balance_of',
  parameters: { type: 'object' },
  execute: ({ account }) => {
    throw new Error(`no account ${account}`)
  },
})
const OBJECT = { ...COMPLETION, schema: { type: 'object', required: ['name'] }, repair: true } as const
const PROMPT = { model: MODEL, prompt: SECRETS.prompt } as const
const TALK = { model: MODEL, system: SECRETS.system } as const
const SDK_CALL: Parameters<ReturnType<ReturnType<typeof createAISDKProvider>>['doGenerate']>[0] = {
  prompt: [
    { role: 'system', content: SECRETS.system },
    { role: 'user', content: [{ type: 'text', text: SECRETS.prompt }] },
  ],
}

type Place = keyof typeof SECRETS
type Call = (lmstudio: LMStudioProvider, options: LMStudioOptions) => PromiseLike<unknown>

const KEYS: readonly Place[] = ['token', 'header']
const TEXT: readonly Place[] = [...KEYS, 'prompt']
const SYSTEM: readonly Place[] = [...TEXT, 'system']
const MESSAGES: readonly Place[] = [...SYSTEM, 'image', 'toolArguments', 'toolResult']
const NATIVE: readonly Place[] = [...SYSTEM, 'image', 'integration']

/** Every public function that talks to a server, with the places of the secrets that it sends. */
const CALLS: readonly (readonly [string, readonly Place[], Call])[] = [
  ['listModels', KEYS, (lmstudio) => lmstudio.listModels()],
  ['supportsModel', KEYS, (lmstudio) => lmstudio.supportsModel('acme/none')],
  ['modelCapabilities', KEYS, (lmstudio) => lmstudio.modelCapabilities(MODEL)],
  ['pickModel', KEYS, (lmstudio) => lmstudio.pickModel({ type: 'llm' })],
  ['healthCheck', KEYS, (lmstudio) => lmstudio.healthCheck()],
  ['complete', MESSAGES, (lmstudio) => lmstudio.complete(COMPLETION)],
  ['complete without a model', KEYS, (lmstudio) => lmstudio.complete({ messages })],
  ['stream', MESSAGES, (lmstudio) => lmstudio.stream(COMPLETION).response],
  ['completeText', TEXT, (lmstudio) => lmstudio.completeText(PROMPT)],
  ['streamCompleteText', TEXT, (lmstudio) => lmstudio.streamCompleteText(PROMPT).response],
  ['respond', SYSTEM, (lmstudio) => lmstudio.respond(RESPOND)],
  ['streamRespond', SYSTEM, (lmstudio) => lmstudio.streamRespond(RESPOND).response],
  ['chat', NATIVE, (lmstudio) => lmstudio.chat(CHAT)],
  ['streamChat', NATIVE, (lmstudio) => lmstudio.streamChat(CHAT).response],
  ['send of a conversation', SYSTEM, (lmstudio) => createConversation(lmstudio, TALK).send(SECRETS.prompt)],
  [
    'stream of a conversation',
    SYSTEM,
    (lmstudio) => createConversation(lmstudio, TALK).stream(SECRETS.prompt).response,
  ],
  ['embed', TEXT, (lmstudio) => lmstudio.embed({ model: MODEL, input: [SECRETS.prompt, 'gull'], batchSize: 1 })],
  ['decide', TEXT, (lmstudio) => lmstudio.decide({ ...JUDGE, input: SECRETS.prompt })],
  [
    'decide with a fallback',
    TEXT,
    (lmstudio) => lmstudio.decide({ ...JUDGE, input: SECRETS.prompt, fallback: 'chat' }),
  ],
  ['decideMany', SYSTEM, (lmstudio) => lmstudio.decideMany({ ...JUDGE, inputs: [SECRETS.prompt, SECRETS.system] })],
  ['loadModel', KEYS, (lmstudio) => lmstudio.loadModel(MODEL)],
  ['unloadModel', KEYS, (lmstudio) => lmstudio.unloadModel(MODEL)],
  ['downloadModel', KEYS, (lmstudio) => lmstudio.downloadModel(MODEL)],
  ['generateObject', MESSAGES, (lmstudio) => generateObject(lmstudio, OBJECT)],
  ['streamObject', MESSAGES, (lmstudio) => streamObject(lmstudio, OBJECT).response],
  ['runTools', MESSAGES, (lmstudio) => runTools(lmstudio, { ...COMPLETION, tools: [balanceOf] })],
  ['streamTools', MESSAGES, (lmstudio) => streamTools(lmstudio, { ...COMPLETION, tools: [balanceOf] }).response],
  ['diagnose', KEYS, (_, options) => diagnose(options)],
  ['discover', KEYS, (_, { endpoint, apiToken, headers, fetch }) => discover({ endpoint, apiToken, headers, fetch })],
  ['doGenerate of the AI SDK', SYSTEM, (_, options) => createAISDKProvider(options)(MODEL).doGenerate(SDK_CALL)],
  [
    'doStream of the AI SDK',
    SYSTEM,
    async (_, options) => {
      const { stream } = await createAISDKProvider(options)(MODEL).doStream(SDK_CALL)
      for await (const part of stream as unknown as AsyncIterable<{ type: string; error?: unknown }>) {
        if (part.type === 'error') throw part.error
      }
    },
  ],
  [
    'doEmbed of the AI SDK',
    TEXT,
    (_, options) =>
      createAISDKProvider(options)
        .embeddingModel(MODEL)
        .doEmbed({ values: [SECRETS.prompt] }),
  ],
]

/** What a server can quote of a request: everything that it received. */
const quote = ({ headers, body }: RequestInit): string => {
  const sent = [...new Headers(headers as HeadersInit)].map(([name, value]) => `${name}: ${value}`)
  return `${sent.join('; ')} ${typeof body === 'string' ? body : ''}`
}
const json = (body: unknown, status = 200): Response => Response.json(body, { status })
const text = (body: string, contentType: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': contentType } })
const thrown = (error: unknown): never => {
  throw error
}

type Answer = (init: RequestInit, url: string) => Response

/** Ways of a server, a proxy or a `fetch` to hand back what they were given. */
const ANSWERS: readonly (readonly [string, Answer])[] = [
  ...[400, 401, 403, 404, 413, 422, 429, 500, 503].map(
    (status) =>
      [`status ${status} that quotes it`, (init: RequestInit) => json({ error: quote(init) }, status)] as const,
  ),
  [
    'an error with it in every field',
    (init) => {
      const all = quote(init)
      return json(
        { error: { message: all, type: all, code: all, param: all, [all]: all }, detail: [{ loc: [all], msg: all }] },
        400,
      )
    },
  ],
  ['an error in a success', (init) => json({ error: { message: quote(init) } })],
  [
    'an error that is JSON in JSON',
    (init) => json({ error: JSON.stringify({ error: { message: quote(init) } }) }, 400),
  ],
  [
    'a body of the wrong shape',
    (init) =>
      json({
        [quote(init)]: quote(init),
        choices: quote(init),
        models: quote(init),
        output: quote(init),
        data: quote(init),
      }),
  ],
  ['a string', (init) => json(quote(init))],
  ['a page', (init) => text(`<html><title>${quote(init)}</title>${quote(init)}</html>`, 'text/html', 502)],
  ['plain text', (init) => text(quote(init), 'text/plain')],
  ['text that is not JSON', (init) => text(`{"a": ${quote(init)}`, 'application/json')],
  [
    'a redirect that has it in its location',
    (init) =>
      new Response(null, {
        status: 307,
        headers: { location: `http://127.0.0.1:9/?q=${encodeURIComponent(quote(init))}` },
      }),
  ],
  [
    'headers that have it',
    (init) => {
      const value = quote(init).replaceAll(/[^\x20-\x7e]/g, '?')
      return new Response('no', {
        status: 500,
        headers: { 'content-type': value, 'retry-after': value, 'x-request-id': value, server: value },
      })
    },
  ],
  [
    'an error event in a stream',
    (init) => text(`data: ${JSON.stringify({ error: { message: quote(init) } })}\n\n`, 'text/event-stream'),
  ],
  [
    'a named error event in a stream',
    (init) =>
      text(
        `event: error\ndata: ${JSON.stringify({ type: 'error', error: { message: quote(init), type: quote(init) } })}\n\n`,
        'text/event-stream',
      ),
  ],
  ['an event that is not JSON', (init) => text(`data: {"a": ${quote(init)}\n\n`, 'text/event-stream')],
  [
    'a body that breaks with it in the error',
    (init) =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.error(Object.assign(new Error(quote(init)), { request: init })),
        }),
        { headers: { 'content-type': 'application/json' } },
      ),
  ],
  ['a rejection with it in the message', (init) => thrown(new TypeError(`failed: ${quote(init)}`))],
  [
    'a rejection with it in the causes',
    (init, url) =>
      thrown(
        new TypeError('fetch failed', {
          cause: Object.assign(
            new AggregateError([new Error(quote(init)), Object.assign(new Error(url), { init })], quote(init)),
            {
              code: 'ECONNRESET',
              options: init,
            },
          ),
        }),
      ),
  ],
  ['a rejection with the request', (init) => thrown(init)],
  [
    'calls of tools with it in their arguments',
    (init) => {
      const call = { name: 'balance_of', arguments: JSON.stringify({ account: quote(init).slice(0, 3_000) }) }
      const calls = [
        call,
        { ...call, arguments: `{"account":${quote(init).slice(0, 3_000)}` },
        { ...call, name: quote(init).slice(0, 60) },
      ]
      const toolCalls = calls.map((fields, index) => ({ id: `call_${index}`, type: 'function', function: fields }))
      return json({ choices: [{ message: { content: '', tool_calls: toolCalls }, finish_reason: 'tool_calls' }] })
    },
  ],
  ['an answer in another form than asked for', (init) => json({ choices: [{ message: { content: quote(init) } }] })],
]

/** Everything of an error that a program prints, logs, serializes or sends on, causes included. */
function shownBy(error: unknown): string[] {
  if (!(error instanceof Error)) return [inspect(error, { depth: 10 })]
  const own = Object.entries(error).map(([name, value]) => `${name}: ${inspect(value, { depth: 10 })}`)
  const json = JSON.stringify(error)
  const texts = [error.message, String(error), error.stack ?? '', json, inspect(error, { depth: 10 }), ...own]
  return error.cause === undefined ? texts : [...texts, ...shownBy(error.cause)]
}

/** What a call sent, and what it showed, when every request gets the same answer. */
async function run(call: Call, answer: Answer) {
  const events: LogEvent[] = []
  const cached: unknown[] = []
  const urls: string[] = []
  const sent: string[] = []
  const options: LMStudioOptions = {
    endpoint: 'http://127.0.0.1:9',
    apiToken: SECRETS.token,
    headers: { 'x-proxy-key': SECRETS.header },
    maxRetries: 1,
    timeout: 2_000,
    generationTimeout: 2_000,
    logger: (event) => void events.push(event),
    cache: {
      get: (key) => void cached.push(key),
      set: (...entry) => void cached.push(entry),
      delete: (key) => void cached.push(key),
      clear: () => {},
    },
    fetch: async (input, init = {}) => {
      urls.push(String(input))
      sent.push(quote(init))
      return answer(init, String(input))
    },
  }
  const lmstudio = createLMStudio(options)
  let outcome: unknown
  try {
    outcome = await call(lmstudio, options)
  } catch (error) {
    outcome = error
  }
  const printed = [lmstudio, ...events, ...cached].map((value) => inspect(value, { depth: 10 }))
  // The result of a call holds what the server answered, on purpose.
  const texts = outcome instanceof Error ? [...shownBy(outcome), await errorToResponse(outcome).text()] : []
  return { outcome, sent: sent.join('\n'), shown: [...texts, ...printed, ...urls] }
}

test.each(['healthCheck', 'diagnose', 'discover'])('%s reports no secret', async (name) => {
  const [, , call] = CALLS.find(([other]) => other === name)!
  for (const [, answer] of ANSWERS) {
    const { outcome } = await run(call, answer)
    expect(inspect(outcome, { depth: 10 }) + JSON.stringify(outcome)).not.toMatch(WORDS)
  }
})

test.each(CALLS)('%s shows no secret, whatever hands back what it sent', async (_name, places, call) => {
  jitter(0)
  const rejections = watchRejections()
  const leaks: string[] = []
  for (const [name, answer] of ANSWERS) {
    const { sent, shown } = await run(call, answer)
    for (const place of places) expect(sent).toContain(SECRETS[place])
    leaks.push(...shown.filter((text) => WORDS.test(text)).map((text) => `${name}: ${text.slice(0, 400)}`))
  }
  expect(leaks).toEqual([])
  expect(await rejections()).toEqual([])
})
