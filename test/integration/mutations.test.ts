import {
  chat,
  createClient,
  downloadModel,
  embed,
  listModels,
  loadModel,
  type ModelInfo,
  respond,
  streamChat,
  streamRespond,
  unloadModel,
} from 'lmstudio-provider/core'
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/errors/index.js'
import { json } from '../helpers/client.js'
import { fixtureJSON, fixtureText } from '../helpers/fixtures.js'
import { framesOf, type Mutation, mutationsOf, streamMutationsOf } from '../helpers/mutations.js'

type Client = ReturnType<typeof createClient>

/** The content of a response, or nothing for one of our errors; any other exception fails the test. */
async function outcomeOf<T>(
  run: (client: Client) => Promise<T>,
  respondWith: (path: string) => Response,
): Promise<T | undefined> {
  const client = createClient({
    cache: false,
    maxRetries: 0,
    fetch: async (input) => respondWith(new URL(input as string).pathname),
  })
  try {
    return await run(client)
  } catch (error) {
    expect(ProviderError.isInstance(error), String(error)).toBe(true)
    return undefined
  }
}

const sse = (body: string): Response => new Response(body, { headers: { 'content-type': 'text/event-stream' } })

interface Content {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly unknown[]
}

/** What a mutation of the text or call itself may leave: each part is there, or missing. */
function expectNothingInvented(content: Content, original: Content, name: string): void {
  expect(['', original.text], name).toContain(content.text)
  expect(['', original.reasoning], name).toContain(content.reasoning)
  const withoutArguments = original.calls.map((call) => ({ ...(call as object), rawArguments: '{}' }))
  for (const call of content.calls) expect([...original.calls, ...withoutArguments], name).toContainEqual(call)
}

/** Checks every mutation: those of `essential` paths may be refused or lose what they hold, the others lose nothing. */
async function checkMutations(
  mutations: readonly Mutation[],
  read: (value: unknown) => Promise<Content | undefined>,
  original: Content,
  isEssential: (mutation: Mutation) => boolean,
): Promise<void> {
  for (const mutation of mutations) {
    // A text in place of a list of parts is content, and so is an object in place of arguments.
    if (/(content|summary|refusal|arguments)(\.\d)? = ("x"|\{\})$/.test(mutation.name)) continue
    const content = await read(mutation.value)
    if (!isEssential(mutation)) expect(content, mutation.name).toEqual(original)
    else if (content !== undefined) expectNothingInvented(content, original, mutation.name)
  }
}

const RESPOND = { model: 'acme/tern-4b', input: 'When is high tide?' }
const CHAT = { model: 'acme/tern-4b', input: 'What bird?' }

const respondContent = (response: Awaited<ReturnType<typeof respond>>): Content => ({
  text: response.text,
  reasoning: response.reasoning ?? '',
  calls: response.toolCalls.map(({ name, rawArguments }) => ({ name, rawArguments })),
})

const chatContent = (response: Awaited<ReturnType<typeof chat>>): Content => ({
  text: response.text,
  reasoning: response.reasoning ?? '',
  calls: [],
})

describe('every position of a recorded response', () => {
  const original: Content = {
    text: 'High tide is at 04:12.',
    reasoning: 'Check the table.',
    calls: [{ name: 'tide_at', rawArguments: '{"harbour":"Oban"}' }],
  }

  test('respond', async () => {
    const read = async (body: unknown): Promise<Content | undefined> => {
      const response = await outcomeOf(
        (client) => respond(client, RESPOND),
        () => json(body),
      )
      return response && respondContent(response)
    }
    expect(await read(fixtureJSON('responses.json'))).toEqual(original)
    const essential = /^error$|^output(\.\d(\.(content|name|call_id|arguments)(\.\d(\.(text|type))?)?)?)?$/
    await checkMutations(mutationsOf(fixtureJSON('responses.json')), read, original, ({ path }) =>
      essential.test(path.join('.')),
    )
  })

  test('streamRespond', async () => {
    const read = async (body: unknown): Promise<Content | undefined> => {
      const response = await outcomeOf(
        (client) => streamRespond(client, RESPOND).response,
        () => sse(body as string),
      )
      return response && respondContent(response)
    }
    await checkMutations(streamMutationsOf(framesOf(fixtureText('responses.sse'))), read, original, ({ path }) =>
      path.join('.').endsWith('error'),
    )
  })
})

describe('every position of a recorded native chat', () => {
  test('chat', async () => {
    const body = fixtureJSON('native-chat.json')
    const read = async (value: unknown): Promise<Content | undefined> => {
      const response = await outcomeOf(
        (client) => chat(client, CHAT),
        () => json(value),
      )
      return response && chatContent(response)
    }
    const original = (await read(body))!
    expect(original).toMatchObject({ text: 'Found one entry.', reasoning: 'Look it up.' })
    await checkMutations(mutationsOf(body), read, original, ({ path }) => path[0] === 'output')
  })

  test('streamChat', async () => {
    const read = async (value: unknown): Promise<Content | undefined> => {
      const response = await outcomeOf(
        (client) => streamChat(client, CHAT).response,
        () => sse(value as string),
      )
      return response && chatContent(response)
    }
    const original = (await read(fixtureText('native-chat.sse')))!
    const mutations = streamMutationsOf(framesOf(fixtureText('native-chat.sse')))
    await checkMutations(mutations, read, original, ({ path, name }) => name.startsWith('error') || path[0] === 'error')
  })
})

describe('every position of a recorded list of models', () => {
  test.each([
    ['models-v1.json', '/api/v1/models', /^models(\.\d+(\.key)?)?$/],
    ['models-v0.json', '/api/v0/models', /^data(\.\d+(\.id)?)?$/],
    ['models-openai.json', '/v1/models', /^data(\.\d+(\.id)?)?$/],
  ])('listModels with %s', async (fixture, route, essential) => {
    const body = fixtureJSON(fixture)
    const read = (value: unknown): Promise<ModelInfo[] | undefined> =>
      outcomeOf(
        (client) => listModels(client),
        (path) => (path === route ? json(value) : json({ error: 'Unexpected endpoint or method.' })),
      )
    const original = (await read(body))!.map(({ id }) => id)
    for (const { path, name, value } of mutationsOf(body)) {
      const models = await read(value)
      const ids = models?.map(({ id }) => id)
      if (!essential.test(path.join('.'))) expect(ids, name).toEqual(original)
      for (const id of ids ?? []) expect([...original, 'x'], name).toContain(id)
      for (const model of models ?? []) {
        for (const field of ['sizeBytes', 'contextLength', 'maxContextLength'] as const) {
          expect((model[field] ?? 0) >= 0, `${name}: ${field}`).toBe(true)
        }
      }
    }
  })
})

describe('every position of a recorded embedding, load and unload', () => {
  const list = { models: [{ key: 'a', type: 'llm', loaded_instances: [] }] }

  test('embed', async () => {
    const body = fixtureJSON('embeddings.json')
    for (const { path, name, value } of mutationsOf(body)) {
      const response = await outcomeOf(
        (client) => embed(client, { model: 'm', input: 'gull' }),
        () => json(value),
      )
      const isEssential = /^data(\.0(\.(embedding|index)(\.\d+)?)?)?$/.test(path.join('.'))
      if (!isEssential) expect(response?.embeddings, name).toEqual([[0.0123, -0.0456, 0.0789]])
      for (const count of Object.values(response?.usage ?? {})) expect((count ?? 0) >= 0, name).toBe(true)
    }
  })

  test('loadModel', async () => {
    for (const { path, name, value } of mutationsOf(fixtureJSON('load-echo.json'))) {
      const loaded = await outcomeOf(
        (client) => loadModel(client, 'a'),
        (route) => json(route === '/api/v1/models' ? list : value),
      )
      if (path[0] !== 'instance_id')
        expect(loaded?.instanceId, name).toBe((fixtureJSON('load-echo.json') as { instance_id: string }).instance_id)
      expect(loaded?.loadTimeMs ?? 0, name).toBeGreaterThanOrEqual(0)
    }
  })

  test('unloadModel', async () => {
    const loaded = { models: [{ key: 'a', type: 'llm', loaded_instances: [{ id: 'a' }] }] }
    for (const { name, value } of mutationsOf(fixtureJSON('unload.json'))) {
      const outcome = await outcomeOf(
        (client) => unloadModel(client, 'a').then(() => 'unloaded'),
        (route) => json(route === '/api/v1/models' ? loaded : value),
      )
      expect(outcome, name).toBe(/= (-1|null|\[\]|\{\}|missing)$/.test(name) ? undefined : 'unloaded')
    }
  })

  test('downloadModel', async () => {
    const { status: _, ...completed } = fixtureJSON('download-completed.json') as { status: string }
    for (const { name, value } of mutationsOf(completed)) {
      const result = await outcomeOf(
        (client) => downloadModel(client, 'a', { jobId: 'j' }),
        () => json({ status: 'completed', ...(value as object) }),
      )
      expect(result?.status, name).toBe('completed')
      expect(result?.totalBytes ?? 0, name).toBeGreaterThanOrEqual(0)
    }
  })
})
