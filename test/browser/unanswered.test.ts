import { createLMStudio, diagnose, discover } from 'lmstudio-provider'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { stubPage } from './stub-page.js'

const ENDPOINT = 'http://127.0.0.1:4321'
const never = (): Promise<never> => new Promise(() => {})
const failToFetch = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch'))

type Fetch = typeof globalThis.fetch
type Outcome = { readonly value?: unknown; readonly error?: unknown }

interface Options {
  readonly fetch: Fetch
  readonly signal?: AbortSignal
}

const provider = (fetch: Fetch) =>
  createLMStudio({ endpoint: ENDPOINT, fetch, cache: false, maxRetries: 0, timeout: 500, generationTimeout: 500 })
const HELLO = { model: 'acme/tern-4b', prompt: 'Hello.' }

const CALLS: readonly (readonly [string, (options: Options) => Promise<unknown>])[] = [
  ['complete', ({ fetch, signal }) => provider(fetch).complete(HELLO, { signal })],
  ['stream', ({ fetch, signal }) => provider(fetch).stream(HELLO, { signal }).response],
  ['listModels', ({ fetch, signal }) => provider(fetch).listModels({ signal })],
  ['healthCheck', ({ fetch, signal }) => provider(fetch).healthCheck({ signal })],
  ['diagnose', ({ fetch, signal }) => diagnose({ endpoint: ENDPOINT, fetch, signal, timeout: 500 })],
  ['discover', ({ fetch, signal }) => discover({ endpoint: ENDPOINT, fetch, signal, timeout: 500 })],
]

/** How a platform's function can fail to answer. */
const MISBEHAVIORS: readonly (readonly [string, () => unknown])[] = [
  ['never settles', never],
  [
    'throws at once',
    () => {
      throw new Error('broken')
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
  ['returns no promise', () => ({ state: 'granted' })],
  ['returns undefined', () => undefined],
  ['resolves to null', async () => null],
  ['resolves to an unknown state', async () => ({ state: 7 })],
]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const settled = (promise: Promise<unknown>): Promise<Outcome> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )

/** Lets 30 s pass, far more than all limits together; resolves to the outcome, or to `undefined` for a call that hangs. */
async function outcomeOf(promise: Promise<unknown>): Promise<Outcome | undefined> {
  let outcome: Outcome | undefined
  void settled(promise).then((result) => (outcome = result))
  await vi.advanceTimersByTimeAsync(30_000)
  return outcome
}

const codeOf = ({ value, error }: Outcome): unknown => {
  const { diagnosis } = (value ?? {}) as { readonly diagnosis?: { readonly code: string } }
  return ((error ?? diagnosis ?? value) as { readonly code?: unknown }).code
}

describe.each(CALLS)('%s in a page', (name, call) => {
  it.each(MISBEHAVIORS)('ends when permissions.query %s', async (_, query) => {
    stubPage({ permissions: { query } })
    const outcome = await outcomeOf(call({ fetch: failToFetch }))
    expect(outcome).toBeDefined()
    expect(codeOf(outcome!)).toBe('not-running')
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each(MISBEHAVIORS.slice(0, 3))('ends when fetch %s', async (_, fetch) => {
    stubPage({ permissions: { query: never } })
    const outcome = await outcomeOf(call({ fetch: fetch as Fetch }))
    expect(outcome).toBeDefined()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends when the probes never settle', async () => {
    stubPage({ permissions: { query: never } })
    const fetch = vi.fn<Fetch>((_, init) => (init?.mode === undefined ? failToFetch() : never()))
    const outcome = await outcomeOf(call({ fetch }))
    expect(outcome).toBeDefined()
    expect(codeOf(outcome!)).toBe('not-running')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects with the reason of an abort while permissions.query is pending, and leaves nothing behind', async () => {
    const query = vi.fn(never)
    stubPage({ permissions: { query } })
    const controller = new AbortController()
    const reason = new Error('enough')
    const rejection = rejectionOf(call({ fetch: failToFetch, signal: controller.signal }))
    // Past the wait for a report of the page's policy, and before the limit of the query.
    await vi.advanceTimersByTimeAsync(300)
    expect(query).toHaveBeenCalled()
    controller.abort(reason)
    await vi.advanceTimersByTimeAsync(0)
    expect(await rejection).toBe(reason)
    expect(countListeners(controller.signal)).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects with the reason of an abort while a probe is pending, and leaves nothing behind', async () => {
    stubPage()
    const probes: unknown[] = []
    const fetch: Fetch = (_, init) => {
      if (init?.mode === undefined) return failToFetch()
      probes.push(init.mode)
      return never()
    }
    const controller = new AbortController()
    const reason = new Error('enough')
    const rejection = rejectionOf(call({ fetch, signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(300)
    expect(probes).toContain('cors')
    controller.abort(reason)
    await vi.advanceTimersByTimeAsync(0)
    expect(await rejection).toBe(reason)
    expect(countListeners(controller.signal)).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a probe that returns no promise as a response', async () => {
    stubPage({ permissions: { query: async () => ({ state: 'granted' }) } })
    const fetch = ((_: unknown, init?: RequestInit) =>
      init?.mode === 'no-cors' ? new Response('') : failToFetch()) as Fetch
    const outcome = await outcomeOf(call({ fetch }))
    const text = JSON.stringify(name === 'discover' ? String(outcome!.error) : codeOf(outcome!))
    expect(text).toMatch(/cors-disabled|CORS is off/)
  })
})
