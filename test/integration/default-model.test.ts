import {
  createConversation,
  generateObject,
  memoryCache,
  runTools,
  tool,
  type PickModelRequest,
} from 'lmstudio-provider'
import type { MockModel } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'

const CHAT = { id: 'acme/tern-4b', loaded: true, toolUse: true } as const
const OTHER = { id: 'acme/heron-base' } as const
const SEES = { id: 'acme/plover-vl', type: 'vlm', toolUse: true } as const
const EMBEDS = { id: 'text-embedding-plover-v2', type: 'embedding' } as const
const JUDGES = { id: 'acme/judge-1b', type: 'decision' } as const
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const withModels = (models: readonly MockModel[], options = {}) => setUp({ models }, options)

describe('a request without a model', () => {
  test('uses the model that is loaded, in every call', async () => {
    const { mock, lmstudio } = await withModels([OTHER, CHAT, EMBEDS])
    const { model } = await lmstudio.complete({ prompt: 'Hello.' })
    expect(model).toBe(CHAT.id)
    expect((await lmstudio.stream({ prompt: 'Hello.' }).response).model).toBe(CHAT.id)
    expect((await lmstudio.completeText({ prompt: 'Hello.' })).model).toBe(CHAT.id)
    expect((await lmstudio.respond({ input: 'Hello.' })).model).toBe(CHAT.id)
    expect((await lmstudio.chat({ input: 'Hello.' })).modelInstanceId).toBe(CHAT.id)
    expect((await createConversation(lmstudio, {}).send('Hello.')).modelInstanceId).toBe(CHAT.id)
    const bodies = mock.calls
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => (body as { model: string }).model)
    expect(bodies).toEqual([CHAT.id, CHAT.id, CHAT.id, CHAT.id, CHAT.id, CHAT.id])
  })

  test('uses it in tool loops and for objects', async () => {
    const { lmstudio } = await setUp({ models: [CHAT, OTHER], reply: () => ({ text: '{"name":"gull"}' }) })
    const now = tool({ name: 'now', execute: () => 'noon' })
    expect((await runTools(lmstudio, { prompt: 'Hello.', tools: [now] })).response.model).toBe(CHAT.id)
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    expect((await generateObject(lmstudio, { prompt: 'Name a bird.', schema })).response.model).toBe(CHAT.id)
  })

  test('reads the list once for many calls', async () => {
    const { mock, lmstudio } = await withModels([CHAT, OTHER])
    await Promise.all([1, 2, 3].map(() => lmstudio.complete({ prompt: 'Hello.' })))
    expect(mock.calls.filter(({ method }) => method === 'GET')).toHaveLength(1)
  })

  test('uses the option model without reading the list', async () => {
    const { mock, lmstudio } = await withModels([CHAT, OTHER], { model: OTHER.id })
    expect((await lmstudio.complete({ prompt: 'Hello.' })).model).toBe(OTHER.id)
    expect(mock.calls.map(({ method }) => method)).toEqual(['POST'])
  })

  test('lets the request win over the option', async () => {
    const { lmstudio } = await withModels([CHAT, OTHER], { model: OTHER.id })
    expect((await lmstudio.complete({ prompt: 'Hello.', model: CHAT.id })).model).toBe(CHAT.id)
  })

  test('uses the only model that fits if none is loaded', async () => {
    const { lmstudio } = await withModels([OTHER, EMBEDS, JUDGES])
    expect((await lmstudio.complete({ prompt: 'Hello.' })).model).toBe(OTHER.id)
    expect((await lmstudio.embed({ input: 'gull' })).model).toContain(EMBEDS.id)
    const questions = { kind: { type: 'predicate', instructions: 'Is it kind?' } } as const
    expect((await lmstudio.decide({ input: 'gull', questions })).model).toBe(JUDGES.id)
    expect((await lmstudio.decideMany({ inputs: ['gull'], questions })).responses[0]!.model).toBe(JUDGES.id)
  })

  test('needs a model that sees for images, and one for tools where tools are given', async () => {
    const { lmstudio } = await withModels([{ ...OTHER, loaded: true }, SEES])
    const content = [{ type: 'image', image: PNG }] as const
    expect((await lmstudio.complete({ messages: [{ role: 'user', content }] })).model).toBe(SEES.id)
    expect((await lmstudio.respond({ input: [{ role: 'user', content }] })).model).toBe(SEES.id)
    expect((await lmstudio.chat({ input: content })).modelInstanceId).toBe(SEES.id)
    const tools = [{ name: 'now' }]
    expect((await lmstudio.complete({ prompt: 'Hello.', tools })).model).toBe(SEES.id)
    expect((await lmstudio.complete({ prompt: 'Hello.' })).model).toBe(OTHER.id)
  })

  test('asks a chat model without a decision model only as a fallback', async () => {
    const { lmstudio } = await setUp({ models: [CHAT], reply: () => ({ text: '{"kind":true}' }) })
    const questions = { kind: { type: 'predicate', instructions: 'Is it kind?' } } as const
    expect(await caught(lmstudio.decide({ input: 'gull', questions }))).toMatchObject({ code: 'model-required' })
    const response = await lmstudio.decide({ input: 'gull', questions, fallback: 'chat' })
    expect(response).toMatchObject({ via: 'chat', model: CHAT.id })
  })

  test.each([
    ['complete', () => ({ prompt: 'Hello.', temperature: -1 })],
    ['complete', () => ({})],
  ])('that is invalid otherwise is refused by %s before the list is read', async (_call, request) => {
    const { mock, lmstudio } = await withModels([CHAT])
    expect(await caught(lmstudio.complete(request() as { prompt: string }))).toMatchObject({
      name: 'InvalidRequestError',
    })
    expect(mock.calls).toEqual([])
  })

  test('is refused with the candidates if several fit and none is loaded', async () => {
    const { mock, lmstudio } = await withModels([OTHER, SEES, EMBEDS])
    expect(await caught(lmstudio.complete({ prompt: 'Hello.' }))).toMatchObject({
      name: 'ModelNotFoundError',
      code: 'model-required',
      availableModels: [OTHER.id, SEES.id],
      message: expect.stringContaining(`${OTHER.id}, ${SEES.id}`) as string,
    })
    expect(mock.calls.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('names no secret that the server repeats as the name of a model', async () => {
    const token = 'sk-lm-abcdefgh:0123456789abcdefghij'
    const server = await serve((_request, response) =>
      sendJSON(response, {
        models: [
          { key: `a-${token}`, type: 'llm' },
          { key: 'b', type: 'llm' },
        ],
      }),
    )
    const error = await caught(connect(server, { apiToken: token }).complete({ prompt: 'Hello.' }))
    expect(error).toMatchObject({ code: 'model-required' })
    expect(JSON.stringify(error)).not.toContain('0123456789abcdefghij')
  })

  test('is refused if no model fits', async () => {
    const { lmstudio } = await withModels([EMBEDS])
    expect(await caught(lmstudio.stream({ prompt: 'Hello.' }).response)).toMatchObject({
      code: 'model-required',
      availableModels: [],
      hint: expect.stringMatching(/^Download a model on the server .*Name a model in the request/) as string,
    })
  })

  test('looks at the server again if the cached list has no model that fits', async () => {
    const { mock, lmstudio } = await withModels([EMBEDS])
    await lmstudio.listModels()
    mock.configure({ models: [EMBEDS, CHAT] })
    expect((await lmstudio.complete({ prompt: 'Hello.' })).model).toBe(CHAT.id)
  })

  test('follows its signal while the list is read', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const server = await serve(() => controller.abort(reason))
    expect(await caught(connect(server).complete({ prompt: 'Hello.' }, { signal: controller.signal }))).toBe(reason)
  })

  test('is read at once: a later change of the request does not count', async () => {
    const { mock, lmstudio } = await withModels([CHAT])
    const request = { prompt: 'first' }
    const stream = lmstudio.stream(request)
    request.prompt = 'second'
    await stream.response
    expect(mock.calls.at(-1)!.body).toMatchObject({ messages: [{ content: 'first' }] })
  })

  const listing = async (...ids: string[]) => {
    const data = ids.map((id) => ({ id }))
    return connect(
      await serve((request, response) => {
        if (request.url === '/v1/models') return sendJSON(response, { data })
        response.writeHead(404).end()
      }),
    )
  }

  test('counts two entries with one id once', async () => {
    expect((await (await listing('tern', 'tern')).pickModel()).id).toBe('tern')
  })

  test.each([
    'whisper-large-v3',
    'openai/whisper-1',
    'kokoro-tts',
    'tts-1',
    'stable-diffusion-xl',
    'FLUX.1-dev',
    'all-MiniLM-L6-v2',
    'mxbai-large',
    'qwen3-reranker-0.6b',
    'jina-rerank',
  ])('does not take a model for one that chats by its name: %s', async (id) => {
    expect((await (await listing(id, 'tern')).pickModel()).id).toBe('tern')
  })

  test('does not take a reranker for an embedding model', async () => {
    const lmstudio = await listing('bge-reranker-v2', 'all-minilm')
    expect((await lmstudio.pickModel({ type: 'embedding' })).id).toBe('all-minilm')
  })

  test('takes a name for an embedding model’s where the server lists only ids', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/v1/models') sendJSON(response, { data: [{ id: 'nomic-embed-text' }, { id: 'tern' }] })
      else if (request.method === 'GET') sendJSON(response, { error: 'none' }, 404)
      else sendJSON(response, { model: 'tern', choices: [{ message: { content: 'Hi.' }, finish_reason: 'stop' }] })
    })
    expect((await connect(server).complete({ prompt: 'Hello.' })).model).toBe('tern')
    expect((await connect(server).pickModel({ type: 'embedding' })).id).toBe('nomic-embed-text')
  })
})

describe('pickModel', () => {
  const models = [
    { ...OTHER, maxContextLength: 4096, contextLength: 4096 },
    { ...CHAT, contextLength: 8192, maxContextLength: 65_536, reasoning: { options: ['off', 'on'], default: 'on' } },
    { ...SEES, maxContextLength: 32_768 },
    EMBEDS,
    JUDGES,
  ]

  test.each<[PickModelRequest | undefined, string]>([
    [undefined, CHAT.id],
    [{ type: 'llm' }, CHAT.id],
    [{ type: 'vlm' }, SEES.id],
    [{ vision: true }, SEES.id],
    [{ type: 'embedding' }, EMBEDS.id],
    [{ type: 'decision' }, JUDGES.id],
    [{ decisions: true }, JUDGES.id],
    [{ reasoning: true }, CHAT.id],
    [{ toolUse: true }, CHAT.id],
    [{ minContextLength: 8192 }, CHAT.id],
    // The loaded instance is too short, and one other model fits.
    [{ minContextLength: 8193 }, SEES.id],
  ])('chooses for %j', async (request, id) => {
    const { lmstudio } = await withModels(models)
    expect((await lmstudio.pickModel(request)).id).toBe(id)
  })

  test.each([
    [{ type: 'chat' }, '`type` must be one of'],
    [{ vision: 'yes' }, '`vision` must be true or false'],
    [{ minContextLength: 0 }, '`minContextLength` must be a whole number'],
    [{ visions: true }, 'did you mean `vision`?'],
  ])('refuses %j', async (request, text) => {
    const { mock, lmstudio } = await withModels(models)
    const error = await caught(lmstudio.pickModel(request as PickModelRequest))
    expect(error).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(text) as string })
    expect(mock.calls).toEqual([])
  })
})

describe('a model that the server does not have', () => {
  test.each([
    ['acme/tern-4', 'acme/tern-4b'],
    ['tern-4b', 'acme/tern-4b'],
    ['acme/tern4b', 'acme/tern-4b'],
  ])('%s is answered with the name that was probably meant', async (model, meant) => {
    const server = await serve((request, response) => {
      if (request.url === '/api/v1/models')
        sendJSON(response, { models: [{ key: 'acme/heron' }, { key: 'acme/tern-4b' }] })
      else sendJSON(response, { error: { message: 'x', code: 'model_not_found' } }, 404)
    })
    const lmstudio = connect(server, { cache: memoryCache() })
    expect((await caught(lmstudio.complete({ model, prompt: 'Hello.' }))).message).toContain(`Did you mean ${meant}?`)
  })

  test('gets no suggestion where no name is close', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/api/v1/models') sendJSON(response, { models: [{ key: 'acme/heron' }] })
      else sendJSON(response, { error: { message: 'x', code: 'model_not_found' } }, 404)
    })
    const error = await caught(connect(server).complete({ model: 'zebra-70b-instruct', prompt: 'Hello.' }))
    expect(error.message).not.toContain('Did you mean')
  })
})
