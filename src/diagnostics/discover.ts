import * as v from 'valibot'
import { explainFetchFailure } from '../browser/access-error.js'
import { normalizeEndpoint } from '../config/endpoint.js'
import type { LMStudioOptions } from '../config/options.js'
import { checkCallOptions, isAddress, resolveOptions } from '../config/resolve-config.js'
import {
  AuthenticationError,
  ConfigurationError,
  ServiceNotFoundError,
  UnsupportedEndpointError,
} from '../errors/errors.js'
import { createClient } from '../http/client.js'
import { followSignal, ignore, raceAbort, throwIfAborted } from '../utils/abort.js'
import { isObject } from '../utils/json.js'
import { optional } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { type Identity, identifyServer } from './identify-server.js'
import type { Discovery } from './types.js'

const DEFAULT_PORT = 1234
// A local server answers within milliseconds, one in the same network within tens of them.
const PROBE_MS = 1_500
// Enough to try a range of ports quickly, too few to look like an attack.
const CONCURRENCY = 8
// A second or two on a machine where most of them are closed.
const MAX_PORTS = 1_000
// More addresses with one result are told as one.
const MAX_TOLD = 8

/** What `discover` takes besides what reaches a server. */
export interface DiscoverOptions extends Pick<
  LMStudioOptions,
  'endpoint' | 'apiToken' | 'headers' | 'fetch' | 'logger' | 'allowRemote' | 'timeout'
> {
  /** Ports to try on this machine besides 1234: a list, or a range with both its ends. At most 1000. */
  readonly ports?: readonly number[] | { readonly from: number; readonly to: number } | undefined
  /** Hosts to try, each with 1234 and a list of `ports` (a range stays on this machine); a `host:port` is tried as it is. */
  readonly hosts?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** An address to try, and where it came from. */
export interface Candidate {
  readonly endpoint: string
  readonly source: string
  /** Whether the person or program chose it, and so may have meant the token for it. */
  readonly isConfigured?: boolean
}

/** What to add when nothing is found. */
export interface Advice {
  readonly note?: string | undefined
  readonly hint?: string | undefined
}

export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536

function arePorts(ports: unknown): boolean {
  if (Array.isArray(ports)) return ports.length <= MAX_PORTS && ports.every(isPort)
  if (!isObject(ports)) return false
  const { from, to, ...rest } = ports
  return isPort(from) && isPort(to) && from <= to && to - from < MAX_PORTS && Object.keys(rest).length === 0
}

// The values are checked where they are used; here a mistyped name is told.
const anything = v.optional(v.unknown())
const optionsSchema = v.strictObject({
  endpoint: optional(isAddress, 'must be a string or a URL'),
  apiToken: anything,
  headers: anything,
  fetch: anything,
  logger: anything,
  allowRemote: anything,
  timeout: anything,
  signal: anything,
  ports: optional(arePorts, 'must be at most 1000 ports from 1 to 65535, as a list or as { from, to }'),
  hosts: v.optional(v.array(v.string())),
})

// A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port.
const HOST = /^(?:[^\s/\\?#@:*[\]]+|\[[\da-f:.]+\])(?::(\d+))?$/i

// An answer, and the addresses it is an answer to: others may hold a server that is to be preferred.
let remembered: { readonly question: string; readonly endpoint: string } | undefined

/**
 * Finds a server: LM Studio first, else one that is OpenAI-compatible.
 *
 * @remarks
 * Tries the given endpoint, then `127.0.0.1`, `localhost` and `[::1]` at port 1234, then `hosts` and `ports`, in parallel
 * and each for 1.5 s (`timeout`); of several that answer the first in this order is taken. An LM Studio that was found
 * is remembered for the process or page and checked before it is given again. In a page this may pop up the browser's
 * permission prompt: call it after the person has clicked something. The token and `headers` are sent to the given
 * endpoint only.
 *
 * @throws {@link ServiceNotFoundError} nothing was found; the message lists every address and what happened there
 * @throws {@link ConfigurationError} an option is wrong
 */
export async function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  checkDiscoverOptions(options)
  return discoverAmong(candidatesOf(options), options)
}

/** Names mistyped options, and checks those that only discovery has; throws {@link ConfigurationError}. */
export function checkDiscoverOptions(options: DiscoverOptions): void {
  validateOptions(optionsSchema, options, 'the option')
  const { signal, apiToken, headers, fetch, logger, allowRemote, timeout } = options
  checkCallOptions({ signal })
  // Also what is sent to no guessed address.
  resolveOptions({ apiToken, headers, fetch, logger, allowRemote, timeout })
}

/** {@link discover} over given addresses. */
export async function discoverAmong(
  candidates: readonly Candidate[],
  options: DiscoverOptions,
  advice?: Advice,
): Promise<Discovery> {
  const { signal } = options
  throwIfAborted(signal)
  const question = candidates.map(({ endpoint }) => endpoint).join()
  if (remembered?.question === question) {
    const known = candidates.find(({ endpoint }) => endpoint === remembered?.endpoint)!
    const again = toDiscovery(known, await probe(known, options, signal))
    if (again?.isLMStudio === true) return again
    remembered = undefined
  }
  const stop = new AbortController()
  const unfollow = followSignal(stop, signal)
  try {
    const found = await raceAbort(race(candidates, options, stop.signal, advice), signal)
    // Where something else was the second choice, LM Studio may be there the next time.
    if (found.isLMStudio) remembered = { question, endpoint: found.endpoint }
    return found
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
  { note, hint }: Advice = {},
): Promise<Discovery> {
  const probes: Promise<Identity>[] = []
  for (const [index, candidate] of candidates.entries()) {
    // Each waits for the one so many places before it; a listener on the signal for each that waits would be too many.
    const started = Promise.resolve(probes[index - CONCURRENCY]).then(() => probe(candidate, options, signal))
    started.catch(ignore)
    probes.push(started)
  }
  let other: Discovery | undefined
  const findings: Finding[] = []
  // In order of preference; all of them are under way already.
  for (const [index, candidate] of candidates.entries()) {
    const outcome = await probes[index]!
    const discovery = toDiscovery(candidate, outcome)
    if (discovery?.isLMStudio === true) return discovery
    other ??= discovery
    const { code = '', message = 'answers, but is no model server.' } = outcome.error ?? {}
    findings.push({ ...candidate, code, message })
  }
  if (other !== undefined) return other
  const tried = `No LM Studio was found. Tried: ${tell(findings)}`
  throw new ServiceNotFoundError(note === undefined ? tried : `${tried} ${note}`, { code: 'not-running', hint })
}

/** What happened at an address. */
interface Finding extends Candidate {
  readonly code: string
  readonly message: string
}

/** Every address with what happened there; a long run of ports with the same result as one. */
function tell(findings: readonly Finding[]): string {
  const told: string[] = []
  for (let start = 0; start < findings.length;) {
    const { endpoint, source, code, message } = findings[start]!
    const end = findings.findIndex((other, index) => index > start && (other.code !== code || other.source !== source))
    const run = findings.slice(start, end === -1 ? undefined : end)
    if (run.length > MAX_TOLD) {
      const last = run.at(-1)!.endpoint
      told.push(`${endpoint} to ${last} (${source}): ${run.length} addresses, each the same as the first: ${message}`)
    } else told.push(...run.map((one) => `${one.endpoint} (${source}): ${one.message}`))
    start += run.length
  }
  return told.join(' ')
}

async function probe(
  { endpoint, isConfigured = false }: Candidate,
  { apiToken, headers, fetch, logger, allowRemote, timeout = PROBE_MS }: DiscoverOptions,
  signal: AbortSignal | undefined,
): Promise<Identity> {
  // Whatever listens at a guessed address must not be handed the token; a 401 is answer enough.
  const credentials = isConfigured ? { apiToken, headers } : {}
  const client = createClient({ ...credentials, endpoint, fetch, logger, allowRemote, timeout, maxRetries: 0 })
  return identifyServer(client, { signal })
}

function toDiscovery({ endpoint, source }: Candidate, { isLMStudio, models, error }: Identity): Discovery | undefined {
  // A demand for a token is an answer: of LM Studio when it greeted, of somebody else otherwise. Where LM Studio does not
  // know the path of its own lists, the path is wrong.
  const isThere = AuthenticationError.isInstance(error) || (isLMStudio && !UnsupportedEndpointError.isInstance(error))
  if (models === undefined && !isThere) return undefined
  return { endpoint, isLMStudio, api: models?.api, source }
}

/**
 * The addresses to try, each once, in order of preference.
 *
 * @param known - addresses from elsewhere, which come after the given endpoint
 */
export function candidatesOf(options: DiscoverOptions, known: readonly Candidate[] = []): Candidate[] {
  const { endpoint, ports = [], hosts = [], allowRemote = false } = options
  const all = new Map<string, Candidate>()
  const add = (address: string | URL, source: string, isConfigured = false): void => {
    const endpoint = normalizeEndpoint(address, allowRemote, source)
    if (!all.has(endpoint)) all.set(endpoint, { endpoint, source, isConfigured })
  }
  const list = 'from' in ports ? [] : ports
  const range = 'from' in ports ? Array.from({ length: ports.to - ports.from + 1 }, (_, i) => ports.from + i) : list
  if (endpoint !== undefined) add(endpoint, 'the option endpoint', true)
  for (const { endpoint, source, isConfigured } of known) add(endpoint, source, isConfigured)
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) add(`http://${host}:${DEFAULT_PORT}`, 'the default address')
  for (const [index, name] of hosts.entries()) {
    const { host, hasPort } = parseHost(name, `the option hosts[${index}]`)
    if (hasPort) add(`http://${host}`, 'the option hosts')
    else for (const port of [DEFAULT_PORT, ...list]) add(`http://${host}:${port}`, 'the option hosts')
  }
  for (const port of range) add(`http://127.0.0.1:${port}`, 'the option ports')
  return [...all.values()]
}

/** A host as it stands in a URL, or a {@link ConfigurationError} that does not quote it: it may hold a password. */
function parseHost(name: string, source: string): { readonly host: string; readonly hasPort: boolean } {
  const host = /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/i.test(name) ? `[${name}]` : name
  const [isHost, port] = HOST.exec(host) ?? []
  if (isHost !== undefined && (port === undefined || isPort(Number(port))) && isURL(`http://${host}`)) {
    return { host, hasPort: port !== undefined }
  }
  throw new ConfigurationError(`${source} is no host name or address.`, {
    source,
    code: 'invalid-option',
    hint: 'Write it like gpu-box, 192.168.1.20:1234 or [fd12::20]; an address with a scheme or a path is an `endpoint`.',
  })
}

function isURL(text: string): boolean {
  try {
    return new URL(text).host !== ''
  } catch {
    return false
  }
}
