import { inspect } from 'node:util'
import { createLMStudio, type LogEvent } from 'lmstudio-provider'
import * as errors from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'

const TOKEN = 'k3y-Zx81mQp0Lr7vNw2T'
const PROMPT = 'My "landlord" lives at 12 Gull Street & owes me 400 €, please write him a letter'
const MODEL = 'Acme/Tern-4B-Instruct-2507'
const request = { model: MODEL, prompt: PROMPT, temperature: 0.5 } as const

/** Everything of an error and of the log that a program prints. */
const printed = (error: Error, events: readonly LogEvent[]): string =>
  [error.message, error.stack, JSON.stringify(error), inspect(error), JSON.stringify(events)].join('\n')

async function errorWith(message: string, fields: object = {}): Promise<{ error: errors.ProviderError; text: string }> {
  const server = await serve((_request, response) => sendJSON(response, { error: { message, ...fields } }, 400))
  const events: LogEvent[] = []
  const lmstudio = connect(server, { apiToken: TOKEN, logger: (event) => void events.push(event) })
  const error = await caught(lmstudio.complete(request))
  return { error, text: printed(error, events) }
}

describe('content of a request', () => {
  const part = PROMPT.slice(4, 34)
  test.each([
    ['in part', part],
    ['in part, in a URL', encodeURIComponent(part)],
    ['in part, in JSON', JSON.stringify(part)],
    ['in part, in HTML', part.replaceAll('"', '&quot;').replaceAll('&', '&amp;')],
    ['in part, in base64', Buffer.from(part).toString('base64')],
    ['as a whole', PROMPT],
  ])('that a server quotes %s is in no text of the error or the log', async (_, quote) => {
    const { error, text } = await errorWith(`Invalid prompt beginning with: ${quote}…`, { param: quote, code: quote })
    expect(error.message).toContain('Invalid prompt beginning with: ')
    expect(text).not.toMatch(/landlord|Gull Street|Gull%20|bGFuZGxvcmQ|IGxpdmVzIGF0/)
  })

  test('in tools, stop sequences and `extraBody` is in no text either', async () => {
    const server = await serve((_request, response) =>
      sendJSON(response, { error: { message: 'bad: gulls of landlord A; stop at landlord B; user landlord C' } }, 400),
    )
    const events: LogEvent[] = []
    const lmstudio = connect(server, { logger: (event) => void events.push(event) })
    const error = await caught(
      lmstudio.complete({
        model: MODEL,
        prompt: 'Hi',
        tools: [{ name: 'count_gulls', description: 'Counts the gulls of landlord A' }],
        stop: ['stop at landlord B'],
        extraBody: { session: { owner: 'user landlord C' } },
      }),
    )
    expect(error.message).toContain('bad: ')
    expect(printed(error, events)).not.toContain('landlord')
  })

  test('leaves the name of the model and of a field readable', async () => {
    const { error } = await errorWith(`The model ${MODEL} does not support 'temperature'.`, { param: 'temperature' })
    expect(error.message).toContain(`The model ${MODEL} does not support 'temperature'`)
  })

  test('does not change how an error is classified', async () => {
    const server = await serve((_request, response) =>
      sendJSON(response, { error: 'the context length was exceeded' }, 400),
    )
    const error = await caught(connect(server).complete({ model: MODEL, prompt: 'the context length was exceeded' }))
    expect(error).toMatchObject({ name: 'ContextLengthError', serverMessage: '[redacted]' })
  })

  test('the token that a server quotes in part is in no text', async () => {
    const { text } = await errorWith(`bad key ${TOKEN} or ${TOKEN.slice(0, 15)}**** or ${encodeURIComponent(TOKEN)}`)
    expect(text).not.toContain('Zx81mQp0')
  })
})

describe('names that a server chose', () => {
  const HOSTILE = 'auk\u001b[2J\r\nERROR forged line \u202ednetni'
  const hasControls = (text: string): boolean => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)

  /** LM Studio's newest list with these models. */
  const listOf = (keys: readonly string[]): object => ({
    models: keys.map((key) => ({ key, type: 'llm', loaded_instances: [{ id: `${key}:1` }, { id: `${key}:2` }] })),
  })

  test.each([
    ['control characters', HOSTILE],
    ['a megabyte', 'x '.repeat(500_000)],
    ['the API token', `auk-${TOKEN}`],
  ])('with %s are safe in the list of available models', async (_, name) => {
    const server = await serve((incoming, response) => {
      if (incoming.url === '/api/v1/models') sendJSON(response, listOf([name]))
      else sendJSON(response, { error: { message: 'x', code: 'model_not_found' } }, 404)
    })
    const events: LogEvent[] = []
    const lmstudio = connect(server, { apiToken: TOKEN, logger: (event) => void events.push(event) })
    const error = await caught(lmstudio.complete({ model: 'tern', prompt: 'Hi' }))
    expect(error).toMatchObject({ code: 'model-not-found' })
    expect(error.message).toContain('Available models: ')
    expect(hasControls(error.message + error.hint + events.map(({ message }) => message).join(''))).toBe(false)
    expect(error.message.length).toBeLessThan(1_000)
    expect(printed(error, events)).not.toContain(TOKEN)
  })

  test.each([
    ['control characters', HOSTILE],
    ['the API token', `auk-${TOKEN}`],
  ])('with %s are safe in the log when another model answers', async (_, name) => {
    const server = await serve((_request, response) =>
      sendJSON(response, { model: name, choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }),
    )
    const events: LogEvent[] = []
    const lmstudio = connect(server, { apiToken: TOKEN, logger: (event) => void events.push(event) })
    await lmstudio.complete({ model: 'tern', prompt: 'Hi' })
    const { message } = events.find(({ type }) => type === 'model-substituted')!
    expect(message).toMatch(/^The server answered with the model auk.* instead of tern\.$/)
    expect(hasControls(message)).toBe(false)
    expect(message).not.toContain(TOKEN)
  })

  test('are safe in the error of an unload', async () => {
    let unloads = 0
    const server = await serve((incoming, response) => {
      const instances = [1, 2].map((copy) => ({ id: `${HOSTILE}:${copy}` }))
      if (incoming.url === '/api/v1/models') {
        sendJSON(response, { models: [{ key: 'auk', type: 'llm', loaded_instances: instances }] })
      } else if (++unloads === 1) sendJSON(response, { instance_id: `${HOSTILE}:1` })
      else sendJSON(response, { error: 'no' }, 400)
    })
    const error = await caught(connect(server).unloadModel('auk'))
    expect(error).toMatchObject({ code: 'partly-unloaded' })
    expect(hasControls(error.message)).toBe(false)
  })

  test('are safe in the error of a download', async () => {
    const server = await serve((_request, response) =>
      sendJSON(response, { job_id: `${HOSTILE}${TOKEN}`, status: 'failed' }),
    )
    const error = await caught(connect(server, { apiToken: TOKEN }).downloadModel('tern'))
    expect(error.message).toMatch(/^Download auk.* failed/)
    expect(hasControls(error.message)).toBe(false)
    expect(error.message).not.toContain(TOKEN)
  })
})

describe('an error', () => {
  // What docs/errors.md lists, and what every Error has.
  const FACTS = new Set(
    'name message stack code hint isRetryable endpoint status serverMessage serverType serverCode param cause retryAfterMs attempts since limit timeoutMs reason model availableModels promptTokens contextLength issues source partial text response steps messages'.split(
      ' ',
    ),
  )

  /** Walks the properties of a value, hidden ones too, and returns the names of those that are functions or unknown. */
  function internalsOf(error: Error): string[] {
    return Object.getOwnPropertyNames(error).filter(
      (name) => !FACTS.has(name) || typeof (error as unknown as Record<string, unknown>)[name] === 'function',
    )
  }

  test.each<[string, number, unknown]>([
    ['a response of the wrong shape', 200, { choices: 'none' }],
    ['a response without a message', 200, { choices: [] }],
    ['an empty response', 200, { choices: [{ message: { content: '' }, finish_reason: 'stop' }] }],
    ['a web page', 200, '<html><title>Hi</title>'],
    ['text', 200, 'hello there'],
    ['a refusal', 400, { error: 'no' }],
    ['a missing model', 404, { error: { code: 'model_not_found', message: 'x' } }],
    ['an overflow', 400, { error: 'Context size has been exceeded.' }],
    ['a limit', 429, {}],
    ['a wrong token', 401, {}],
    ['a missing permission', 403, {}],
    ['a missing route', 404, {}],
    ['a failure', 500, {}],
    ['a failed load', 500, { error: 'Failed to load model.' }],
  ])('after %s has only the public facts', async (_, status, body) => {
    const server = await serve((_request, response) => {
      if (typeof body === 'string') response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      else sendJSON(response, body, status)
    })
    const lmstudio = createLMStudio({ endpoint: server.url, apiToken: TOKEN, maxRetries: 0, cache: false })
    for (const error of [
      await caught(lmstudio.complete(request)),
      await caught(lmstudio.stream(request).response),
      await caught(lmstudio.embed({ model: 'plover', input: PROMPT })),
      await caught(lmstudio.respond({ model: MODEL, input: PROMPT })),
    ]) {
      expect(internalsOf(error)).toEqual([])
      expect(Object.keys(error.toJSON()).filter((name) => !FACTS.has(name))).toEqual([])
      expect(printed(error, [])).not.toMatch(/sentToken|scrub|Zx81mQp0|landlord/)
    }
  })

  test.each([
    new errors.NetworkError('x', { retryAfterMs: 1 }),
    new errors.ServiceNotFoundError('x'),
    new errors.UnsupportedEndpointError('x', { since: '0.4.0' }),
    new errors.TimeoutError('x', { limit: 'timeout', timeoutMs: 1 }),
    new errors.StreamInterruptedError('x'),
    new errors.BrowserAccessError('x', { reason: 'cors-disabled' }),
    new errors.ApiError('x'),
    new errors.AuthenticationError('x'),
    new errors.PermissionError('x'),
    new errors.RateLimitError('x'),
    new errors.ModelNotFoundError('x'),
    new errors.ModelLoadError('x'),
    new errors.ContextLengthError('x'),
    new errors.InvalidResponseError('x'),
    new errors.InvalidRequestError('x'),
    new errors.ConfigurationError('x', { source: 'the option x' }),
    new errors.OutputValidationError('x', { text: 'x' }),
    new errors.ToolExecutionError('x'),
  ])('of the class $name ignores options that are not facts', (error) => {
    const Type = error.constructor as new (message: string, options: object) => errors.ProviderError
    const extra = {
      method: 'GET',
      route: '/x',
      sentToken: true,
      scrub: (text: string) => text,
      limit: 'timeout',
      reason: 'cors-disabled',
    }
    const copy = new Type('x', { ...extra, source: 'x', text: 'x', timeoutMs: 1 })
    expect(internalsOf(error)).toEqual([])
    expect(internalsOf(copy)).toEqual([])
    expect(inspect(copy)).not.toMatch(/sentToken|scrub/)
  })

  test('has a message and a hint of one printable line', () => {
    const error = new errors.ApiError('a\u001b[31m\r\nb\u202e', { hint: 'c\nd\u2028e' })
    expect([error.message, error.hint]).toEqual(['a [31m b', 'c d e'])
  })
})
