import { AuthenticationError, ServiceNotFoundError, UnsupportedEndpointError } from '../errors/errors.js'
import { createClient } from '../http/client.js'
import { ignore } from '../utils/abort.js'
import type { Candidate } from './candidates.js'
import { type Identity, identifyServer } from './identify-server.js'
import type { DiscoverOptions, Discovery } from './types.js'

// A local server responds within milliseconds, one in the same network within tens of milliseconds.
const PROBE_TIMEOUT_MS = 1_500
// Enough to try a range of ports quickly, too few to look like an attack.
const CONCURRENCY = 8
// A longer run of addresses with the same result is summarized.
const MAX_LISTED = 8

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
 * @throws {@link ServiceNotFoundError} there is none; the message lists every address with its result
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
  const results: ProbeResult[] = []
  // All probes run already; this only reads their results in order of preference.
  for (const [index, candidate] of candidates.entries()) {
    const identity = await probes[index]!
    const discovery = toDiscovery(candidate, identity)
    if (discovery?.isLMStudio === true) return discovery
    otherServer ??= discovery
    const { error } = identity
    if (error !== undefined) results.push({ ...candidate, code: error.code, message: error.message })
  }
  if (otherServer !== undefined) return otherServer
  const tried = `No LM Studio was found. Tried: ${listResults(results)}`
  throw new ServiceNotFoundError(note === undefined ? tried : `${tried} ${note}`, { code: 'not-running', hint })
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

/** What happened at an address. */
interface ProbeResult extends Candidate {
  readonly code: string
  readonly message: string
}

/** Lists every address with its result. A long run of ports with the same result is summarized. */
function listResults(results: readonly ProbeResult[]): string {
  const parts: string[] = []
  for (let start = 0; start < results.length;) {
    const { endpoint, source, code, message } = results[start]!
    const end = results.findIndex((other, index) => index > start && (other.code !== code || other.source !== source))
    const run = results.slice(start, end === -1 ? undefined : end)
    if (run.length > MAX_LISTED) {
      const last = run.at(-1)!.endpoint
      parts.push(`${endpoint} to ${last} (${source}): ${run.length} addresses with the same result: ${message}`)
    } else parts.push(...run.map((result) => `${result.endpoint} (${result.source}): ${result.message}`))
    start += run.length
  }
  return parts.join(' ')
}
