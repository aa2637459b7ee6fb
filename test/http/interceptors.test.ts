import { describe, expect, it } from 'vitest'
import { createLMStudio, type InterceptorContext, type LMStudioOptions } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudioOptions } from 'lmstudio-provider/testing'
import { rejectionOf } from '../helpers/provider-errors.js'
import { refused } from '../helpers/client.js'

const TOKEN = 'sk-lm-interceptor:0123456789abcdef'

function setUp(options: LMStudioOptions, mockOptions: MockLMStudioOptions = {}) {
  const mock = createMockLMStudio(mockOptions)
  return { mock, lmstudio: createLMStudio({ fetch: mock.fetch, cache: false, maxRetries: 0, ...options }) }
}

describe('onRequest', () => {
  it('adds a header to every request of a call', async () => {
    const { mock, lmstudio } = setUp({
      onRequest: ({ options }) => options.headers.set('x-trace', 'abc'),
    })
    await lmstudio.listModels()
    await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hi' })
    expect(mock.calls.map(({ headers }) => headers['x-trace'])).toEqual(['abc', 'abc'])
  })

  it('runs several in order, and waits for each', async () => {
    const order: string[] = []
    const { lmstudio } = setUp({
      onRequest: [
        async () => {
          await Promise.resolve()
          order.push('first')
        },
        () => void order.push('second'),
      ],
    })
    await lmstudio.listModels()
    expect(order).toEqual(['first', 'second'])
  })

  it('does not see the token, which is still sent', async () => {
    const seen: (string | null)[] = []
    const { mock, lmstudio } = setUp(
      { apiToken: TOKEN, onRequest: ({ options }) => void seen.push(options.headers.get('authorization')) },
      { auth: TOKEN },
    )
    await lmstudio.listModels()
    expect(seen).toEqual([null])
    expect(mock.calls[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`)
  })

  it('can set an authorization header of its own, which wins over the token', async () => {
    const { mock, lmstudio } = setUp({
      apiToken: TOKEN,
      onRequest: ({ options }) => options.headers.set('authorization', 'Basic proxy'),
    })
    await lmstudio.listModels()
    expect(mock.calls[0]!.headers['authorization']).toBe('Basic proxy')
  })

  it('does not send the token to another host that the interceptor chose', async () => {
    const sent: Request[] = []
    const lmstudio = createLMStudio({
      apiToken: TOKEN,
      cache: false,
      maxRetries: 0,
      fetch: async (input, init) => {
        sent.push(new Request(input, init))
        return Response.json({ models: [] })
      },
      onRequest: (context) => {
        context.request = 'http://127.0.0.1:12345/api/v1/models'
      },
    })
    await lmstudio.listModels().catch(() => undefined)
    expect(sent[0]!.headers.has('authorization')).toBe(false)
  })

  it('runs again for each retry', async () => {
    let runs = 0
    const { lmstudio } = setUp({ fetch: () => Promise.reject(refused()), maxRetries: 2, onRequest: () => void runs++ })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'not-running' })
    expect(runs).toBe(3)
  })

  it('can be aborted while it runs', async () => {
    const caller = new AbortController()
    const { lmstudio, mock } = setUp({
      onRequest: () => {
        caller.abort('enough')
        return new Promise(() => {})
      },
    })
    expect(await rejectionOf(lmstudio.listModels({ signal: caller.signal }))).toBe('enough')
    expect(mock.calls).toEqual([])
  })

  it('counts toward the time limit of the call', async () => {
    const { lmstudio } = setUp({ onRequest: () => new Promise(() => {}) })
    expect(await rejectionOf(lmstudio.listModels({ timeout: 20 }))).toMatchObject({ name: 'TimeoutError' })
  })
})

describe('onResponse and onResponseError', () => {
  it('see the response, and onResponseError only error statuses, after onResponse', async () => {
    const seen: string[] = []
    const { lmstudio } = setUp(
      {
        onResponse: ({ response }) => void seen.push(`response ${response!.status}`),
        onResponseError: ({ response }) => void seen.push(`error ${response!.status}`),
      },
      { auth: TOKEN },
    )
    await rejectionOf(lmstudio.listModels())
    expect(seen).toEqual(['response 401', 'error 401'])
  })

  it('leave the body to the library when they read a clone', async () => {
    const bodies: string[] = []
    const { lmstudio } = setUp({
      onResponse: async ({ response }) => void bodies.push(await response!.clone().text()),
    })
    const { text } = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hi' })
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).toContain(JSON.stringify(text).slice(1, -1))
  })

  it('can time requests together with onRequest', async () => {
    const startedAt = new WeakMap<object, number>()
    const times: number[] = []
    const { lmstudio } = setUp({
      onRequest: (context) => void startedAt.set(context, performance.now()),
      onResponse: (context) => void times.push(performance.now() - startedAt.get(context)!),
    })
    await lmstudio.listModels()
    expect(times).toEqual([expect.any(Number)])
    expect(times[0]).toBeGreaterThanOrEqual(0)
  })
})

it('onRequestError sees the exception of fetch', async () => {
  const seen: unknown[] = []
  const failure = refused()
  const { lmstudio } = setUp({
    fetch: () => Promise.reject(failure),
    onRequestError: ({ error }) => void seen.push(error),
  })
  await rejectionOf(lmstudio.listModels())
  expect(seen).toEqual([failure])
})

describe('an interceptor that throws', () => {
  const broken = new Error('broken interceptor')
  const fail = (): never => {
    throw broken
  }

  it.each<[string, LMStudioOptions, MockLMStudioOptions]>([
    ['onRequest', { onRequest: fail }, {}],
    ['onRequestError', { onRequestError: fail, fetch: () => Promise.reject(refused()) }, {}],
    ['onResponse', { onResponse: fail }, {}],
    ['onResponseError', { onResponseError: [() => undefined, fail] }, { auth: TOKEN }],
  ])(
    'as %s ends the call with a ConfigurationError that has its error as cause',
    async (name, options, mockOptions) => {
      const error = await rejectionOf(setUp({ ...options, maxRetries: 3 }, mockOptions).lmstudio.listModels())
      expect(error).toMatchObject({
        name: 'ConfigurationError',
        code: 'interceptor-failed',
        source: `the option ${name}`,
        isRetryable: false,
      })
      expect((error as Error).cause).toBe(broken)
    },
  )

  it('rejects a promise as well', async () => {
    const { lmstudio } = setUp({ onRequest: () => Promise.reject(broken) })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'interceptor-failed' })
  })
})

it.each([[{ onRequest: 'no' }], [{ onResponse: [() => {}, 7] }]])('%j is refused as an option', (options) => {
  expect(() => createLMStudio(options as never)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code: 'invalid-option' }),
  )
})

it('types the context', () => {
  const hook = ({ options }: InterceptorContext): void => options.headers.set('x', 'y')
  expect(() => createLMStudio({ onRequest: hook })).not.toThrow()
})
