import * as v from 'valibot'
import type { LMStudioOptions } from '../config/options.js'
import { resolveOptions } from '../config/resolve.js'
import { AuthenticationError } from '../errors/api-errors.js'
import { ServiceNotFoundError } from '../errors/network-errors.js'
import { validateOptions } from '../config/validate.js'
import { createTransport } from '../transport/transport.js'
import type { Discovery } from '../types/discovery.js'
import { followSignal, ignore, raceAbort } from '../utils/abort.js'
import { createSemaphore } from '../utils/semaphore.js'
import { explainInPage } from './explain-in-page.js'
import { identify, type Identity } from './identify.js'

const DEFAULT_PORT = 1234
// A local server answers within milliseconds, one in the same network within tens of them.
const PROBE_MS = 1_500
// Enough to try a range of ports quickly, too few to look like an attack.
const CONCURRENCY = 8

/** What `discover` takes besides what reaches a server. */
export interface DiscoverOptions extends Pick<
  LMStudioOptions,
  'endpoint' | 'apiToken' | 'headers' | 'fetch' | 'logger' | 'allowRemote' | 'timeout'
> {
  /** Ports to try on this machine besides 1234. */
  readonly ports?: readonly number[] | undefined
  /** Hosts to try, each with 1234 and `ports`; a `host:port` is tried as it is. */
  readonly hosts?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** An address to try, and where it came from. */
export interface Candidate {
  readonly endpoint: string
  readonly via: string
}

const GIVEN = 'the option endpoint'

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536

// The values are checked where they are used; here a mistyped name is told.
const anything = v.optional(v.unknown())
const optionsSchema = v.strictObject({
  endpoint: anything,
  apiToken: anything,
  headers: anything,
  fetch: anything,
  logger: anything,
  allowRemote: anything,
  timeout: anything,
  signal: anything,
  ports: v.optional(v.array(v.custom(isPort, 'must be a port (1 to 65535)'))),
  hosts: v.optional(v.array(v.string())),
})

let remembered: Discovery | undefined

/**
 * Finds a server: LM Studio first, else one that is OpenAI-compatible.
 *
 * @remarks
 * Tries the given endpoint, then `127.0.0.1`, `localhost` and `[::1]` at port 1234, then `hosts` and `ports`, in parallel
 * and each for 1.5 s (`timeout`); of several that answer the first in this order is taken. The answer is remembered for
 * the process or page and checked before it is given again. In a page this may pop up the browser's permission prompt:
 * call it after the person has clicked something.
 *
 * @throws {@link ServiceNotFoundError} nothing was found; the message lists every address and what happened there
 * @throws {@link ConfigurationError} an option is wrong
 */
export function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  return discoverAmong(candidatesOf(options), options)
}

/** {@link discover} over given addresses. */
export async function discoverAmong(candidates: readonly Candidate[], options: DiscoverOptions): Promise<Discovery> {
  const { signal } = options
  signal?.throwIfAborted()
  const known = candidates.find(({ endpoint }) => endpoint === remembered?.endpoint)
  if (known !== undefined) {
    const again = toDiscovery(known, await probe(known, options, signal))
    if (again !== undefined) return again
    remembered = undefined
  }
  const stop = new AbortController()
  const unfollow = followSignal(stop, signal)
  try {
    remembered = await raceAbort(race(candidates, options, stop.signal), signal)
    return remembered
  } finally {
    unfollow()
    // The slower ones need not go on.
    stop.abort()
  }
}

async function race(
  candidates: readonly Candidate[],
  options: DiscoverOptions,
  signal: AbortSignal,
): Promise<Discovery> {
  const places = createSemaphore(CONCURRENCY)
  const probes = candidates.map(async (candidate) => {
    const leave = await places.acquire(signal)
    try {
      return await probe(candidate, options, signal)
    } finally {
      leave()
    }
  })
  for (const started of probes) started.catch(ignore)
  let other: Discovery | undefined
  const findings: string[] = []
  // In order of preference; all of them are under way already.
  for (const [index, candidate] of candidates.entries()) {
    const outcome = await probes[index]!
    const discovery = toDiscovery(candidate, outcome)
    if (discovery?.isLMStudio === true) return discovery
    other ??= discovery
    findings.push(`${candidate.endpoint} (${candidate.via}): ${reason(outcome)}`)
  }
  if (other !== undefined) return other
  throw new ServiceNotFoundError(`No LM Studio was found. Tried: ${findings.join(' ')}`, { code: 'not-running' })
}

const reason = ({ error }: Identity): string => error?.message ?? 'answers, but is no model server.'

async function probe(
  { endpoint, via }: Candidate,
  { apiToken, headers, fetch, logger, allowRemote, timeout = PROBE_MS }: DiscoverOptions,
  signal: AbortSignal | undefined,
): Promise<Identity> {
  // Whatever listens at a guessed address must not be handed the token; a 401 is answer enough.
  const credentials = via === GIVEN ? { apiToken, headers } : {}
  const config = resolveOptions({ ...credentials, endpoint, fetch, logger, allowRemote, timeout, maxRetries: 0 })
  return identify(createTransport(config, explainInPage), { signal })
}

function toDiscovery({ endpoint, via }: Candidate, { isLMStudio, models, error }: Identity): Discovery | undefined {
  // A demand for a token is an answer: of LM Studio when it greeted, of somebody else otherwise.
  if (models === undefined && !isLMStudio && !AuthenticationError.isInstance(error)) return undefined
  return { endpoint, isLMStudio, api: models?.api, via }
}

/** The addresses to try, each once, in order of preference. */
export function candidatesOf(options: DiscoverOptions): Candidate[] {
  validateOptions(optionsSchema, options, 'the option')
  const { endpoint, ports = [], hosts = [], allowRemote } = options
  const all: Candidate[] = []
  const add = (candidate: string | URL, via: string): void => {
    const { endpoint } = resolveOptions({ endpoint: candidate, allowRemote })
    if (!all.some((known) => known.endpoint === endpoint)) all.push({ endpoint, via })
  }
  if (endpoint !== undefined) add(endpoint, GIVEN)
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) add(`http://${host}:${DEFAULT_PORT}`, 'the default address')
  for (const host of hosts) {
    if (/:\d+$/.test(host)) add(`http://${host}`, 'the option hosts')
    else for (const port of [DEFAULT_PORT, ...ports]) add(`http://${host}:${port}`, 'the option hosts')
  }
  for (const port of ports) add(`http://127.0.0.1:${port}`, 'the option ports')
  return all
}
