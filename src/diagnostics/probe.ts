import {
  AuthenticationError,
  BrowserAccessError,
  type ConnectionAttempt,
  ServiceNotFoundError,
  UnsupportedEndpointError,
} from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { createClient } from '../http/client.js'
import { ignore } from '../utils/abort.js'
import type { Candidate } from './candidates.js'
import { type Identity, identifyServer } from './identify-server.js'
import type { DiscoverOptions, Discovery } from './types.js'

// A local server responds within milliseconds, one in the same network within tens of milliseconds.
const PROBE_TIMEOUT_MS = 1_500
// Enough to try a range of ports quickly, too few to look like an attack.
const CONCURRENCY = 8
// The message is read by a person; `attempts` of the error has every address.
const MAX_ADDRESSES = 8
const MAX_REASONS = 3

/** Parts to add to the error when nothing is found. */
export interface Advice {
  readonly note?: string | undefined
  readonly hint?: string | undefined
}

/** Finds out what responds at an address. Resolves to `undefined` if that is not a model server. */
export async function probe(candidate: Candidate, options: DiscoverOptions): Promise<Discovery | undefined> {
  return toDiscovery(candidate, await identify(candidate, options))
}

/**
 * Tries all candidates and resolves to the first LM Studio in their order, else to the first other model server.
 *
 * @throws {@link ServiceNotFoundError} there is none; `attempts` lists every address with its result
 */
export async function probeAll(
  candidates: readonly Candidate[],
  options: DiscoverOptions,
  { note, hint }: Advice = {},
): Promise<Discovery> {
  const probes: Promise<Identity>[] = []
  for (const [index, candidate] of candidates.entries()) {
    // Each waits for one before it. With a semaphore, every waiting probe would add a listener to the signal.
    const started = Promise.resolve(probes[index - CONCURRENCY]).then(() => identify(candidate, options))
    started.catch(ignore)
    probes.push(started)
  }
  let otherServer: Discovery | undefined
  const attempts: ConnectionAttempt[] = []
  let blocked: ProviderError | undefined
  // All probes run already; this only reads their results in order of preference.
  for (const [index, candidate] of candidates.entries()) {
    const identity = await probes[index]!
    const discovery = toDiscovery(candidate, identity)
    if (discovery?.isLMStudio === true) return discovery
    otherServer ??= discovery
    const { error } = identity
    if (error === undefined) continue
    const { endpoint, source } = candidate
    attempts.push({ endpoint, source, code: error.code, reason: error.message })
    if (BrowserAccessError.isInstance(error)) blocked ??= error
  }
  if (otherServer !== undefined) return otherServer
  // A server that the browser keeps from the page is there: to start one would not help.
  throw new ServiceNotFoundError(describeAttempts(attempts, note), { attempts, hint: blocked?.hint ?? hint })
}

async function identify({ address, isConfigured = false }: Candidate, options: DiscoverOptions): Promise<Identity> {
  const { apiToken, headers, fetch, logger, allowRemote, timeout = PROBE_TIMEOUT_MS, signal } = options
  // A guessed address can belong to any program, which must not receive the token. A 401 identifies LM Studio as well.
  const credentials = isConfigured ? { apiToken, headers } : {}
  const client = createClient({ ...credentials, endpoint: address, fetch, logger, allowRemote, timeout })
  return identifyServer(client, { signal })
}

function toDiscovery(
  { endpoint, address, source }: Candidate,
  { isLMStudio, models, error }: Identity,
): Discovery | undefined {
  // A server that requires a token was found, and so was an LM Studio whose list fails. If LM Studio does not know the
  // routes of its own lists, the path of the address is wrong.
  const requiresToken = AuthenticationError.isInstance(error) && error.code !== 'sign-in-page'
  const isFound = requiresToken || (isLMStudio && !UnsupportedEndpointError.isInstance(error))
  if (models === undefined && !isFound) return undefined
  // Another server can have its routes below the path that was given.
  return { endpoint: isLMStudio ? endpoint : address, isLMStudio, api: models?.api, source }
}

/** Names the addresses, and what went wrong at those where something responded. */
function describeAttempts(attempts: readonly ConnectionAttempt[], note: string | undefined): string {
  const addresses = attempts.slice(0, MAX_ADDRESSES).map(({ endpoint }) => endpoint)
  const more = attempts.length - addresses.length
  const last = more === 0 ? addresses.pop() : `${more} more ${more === 1 ? 'address' : 'addresses'}`
  const places = [addresses.join(', '), last].filter((part) => part !== '').join(' or ')
  const reasons = new Map<string, string>()
  for (const { code, reason } of attempts) {
    if (code !== 'not-running' && code !== 'unreachable' && !reasons.has(code)) reasons.set(code, reason)
  }
  const parts = [`No LM Studio was found at ${places}.`, ...[...reasons.values()].slice(0, MAX_REASONS)]
  return (note === undefined ? parts : [...parts, note]).join(' ')
}
