import type * as library from 'lmstudio-provider'
import type { CallOptions, LMStudioProvider } from 'lmstudio-provider'

/** What is left of a window of calls once all have settled. */
export interface WindowReport {
  readonly calls: number
  /** How many calls there were of each kind. */
  readonly kinds: Readonly<Record<string, number>>
  /** Calls that did not end as they must, at most a few. */
  readonly wrong: readonly string[]
  /** Timers of the library that are neither cleared nor over. */
  readonly timers: number
  /** Listeners on the signal that all calls share. */
  readonly listeners: number
}

export interface Workload {
  /** Makes the calls with the numbers `from` to `to`, some at a time. */
  run(from: number, to: number): Promise<WindowReport>
}

export interface WorkloadOptions {
  readonly endpoint: string
  /** How many calls run at a time. */
  readonly concurrency: number
}

type Library = typeof library

interface Context {
  readonly lmstudio: LMStudioProvider
  /** The number of the call. */
  readonly index: number
  readonly options: CallOptions
  /** Aborts the call after some turns. */
  readonly abortSoon: (controller: AbortController) => void
}

const REASON = { name: 'the reason of the caller' }
const WHOLE_TEXT = '0 1 2 3 4 5 6 7 8 9 10 11 '
const HALF_TEXT = '0 1 2 3 4 5 '
const MAX_WRONG = 5
/** So that the stores that belong to a provider are also made and dropped. */
const CALLS_PER_PROVIDER = 16

/** Returns the text of a stream up to its end, or up to a number of pieces. */
async function readText(texts: AsyncIterable<string>, pieces = Infinity): Promise<string> {
  let text = ''
  let count = 0
  for await (const piece of texts) {
    text += piece
    if (++count === pieces) break
  }
  return text
}

/** Runs a call that must reject, and returns what it rejects with. */
async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('did not reject')
}

function must(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what)
}

/** Every kind of call, as often as it is in the list. Each checks how the call ends. */
function kindsOf({
  runTools,
  ProviderError,
}: Library): readonly (readonly [string, (context: Context) => Promise<void>])[] {
  const hasCode = (error: unknown, code: string): boolean => ProviderError.isInstance(error) && error.code === code
  const complete: (context: Context) => Promise<void> = async ({ lmstudio, index, options }) => {
    const { text } = await lmstudio.complete({ model: 'ok', prompt: `call ${index}` }, options)
    must(text === `You said: call ${index}`, `answered ${text}`)
  }
  const stream: (context: Context) => Promise<void> = async ({ lmstudio, options }) => {
    const text = await readText(lmstudio.stream({ model: 'ok', prompt: 'Count.' }, options).textStream)
    must(text === WHOLE_TEXT, `streamed ${text}`)
  }
  return [
    ['complete', complete],
    ['complete', complete],
    ['stream to its end', stream],
    ['stream to its end', stream],
    ['stream to its end', stream],
    [
      'stream that the consumer leaves',
      async ({ lmstudio, options }) => {
        const text = await readText(lmstudio.stream({ model: 'stalling', prompt: 'Count.' }, options).textStream, 1)
        must(HALF_TEXT.startsWith(text), `streamed ${text}`)
      },
    ],
    [
      'stream aborted between two events',
      async ({ lmstudio }) => {
        const controller = new AbortController()
        const { signal } = controller
        const { textStream } = lmstudio.stream({ model: 'stalling', prompt: 'Count.' }, { signal })
        let text = ''
        const reading = (async () => {
          for await (const piece of textStream) {
            text += piece
            if (text === HALF_TEXT) controller.abort(REASON)
          }
        })()
        must((await errorOf(reading)) === REASON, 'rejected with another reason')
        must(text === HALF_TEXT, `streamed ${text}`)
      },
    ],
    [
      'call aborted before its response',
      async ({ lmstudio, abortSoon }) => {
        const controller = new AbortController()
        const { signal } = controller
        abortSoon(controller)
        const error = await errorOf(lmstudio.complete({ model: 'silent', prompt: 'Wait.' }, { signal }))
        must(error === REASON, `rejected with ${String(error)}`)
      },
    ],
    [
      'call that runs out of time',
      async ({ lmstudio, options }) => {
        const error = await errorOf(
          lmstudio.complete({ model: 'silent', prompt: 'Wait.' }, { ...options, timeout: 20 }),
        )
        // On a busy machine the time can be over before the queue has a free slot.
        must(hasCode(error, 'timeout') || hasCode(error, 'queue-timeout'), `rejected with ${String(error)}`)
      },
    ],
    [
      'stream whose connection breaks',
      async ({ lmstudio, options }) => {
        const error = await errorOf(lmstudio.stream({ model: 'cut', prompt: 'Count.' }, options).response)
        must(hasCode(error, 'stream-interrupted'), `rejected with ${String(error)}`)
        const { partial } = error as InstanceType<Library['StreamInterruptedError']>
        // A body that breaks drops the chunks that nobody has read yet, and in a browser that can be all of them.
        must(partial !== undefined && HALF_TEXT.startsWith(partial.text), `kept ${partial?.text}`)
      },
    ],
    [
      'call that is refused once',
      async ({ lmstudio, index, options }) => {
        const { text } = await lmstudio.complete({ model: 'busy', prompt: `call ${index}` }, options)
        must(text === `You said: call ${index}`, `answered ${text}`)
      },
    ],
    [
      'invalid request',
      async ({ lmstudio, options }) => {
        const error = await errorOf(lmstudio.complete({ model: 'invalid', prompt: 'Hello.' }, options))
        must(hasCode(error, 'invalid-request'), `rejected with ${String(error)}`)
      },
    ],
    [
      'list of models',
      async ({ lmstudio, options }) => {
        const models = await lmstudio.listModels({ ...options, refresh: true })
        must(models.length === 2, `listed ${models.length} models`)
      },
    ],
    [
      'list of models that is aborted',
      async ({ lmstudio, abortSoon }) => {
        const controller = new AbortController()
        abortSoon(controller)
        // May be over before the abort.
        const result = await lmstudio.listModels({ refresh: true, signal: controller.signal }).catch((error) => error)
        must(result === REASON || (result as unknown[]).length === 2, `ended with ${String(result)}`)
      },
    ],
    [
      'embeddings',
      async ({ lmstudio, options }) => {
        const { embeddings } = await lmstudio.embed({ model: 'ok', input: ['gull', 'tern'] }, options)
        must(embeddings[1]?.[0] === 1, 'gave other vectors')
      },
    ],
    [
      'tool loop',
      async ({ lmstudio, index, options }) => {
        const tools = [{ name: 'now', execute: () => 'noon' }]
        const { response } = await runTools(lmstudio, { model: 'ok', prompt: `call ${index}`, tools }, options)
        must(response.text === `You said: call ${index}`, `answered ${response.text}`)
      },
    ],
    [
      'health check',
      async ({ lmstudio, options }) => {
        const { status } = await lmstudio.healthCheck(options)
        must(status === 'healthy', `found a ${status} server`)
      },
    ],
  ]
}

/**
 * Counts the timers and the listeners of a signal that are left. The bundle has the names of the counted functions in the
 * place of the platform's, so that the timers of `fetch` itself do not count.
 */
function countLeftovers(shared: AbortSignal): { readonly timers: () => number; readonly listeners: () => number } {
  const timers = new Set<unknown>()
  const { setTimeout: set, clearTimeout: clear } = globalThis
  const countedSetTimeout = (run: () => void, ms?: number): unknown => {
    const timer: unknown = set(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
    return timer
  }
  const countedClearTimeout = (timer: never): void => {
    timers.delete(timer)
    clear(timer)
  }
  Object.assign(globalThis, { countedSetTimeout, countedClearTimeout })
  const listeners = new Set<unknown>()
  const { addEventListener, removeEventListener } = shared
  shared.addEventListener = (type: string, listener: never, options?: AddEventListenerOptions) => {
    listeners.add(listener)
    addEventListener.call(shared, type, listener, options)
  }
  shared.removeEventListener = (type: string, listener: never) => {
    listeners.delete(listener)
    removeEventListener.call(shared, type, listener)
  }
  return { timers: () => timers.size, listeners: () => listeners.size }
}

/** Prepares calls of every kind to a server of server.ts. */
export function createWorkload(library: Library, { endpoint, concurrency }: WorkloadOptions): Workload {
  const { setTimeout: delay } = globalThis
  const { signal } = new AbortController()
  const leftovers = countLeftovers(signal)
  const kinds = kindsOf(library)
  const connect = (): LMStudioProvider =>
    library.createLMStudio({ endpoint, maxConcurrency: concurrency, cache: library.memoryCache() })
  let lmstudio = connect()

  async function call(index: number): Promise<{ readonly kind: string; readonly wrong: string | undefined }> {
    if (index % CALLS_PER_PROVIDER === 0) lmstudio = connect()
    // A step that is coprime to the number of kinds, so that neighbors differ in kind and provider.
    const [kind, run] = kinds[(index * 7) % kinds.length]!
    const abortSoon = (controller: AbortController): void => void delay(() => controller.abort(REASON), index % 4)
    try {
      await run({ lmstudio, index, options: { signal }, abortSoon })
      return { kind, wrong: undefined }
    } catch (error) {
      return { kind, wrong: `call ${index}, ${kind}: ${String(error)}` }
    }
  }

  return {
    async run(from, to) {
      const counts: Record<string, number> = {}
      const wrong: string[] = []
      let next = from
      async function work(): Promise<void> {
        while (next < to) {
          const result = await call(next++)
          counts[result.kind] = (counts[result.kind] ?? 0) + 1
          if (result.wrong !== undefined && wrong.length < MAX_WRONG) wrong.push(result.wrong)
        }
      }
      await Promise.all(Array.from({ length: concurrency }, work))
      return { calls: to - from, kinds: counts, wrong, timers: leftovers.timers(), listeners: leftovers.listeners() }
    },
  }
}
