import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLMStudio,
  generateObject,
  memoryCache,
  ProviderError,
  readEvents,
  runTools,
  tool,
  type LMStudioOptions,
} from 'lmstudio-provider'
import { loadConfig } from 'lmstudio-provider/node'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { PUBLIC_CALLS, setUpCall } from './support/public-calls.js'

// Members that change prototypes when code copies them by assignment or merges them.
const MEMBERS =
  '"__proto__":{"polluted":1,"isAdmin":true},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}'

/** Adds the members to every object of a JSON text. */
const poison = (json: string): string => write(JSON.parse(json))

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const own = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`)
  return `{${[MEMBERS, ...own].join(',')}}`
}

const polluted = (): unknown[] =>
  [{}, [], () => {}, new Error('x'), new Map(), 'text', 1].flatMap((value) =>
    ['polluted', 'isAdmin'].map((key) => (value as unknown as Record<string, unknown>)[key]).filter(Boolean),
  )

afterEach(() => {
  const found = polluted()
  delete (Object.prototype as Record<string, unknown>).polluted
  delete (Object.prototype as Record<string, unknown>).isAdmin
  expect(found).toEqual([])
})

/** What a caller finds in objects that were made from JSON: neither a foreign prototype nor a member of one. */
function foreignPrototypes(value: unknown, seen = new Set<unknown>()): unknown[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  const isForeign = typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'polluted')
  return [...(isForeign ? [value] : []), ...Object.values(value).flatMap((member) => foreignPrototypes(member, seen))]
}

test.each(PUBLIC_CALLS.map((call) => [call.name, call] as const))(
  '%s is not affected by `__proto__` and `constructor` in every object of every response',
  async (_, call) => {
    let count = 0
    const { lmstudio } = await setUpCall(call, (_sent, _index, send) => {
      count++
      return send().then(async (response) => {
        const body = await response.text()
        const isStream = response.headers.get('content-type')?.includes('event-stream') === true
        const changed = isStream
          ? body.replaceAll(/^data: (\{.*)$/gm, (_line, json: string) => `data: ${poison(json)}`)
          : poison(body)
        return new Response(changed, {
          status: response.status,
          headers: { 'content-type': response.headers.get('content-type') ?? '' },
        })
      })
    })
    const outcome = await call.run(lmstudio, {}).then(
      (result) => ({ rejects: false, result }),
      (error: unknown) => ({ rejects: true, result: error }),
    )
    expect(count).toBeGreaterThan(0)
    expect(outcome.rejects).toBe(call.rejects === true)
    expect(foreignPrototypes(outcome.result)).toEqual([])
  },
)

test.each([400, 500])('an error response with status %i cannot set members of an error', async (status) => {
  const body = `{${MEMBERS},"error":{${MEMBERS},"message":"no","code":"__proto__","type":"constructor","param":"__proto__"}}`
  const fetch = async (): Promise<Response> => new Response(body, { status })
  const error: unknown = await createLMStudio({ fetch, maxRetries: 0, cache: false })
    .complete({ model: 'm', prompt: 'Hi' })
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProviderError)
  expect(error).toMatchObject({ status, param: '__proto__', serverType: 'constructor', serverCode: '__proto__' })
  expect(Object.hasOwn(error as object, 'polluted')).toBe(false)
  expect(foreignPrototypes(JSON.parse(JSON.stringify(error)))).toEqual([])
})

test('a tool receives arguments with `__proto__` as data', async () => {
  const received: unknown[] = []
  const fetch: typeof globalThis.fetch = async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'note', arguments: `{${MEMBERS},"text":"hi"}` } }
    return Response.json({
      choices: [
        received.length === 0
          ? { message: { tool_calls: [call] }, finish_reason: 'tool_calls' }
          : { message: { content: 'Done.' }, finish_reason: 'stop' },
      ],
    })
  }
  const note = tool<{ text: string }>({
    name: 'note',
    parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    execute: (args) => void received.push(args),
  })
  const { response } = await runTools(createLMStudio({ fetch, cache: false }), {
    model: 'm',
    prompt: 'Note hi.',
    tools: [note],
  })
  expect(response.text).toBe('Done.')
  expect(Object.getPrototypeOf(received[0])).toBe(Object.prototype)
  expect(Object.keys(received[0] as object).toSorted()).toEqual(['__proto__', 'constructor', 'prototype', 'text'])
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'a call of a tool named %s does not run a member of a prototype',
  async (name) => {
    const bodies: string[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      bodies.push(String(init?.body))
      const call = { id: 'call_1', type: 'function', function: { name, arguments: '{}' } }
      return Response.json({
        choices: [
          bodies.length === 1
            ? { message: { tool_calls: [call] }, finish_reason: 'tool_calls' }
            : { message: { content: 'Done.' }, finish_reason: 'stop' },
        ],
      })
    }
    const note = tool({ name: 'note', execute: () => 'noted' })
    const { steps } = await runTools(createLMStudio({ fetch, cache: false }), {
      model: 'm',
      prompt: 'x',
      tools: [note],
    })
    expect(steps[0]?.results).toMatchObject([{ outcome: 'unknown-tool' }])
  },
)

test('structured output with `__proto__` is data', async () => {
  const fetch = async (): Promise<Response> =>
    Response.json({ choices: [{ message: { content: `{${MEMBERS},"name":"tern"}` }, finish_reason: 'stop' }] })
  const { object } = await generateObject(createLMStudio({ fetch, cache: false }), {
    model: 'm',
    prompt: 'x',
    schema: { type: 'object', required: ['name'] } as const,
  })
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  expect(object).toMatchObject({ name: 'tern' })
})

test('events that cross a wire and errors that come back from JSON cannot set a prototype', async () => {
  const lines = [
    `{${MEMBERS},"type":"text-delta","text":"Hi"}`,
    `{${MEMBERS},"type":"completion-end","response":{${MEMBERS},"text":"Hi"}}`,
  ]
  const response = new Response(lines.join('\n'), { headers: { 'content-type': 'application/x-ndjson' } })
  const events: unknown[] = []
  for await (const event of readEvents(response)) events.push(event)
  expect(events).toHaveLength(2)
  expect(foreignPrototypes(events)).toEqual([])
  const error = ProviderError.fromJSON(JSON.parse(`{${MEMBERS},"name":"ApiError","message":"m","code":"api"}`))
  expect(Object.hasOwn(error as object, 'polluted')).toBe(false)
  expect(foreignPrototypes(error)).toEqual([])
})

test('a cache entry with `__proto__` is data', async () => {
  const store = memoryCache()
  const body = poison('{"models":[{"key":"acme/tern-4b","type":"llm"}]}')
  const fetch = async (): Promise<Response> => new Response(body, { headers: { 'content-type': 'application/json' } })
  const options: LMStudioOptions = { fetch, cache: store }
  for (const lmstudio of [createLMStudio(options), createLMStudio(options)]) {
    const models = await lmstudio.listModels()
    expect(models.map(({ id }) => id)).toEqual(['acme/tern-4b'])
    expect(foreignPrototypes(models)).toEqual([])
  }
})

test.each([
  ['lmstudio.config.json', `{${MEMBERS}}`],
  ['lmstudio.config.json', '{"__proto__":{"allow_remote":true},"endpoint":"https://example.org"}'],
  ['lmstudio.config.json', '{"constructor":1}'],
  ['lmstudio.config.toml', '[__proto__]\nallow_remote = true\n'],
  ['lmstudio.config.toml', '__proto__.polluted = 1\n'],
  ['lmstudio.config.toml', '[constructor.prototype]\npolluted = 1\n'],
  ['lmstudio.config.toml', '"__proto__" = { polluted = 1 }\n'],
])('the file %s with %s is refused for its key', (name, content) => {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-pollution-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), content)
  expect(() => loadConfig({ cwd: folder, home: folder, env: {} })).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code: 'unknown-key' }) as Error,
  )
})
