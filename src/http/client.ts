import type { CallOptions, Config, LMStudioOptions } from '../config/options.js'
import { checkCallOptions, resolveOptions } from '../config/resolve-config.js'
import { explainFetchFailure } from '../browser/access-error.js'
import { InvalidResponseError, NetworkError, StreamInterruptedError, TimeoutError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { followSignal, throwIfAborted } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { parseJSON } from '../utils/json.js'
import { createSemaphore } from '../utils/semaphore.js'
import { type Attempt, MAX_BODY_BYTES, MAX_ERROR_BODY_BYTES, openAttempt } from './attempt.js'
import { hasError } from './error-body.js'
import { errorFromResponse } from './response-error.js'
import { retrying } from './retry.js'
import { currentFetch } from './send.js'
import type { JSONAnswer, RequestSpec, StreamAnswer, Client } from './types.js'

/**
 * Creates a client for one server: what every function of `lmstudio-provider/core` takes first. Nothing is sent until one
 * of them is called.
 *
 * @throws {@link ConfigurationError} an option is wrong or unknown
 *
 * @example
 * ```ts
 * import { createClient, listModels } from 'lmstudio-provider/core'
 *
 * const client = createClient({ endpoint: 'http://127.0.0.1:1234' })
 * const models = await listModels(client)
 * ```
 */
export function createClient(options?: LMStudioOptions): Client {
  const config = resolveOptions(options)
  const generations = createSemaphore(config.maxConcurrency)
  warnOfOpenToken(config)

  /** Runs attempts until one succeeds; `use` must take over the exchange or read it to its end. */
  async function run<T>(spec: RequestSpec, options: CallOptions, use: (exchange: Attempt) => Promise<T>): Promise<T> {
    let attempt = 0
    const facts = { method: spec.method, route: spec.route }
    const once = async (): Promise<T> => {
      const start = performance.now()
      config.log?.({
        level: 'debug',
        type: 'request',
        message: `${spec.method} ${spec.route}`,
        ...facts,
        attempt: ++attempt,
      })
      const exchange = await openAttempt(config, spec, options)
      const { status } = exchange
      const durationMs = performance.now() - start
      config.log?.({
        level: 'debug',
        type: 'response',
        message: `${spec.route}: ${status}`,
        ...facts,
        attempt,
        status,
        durationMs,
      })
      if (exchange.isRedirect) throw redirectError(exchange)
      if (status >= 400) throw await refusal(exchange)
      return use(exchange)
    }
    // At once and not after the retries: what the browser refuses it refuses again, and may ask the person each time.
    const explained = async (error: unknown): Promise<never> => {
      // The platform gave no reason, or waited for a person to answer its prompt.
      const isOpen = ProviderError.isInstance(error) && (error.code === 'network' || error.code === 'timeout')
      throw isOpen ? await explainFetchFailure(error, currentFetch(config), options.signal) : error
    }
    try {
      return await retrying(
        {
          spec,
          endpoint: config.endpoint,
          maxRetries: options.maxRetries ?? config.maxRetries,
          signal: options.signal,
          onRetry: (error, count, delayMs) =>
            config.log?.({
              level: 'info',
              type: 'retry',
              message: error.message,
              ...facts,
              attempt: count,
              delayMs,
              code: error.code,
            }),
        },
        () => once().catch(explained),
      )
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error
      config.log?.({ level: 'error', type: 'error', message: error.message, ...facts, code: error.code })
      throw error
    }
  }

  /** Waits for a free place, no longer than for a server that says nothing. */
  async function queue({ method, route }: RequestSpec, options: CallOptions): Promise<() => void> {
    const limit = options.timeout === undefined ? 'generationTimeout' : 'timeout'
    const timeoutMs = options.timeout ?? config.generationTimeout
    const waiting = new AbortController()
    const unfollow = followSignal(waiting, options.signal)
    const timer = setTimeout(() => {
      const what = `${config.maxConcurrency} generations are under way (\`maxConcurrency\`)`
      waiting.abort(
        new TimeoutError(`${method} ${route} waited ${timeoutMs} ms (\`${limit}\`) for its turn: ${what}.`, {
          code: 'queue-timeout',
          limit,
          timeoutMs,
          endpoint: config.endpoint,
        }),
      )
    }, timeoutMs)
    try {
      return await generations.acquire(waiting.signal)
    } finally {
      clearTimeout(timer)
      unfollow()
    }
  }

  return {
    config,
    async requestJSON(spec, options = {}) {
      checkCallOptions(options)
      throwIfAborted(options.signal)
      const release =
        spec.kind === 'generation' ? (generations.tryAcquire() ?? (await queue(spec, options))) : undefined
      try {
        return await run(spec, options, readJSON)
      } finally {
        release?.()
      }
    },
    async openStream(spec, options = {}) {
      checkCallOptions(options)
      throwIfAborted(options.signal)
      const release = generations.tryAcquire() ?? (await queue(spec, options))
      try {
        const answer = await run<StreamAnswer>(spec, options, async (exchange) => {
          // An error, or a whole answer, comes as JSON, a proxy's page as HTML; all else is left to the stream's own checks.
          if (/json|html/i.test(exchange.headers.get('content-type') ?? ''))
            return { kind: 'json', answer: await readJSON(exchange) }
          return { kind: 'events', exchange: onEnd(exchange, release) }
        })
        if (answer.kind === 'json') release()
        return answer
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

/** Calls `release` once when the exchange is over, also when a limit ended it and nobody reads on. */
function onEnd(exchange: Attempt, release: () => void): Attempt {
  exchange.signal.addEventListener('abort', release, { once: true })
  return {
    ...exchange,
    async read() {
      const block = await exchange.read().catch((error: unknown) => {
        release()
        throw error
      })
      if (block === undefined) release()
      return block
    },
    drain() {
      release()
      exchange.drain()
    },
    close(reason) {
      release()
      exchange.close(reason)
    },
  }
}

/** The parsed body of a 2xx, whose body may still say that it failed. */
async function readJSON(exchange: Attempt): Promise<JSONAnswer> {
  const { context, status, sentAt } = exchange
  const text = await exchange.text(MAX_BODY_BYTES)
  const body = parseJSON(text)
  if (body === undefined) throw notJSON(exchange, text)
  if (hasError(body)) throw errorFromResponse({ status, body, headers: exchange.headers }, context)
  return { body, sentAt, context }
}

/** The error for a body that is no JSON, saying what it looks like instead. */
function notJSON({ context, status }: Attempt, text: string): InvalidResponseError {
  const { endpoint, method, route } = context
  const looks = text.trim() === '' ? 'is empty' : /^\s*</.test(text) ? 'is a web page' : 'is not JSON'
  return new InvalidResponseError(`The answer to ${method} ${route} ${looks}.`, { code: 'not-json', endpoint, status })
}

async function refusal(exchange: Attempt): Promise<ProviderError> {
  const { status, headers, context } = exchange
  // What an error body says is welcome, not needed: one that breaks must not hide the status.
  const text = await exchange.text(MAX_ERROR_BODY_BYTES, true).catch((error: unknown) => {
    if (StreamInterruptedError.isInstance(error)) return ''
    throw error
  })
  const isPage = /^\s*</.test(text)
  return errorFromResponse({ status, headers, body: isPage ? '' : (parseJSON(text) ?? text) }, context)
}

function redirectError(exchange: Attempt): NetworkError {
  const { endpoint, method, route, scrub } = exchange.context
  const location = exchange.headers.get('location')
  exchange.close()
  return new NetworkError(
    `${method} ${route}: ${endpoint} redirects${location === null ? ' elsewhere' : ` to ${scrub(location)}`}, which is not followed.`,
    {
      code: 'redirect',
      status: exchange.status,
      endpoint,
      isRetryable: false,
    },
  )
}

function warnOfOpenToken(config: Config): void {
  const { protocol, hostname } = new URL(config.endpoint)
  if ((config.apiToken ?? '') === '' || protocol === 'https:' || addressSpace(hostname) === 'loopback') return
  config.log?.({
    level: 'warn',
    type: 'security',
    message: `The API token goes unencrypted to ${hostname}: anyone in between can read it.`,
  })
}
