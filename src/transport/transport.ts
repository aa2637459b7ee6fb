import { checkCallOptions } from '../config/resolve.js'
import type { Config } from '../config/options.js'
import { InvalidResponseError } from '../errors/api-errors.js'
import { NetworkError, StreamInterruptedError } from '../errors/network-errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { InvalidRequestError } from '../errors/request-errors.js'
import type { CallOptions } from '../types/call-options.js'
import { addressSpace } from '../utils/address.js'
import { parseJSON } from '../utils/json.js'
import { createSemaphore } from '../utils/semaphore.js'
import { hasError } from '../wire/error-body.js'
import { toApiError } from './api-error.js'
import { MAX_BODY_BYTES, MAX_ERROR_BODY_BYTES, openExchange, type Exchange } from './exchange.js'
import { retrying } from './retry.js'
import { currentFetch } from './send.js'
import type { JSONAnswer, RequestSpec, StreamAnswer, Transport } from './types.js'

/** Finds out why a request failed for which the platform gives no reason; resolves to the error to throw. */
export type Explain = (
  error: ProviderError,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
) => Promise<ProviderError>

/** Binds the configuration to one attempt, retries, errors and the limit of generations in flight. */
export function createTransport(config: Config, explain: Explain): Transport {
  const generations = createSemaphore(config.maxConcurrency)
  warnOfOpenToken(config)

  /** Runs attempts until one succeeds; `use` must take over the exchange or read it to its end. */
  async function run<T>(spec: RequestSpec, options: CallOptions, use: (exchange: Exchange) => Promise<T>): Promise<T> {
    const body = toBody(spec.body)
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
      const exchange = await openExchange(config, spec, body, options)
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
        once,
      )
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error
      // The platform gave no reason, or waited for a person to answer its prompt.
      const isOpen = error.code === 'network' || error.code === 'timeout'
      const explained = isOpen ? await explain(error, currentFetch(config), options.signal) : error
      config.log?.({ level: 'error', type: 'error', message: explained.message, ...facts, code: explained.code })
      throw explained
    }
  }

  return {
    config,
    async requestJSON(spec, options = {}) {
      checkCallOptions(options)
      options.signal?.throwIfAborted()
      const release = spec.kind === 'generation' ? await generations.acquire(options.signal) : undefined
      try {
        return await run(spec, options, readJSON)
      } finally {
        release?.()
      }
    },
    async openStream(spec, options = {}) {
      checkCallOptions(options)
      const release = await generations.acquire(options.signal)
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

/** The body as it goes on the wire. */
function toBody(body: unknown): string | undefined {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new InvalidRequestError('The request cannot be written as JSON.', {
      cause,
      hint: 'Look for a BigInt or a circle in it, in `extraBody` or a schema for instance.',
    })
  }
}

/** Calls `release` once when the exchange is over, in whichever way. */
function onEnd(exchange: Exchange, release: () => void): Exchange {
  return {
    ...exchange,
    async read() {
      try {
        const block = await exchange.read()
        if (block === undefined) release()
        return block
      } catch (error) {
        release()
        throw error
      }
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
async function readJSON(exchange: Exchange): Promise<JSONAnswer> {
  const { context, status, sentAt } = exchange
  const text = await exchange.text(MAX_BODY_BYTES)
  const body = parseJSON(text)
  if (body === undefined) throw notJSON(exchange, text)
  if (hasError(body)) throw toApiError({ status, body, headers: exchange.headers }, context)
  return { body, sentAt, context }
}

/** The error for a body that is no JSON, saying what it looks like instead. */
function notJSON({ context, status }: Exchange, text: string): InvalidResponseError {
  const { endpoint, method, route } = context
  const looks = text.trim() === '' ? 'is empty' : /^\s*</.test(text) ? 'is a web page' : 'is not JSON'
  return new InvalidResponseError(`The answer to ${method} ${route} ${looks}.`, { code: 'not-json', endpoint, status })
}

async function refusal(exchange: Exchange): Promise<ProviderError> {
  const { status, headers, context } = exchange
  // What an error body says is welcome, not needed: one that breaks must not hide the status.
  const text = await exchange.text(MAX_ERROR_BODY_BYTES, true).catch((error: unknown) => {
    if (StreamInterruptedError.isInstance(error)) return ''
    throw error
  })
  const isPage = /^\s*</.test(text)
  return toApiError({ status, headers, body: isPage ? '' : (parseJSON(text) ?? text) }, context)
}

function redirectError(exchange: Exchange): NetworkError {
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
