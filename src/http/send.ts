import { createFetch } from 'ofetch'
import { localNetworkInit } from '../browser/address-space.js'
import { checkHeaders } from '../config/headers.js'
import type { CallOptions, Config } from '../config/options.js'
import { checkToken } from '../config/resolve-config.js'
import { ConfigurationError } from '../errors/errors.js'
import { createScrub } from './scrub.js'
import type { RequestInfo, RequestSpec } from './types.js'

type Fetch = typeof globalThis.fetch

// Built at the first request: ofetch reads `Headers` when it is created, which in Node loads the whole of fetch.
let carrier: ReturnType<typeof createFetch> | undefined

/**
 * One attempt, through ofetch with its retry, timeout and parsing off: each of them has a trap (it retries with an aborted
 * signal, stops the clock at the headers, takes broken JSON for text). It would also hand its own options on to `fetch`,
 * and build headers a second time; so it is given the ready call.
 */
export function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  carrier ??= createFetch({ fetch: (_, options) => (options as { carry: () => Promise<Response> }).carry() })
  const options = {
    // A redirect could carry the token, or a prompt, to another host (design section 5).
    carry: () => fetch(url, { ...init, ...localNetworkInit(url), redirect: 'manual' }),
    retry: false,
    responseType: 'stream',
    ignoreResponseError: true,
  }
  return carrier.raw(url, options as Parameters<typeof carrier.raw>[1]).catch((error: unknown) => {
    // What fetch itself said, not what ofetch wraps around it.
    throw error instanceof Error && error.cause !== undefined ? error.cause : error
  })
}

/** The function that carries requests now: the option, else the platform's, looked up late so that patches work. */
export function currentFetch(config: Config): Fetch {
  const fetch = config.fetch ?? globalThis.fetch
  if (typeof fetch === 'function') return fetch
  throw new ConfigurationError('There is no fetch function here.', {
    source: 'the option fetch',
    hint: 'Run on Node 20.19 or later, a browser, Deno or Bun, or pass one as the option `fetch`.',
  })
}

/** What goes with the request besides its body, and what errors may say of it. */
export interface Preparation {
  readonly headers: Record<string, string>
  readonly context: RequestInfo
}

/**
 * Collects the headers of one attempt. Ours are `Content-Type` and `Authorization`, each only where needed, so that a
 * GET without token causes no CORS preflight.
 */
export function prepare(config: Config, spec: RequestSpec, options: CallOptions, token: string): Preparation {
  const extra = { ...config.headers, ...checkHeaders(options.headers, 'the call option headers') }
  const headers: Record<string, string> = {
    ...(spec.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...extra,
  }
  return {
    headers,
    context: {
      endpoint: config.endpoint,
      method: spec.method,
      route: spec.route,
      sentToken: 'authorization' in headers,
      scrub: createScrub([token, ...Object.values(extra)], spec.body),
    },
  }
}

/** Asks the function that gives the token. */
export async function askToken(apiToken: () => unknown): Promise<string> {
  let token: unknown
  try {
    token = await apiToken()
  } catch (cause) {
    throw new ConfigurationError('The function apiToken failed.', {
      source: 'the function apiToken',
      cause,
      hint: 'Look at `cause`.',
    })
  }
  if (typeof token === 'string') return checkToken(token, 'the function apiToken')
  if (token === undefined || token === null) return ''
  throw new ConfigurationError(`The function apiToken gave a ${typeof token}, not a string.`, {
    source: 'the function apiToken',
    hint: 'Let it return the token as a string, or undefined for none.',
  })
}
