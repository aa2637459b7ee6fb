import { explainFetchFailure } from '../browser/access-error.js'
import { platformFor } from '../browser/platform.js'
import { USUAL_BASE_PATH, routeBelow } from '../config/base-paths.js'
import type { Config, LMStudioOptions } from '../config/options.js'
import { resolveOptions } from '../config/resolve-config.js'
import { withCaller } from '../errors/caller-stack.js'
import { InvalidRequestError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { throwIfAborted } from '../utils/abort.js'
import { once } from '../utils/once.js'
import { type Attempt, type Call, openAttempt } from './attempt.js'
import { type BasePaths, createBasePaths, isUnknownRoute, nextBasePath, rememberBasePath } from './base-path-search.js'
import { createGenerationQueue } from './generation-queue.js'
import { errorFromAttempt, isEvents, readJSON } from './read-response.js'
import { withRetries } from './retry.js'
import { mayBeLarge, warnAboutEndpoint, warnAboutSize } from './security-events.js'
import { currentFetch } from './send.js'
import type { Client, OpenedStream } from './types.js'

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
  const queue = createGenerationQueue(config)
  const platform = once(() => platformFor(config.endpoint))
  const server: Server = { config, basePaths: createBasePaths(config.basePaths) }
  warnAboutEndpoint(config)

  return {
    config,
    async requestJSON(spec, options = {}) {
      throwIfAborted(options.signal)
      const release = spec.kind === 'generation' ? (queue.tryEnter() ?? (await queue.enter(spec, options))) : undefined
      try {
        return await request(server, { spec, options, platform: platform() }, (attempt) =>
          readJSON(attempt, spec.acceptsEvents),
        )
      } finally {
        release?.()
      }
    },
    async openStream(spec, options = {}) {
      throwIfAborted(options.signal)
      const release = queue.tryEnter() ?? (await queue.enter(spec, options))
      try {
        const opened = await request(server, { spec, options, platform: platform() }, readOpening)
        if (opened.kind === 'json' || opened.attempt.isOver) release()
        else opened.attempt.onEnd = release
        return opened
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

/**
 * Checks the first argument of a function of `lmstudio-provider/core`.
 *
 * @throws {@link InvalidRequestError} it is not a client
 */
export function assertClient(client: unknown): void {
  if (typeof (client as Partial<Client> | null | undefined)?.requestJSON === 'function') return
  throw new InvalidRequestError('The first argument must be a client (see createClient).', {
    hint: 'Pass the result of createClient() first. A provider of createLMStudio() has the functions as methods.',
  })
}

/**
 * Runs a function of `lmstudio-provider/core`, `verb`: checks its client, and names the line that called it in the stack of
 * its error.
 */
export function runVerb<T>(verb: (...args: never[]) => unknown, client: Client, run: () => Promise<T>): Promise<T> {
  return withCaller(verb, () => {
    assertClient(client)
    return run()
  })
}

/** What the requests of a client share. */
interface Server {
  readonly config: Config
  readonly basePaths: BasePaths
}

/** Sends a request, with retries, and logs it. `read` takes over the attempt or reads it to its end. */
async function request<T>(
  { config, basePaths }: Server,
  call: Call,
  read: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { spec, options } = call
  const { log, endpoint } = config
  const { method } = spec
  const tried: string[] = []
  let { current: basePath } = basePaths
  let { route } = spec
  let unknownRouteError: unknown
  let attempt = 0
  if (log !== undefined && spec.body !== undefined && mayBeLarge(spec.body)) warnAboutSize(log, spec)

  async function send(): Promise<T> {
    attempt++
    route = basePath === USUAL_BASE_PATH ? spec.route : routeBelow(basePath, spec.route)
    const startedAt = performance.now()
    const policyWatch = call.platform.watchPolicy?.()
    log?.({ level: 'debug', type: 'request', message: `${method} ${route}`, method, route, attempt })
    try {
      const opened = await openAttempt(config, route === spec.route ? call : { ...call, spec: { ...spec, route } })
      const { status } = opened
      const durationMs = performance.now() - startedAt
      log?.({
        level: 'debug',
        type: 'response',
        message: `${route}: ${status}`,
        method,
        route,
        attempt,
        status,
        durationMs,
      })
      if (opened.isRedirect || status >= 400) throw await errorFromAttempt(opened)
      const result = await read(opened)
      if (!basePaths.isCertain) rememberBasePath(basePaths, spec, basePath)
      return result
    } catch (error) {
      // The reason of the caller's abort stays as it is, even if it is an error of this package.
      throwIfAborted(options.signal)
      if (isUnknownRoute(error, spec)) {
        // The error of the first path is the one to explain, if the server knows none.
        unknownRouteError ??= error
        tried.push(basePath)
        const next = nextBasePath(basePaths, spec, error, tried)
        if (next === undefined) throw unknownRouteError
        basePath = next
        return send()
      }
      // A failure for which the platform gives no reason, or a request that waited for a permission prompt. Explained now
      // and not after the retries: what the browser blocks it blocks again, and it may prompt each time.
      const isUnexplained = ProviderError.isInstance(error) && (error.code === 'network' || error.code === 'timeout')
      const { signal } = options
      throw isUnexplained
        ? await explainFetchFailure(error, { fetch: currentFetch(config), signal, policyWatch })
        : error
    } finally {
      policyWatch?.stop()
    }
  }

  try {
    return await withRetries(
      {
        spec,
        endpoint,
        maxRetries: options.maxRetries ?? config.maxRetries,
        signal: options.signal,
        limitMs: options.timeout ?? (spec.kind === 'read' ? config.timeout : config.generationTimeout),
        onRetry: ({ message, code }, delayMs) =>
          log?.({ level: 'info', type: 'retry', message, method, route, attempt, delayMs, code }),
      },
      send,
    )
  } catch (error) {
    if (ProviderError.isInstance(error) && error !== options.signal?.reason) {
      log?.({ level: 'error', type: 'error', message: error.message, method, route, code: error.code })
    }
    throw error
  }
}

async function readOpening(attempt: Attempt): Promise<OpenedStream> {
  // An error, or a response from a server that does not stream, comes as JSON; a proxy's page comes as HTML. Servers and
  // gateways label event streams wrongly, so the body decides. What is labeled as one has checks of its own.
  const type = attempt.headers.get('content-type') ?? ''
  if (/event-stream/i.test(type)) return { kind: 'events', attempt }
  const start = await attempt.peek()
  const isDocument = /json|html/i.test(type) || /^[[{<]/.test(start)
  if (!isDocument || isEvents(start)) return { kind: 'events', attempt }
  return { kind: 'json', response: await readJSON(attempt, true) }
}
