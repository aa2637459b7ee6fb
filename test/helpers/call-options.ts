import { setImmediate } from 'node:timers/promises'
import { createLMStudio, type CallOptions, type LMStudioProvider } from 'lmstudio-provider'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { caught } from '../integration/support/caught.js'
import { json } from './client.js'
import { countListeners } from './listeners.js'

/** A call that sends several requests, one after the other. */
export interface MultiRequestCall {
  /** The responses of the server, in order. */
  readonly responses: readonly ((request: Request) => Response | Promise<Response>)[]
  readonly start: (lmstudio: LMStudioProvider, options: CallOptions) => PromiseLike<unknown>
}

/** Responds like `call`, except that the request with the index `failing.at` fails again and again. */
function scriptedServer(
  { responses }: MultiRequestCall,
  failing?: { readonly at: number; readonly respond: (request: Request) => Response | Promise<Response> },
) {
  const requests: Request[] = []
  let answered = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    return answered === failing?.at ? failing.respond(request) : responses[answered++]!(request)
  }
  const options = { fetch, cache: false, maxRetries: 0 } as const
  return { requests, lmstudio: createLMStudio(options) }
}

/** Never responds, until the request is aborted. */
const hang = (request: Request): Promise<never> =>
  new Promise((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true })
  })

const busy = (): Response => json({ error: 'busy' }, { status: 503, headers: { 'retry-after': '0' } })

/** Lets everything run that is ready until the condition holds; each turn takes `turnMs` of fake time. */
async function runUntil(condition: () => boolean, turnMs = 0): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 2000) throw new Error('The condition never became true.')
    await setImmediate()
    await vi.advanceTimersByTimeAsync(turnMs)
  }
}

/** Waits for a promise while timers are fake; never rejects. */
async function finish(promise: PromiseLike<unknown>): Promise<void> {
  let isSettled = false
  const settle = (): void => void (isSettled = true)
  promise.then(settle, settle)
  await runUntil(() => isSettled, 1)
}

/** Shows that `timeout`, `headers`, `maxRetries` and `signal` apply to each request of a call. */
export function describeCallOptions(name: string, call: MultiRequestCall): void {
  const rounds = call.responses.map((_, index) => index)

  describe(`the options of ${name}`, () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    })
    afterEach(() => {
      expect(vi.getTimerCount(), 'timers').toBe(0)
      vi.useRealTimers()
    })

    test('send `headers` with every request', async () => {
      const { requests, lmstudio } = scriptedServer(call)
      const { signal } = new AbortController()
      const running = call.start(lmstudio, { headers: { 'x-trace': 'seven' }, signal })
      await finish(running)
      await running
      expect(requests.map(({ headers }) => headers.get('x-trace'))).toEqual(rounds.map(() => 'seven'))
      expect(countListeners(signal)).toBe(0)
    })

    test.each(rounds)('limit request %i by `timeout`', async (at) => {
      const { requests, lmstudio } = scriptedServer(call, { at, respond: hang })
      const { signal } = new AbortController()
      let error: unknown
      const running = caught(call.start(lmstudio, { timeout: 1234, signal })).then((reason) => (error = reason))
      await runUntil(() => requests.length === at + 1)
      await vi.advanceTimersByTimeAsync(1233)
      expect(error).toBeUndefined()
      await vi.advanceTimersByTimeAsync(1)
      await finish(running)
      expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 1234 })
      expect(requests).toHaveLength(at + 1)
      expect(countListeners(signal)).toBe(0)
    })

    test.each(rounds)('retry request %i as often as `maxRetries`', async (at) => {
      const { requests, lmstudio } = scriptedServer(call, { at, respond: busy })
      const { signal } = new AbortController()
      const running = caught(call.start(lmstudio, { maxRetries: 2, signal }))
      await finish(running)
      expect(await running).toMatchObject({ status: 503 })
      expect(requests).toHaveLength(at + 3)
      expect(countListeners(signal)).toBe(0)
    })

    test.each(rounds)('abort request %i by `signal`', async (at) => {
      const { requests, lmstudio } = scriptedServer(call, { at, respond: hang })
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const running = caught(call.start(lmstudio, { signal: controller.signal }))
      await runUntil(() => requests.length === at + 1)
      expect(requests[at]!.signal.aborted).toBe(false)
      controller.abort(reason)
      await finish(running)
      expect(await running).toBe(reason)
      expect(requests[at]!.signal.aborted).toBe(true)
      expect(countListeners(controller.signal)).toBe(0)
    })
  })
}
