import * as v from 'valibot'
import { checkCallOptions, isAddress, resolveOptions } from '../config/resolve-config.js'
import { followSignal, raceAbort, throwIfAborted } from '../utils/abort.js'
import { once } from '../utils/once.js'
import { type EntriesOf, optional } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { type Candidate, MAX_PORTS, candidatesOf, isPortSelection } from './candidates.js'
import { type Advice, probe, probeAll } from './probe.js'
import type { DiscoverOptions, Discovery } from './types.js'

const optionsSchema = /* @__PURE__ */ once(() => {
  // Checked by `resolveOptions` and `checkCallOptions`; named here so that a misspelled option is an error.
  const checkedElsewhere = v.optional(v.unknown())
  const entries = {
    endpoint: optional(isAddress, 'must be a string or a URL'),
    apiToken: checkedElsewhere,
    headers: checkedElsewhere,
    fetch: checkedElsewhere,
    logger: checkedElsewhere,
    allowRemote: checkedElsewhere,
    timeout: checkedElsewhere,
    signal: checkedElsewhere,
    ports: optional(
      isPortSelection,
      `must be at most ${MAX_PORTS} ports from 1 to 65535, as a list or as { from, to }`,
    ),
    hosts: v.optional(v.array(v.string())),
  } satisfies EntriesOf<DiscoverOptions>
  return v.strictObject(entries)
})

// The result of the last search. It only holds for the same addresses, since others may include a preferred server.
let lastFound: { readonly searched: string; readonly endpoint: string } | undefined

/**
 * Finds a server: LM Studio if there is one, otherwise another OpenAI-compatible server.
 *
 * @remarks
 * Tries the option `endpoint`, then `127.0.0.1`, `localhost` and `[::1]` at port 1234, then `hosts` and
 * `ports`, eight at a time and each for 1.5 s (`timeout`). If several respond, the first one in this order wins. An LM
 * Studio that was found is remembered for the life of the page or process, and checked before it is returned again. The
 * token and `headers` are sent to the option `endpoint` only. In a web page, the requests can open the browser's
 * permission prompt: call this after a click.
 *
 * @throws {@link ServiceNotFoundError} nothing was found; `attempts` lists every address with its result
 * @throws {@link ConfigurationError} an option is invalid
 * @throws `signal.reason`, if the caller aborts
 */
export async function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  checkDiscoverOptions(options)
  return discoverAmong(candidatesOf(options), options)
}

/**
 * Checks the options of {@link discover}.
 *
 * @throws {@link ConfigurationError} an option is invalid or unknown
 */
export function checkDiscoverOptions(options: DiscoverOptions): void {
  validateOptions(optionsSchema(), options, 'the option')
  const { signal, apiToken, headers, fetch, logger, allowRemote, timeout } = options
  checkCallOptions({ signal })
  // Also checks the token and headers if there is no `endpoint` to send them to.
  resolveOptions({ apiToken, headers, fetch, logger, allowRemote, timeout })
}

/** Like {@link discover}, but over the given addresses. */
export async function discoverAmong(
  candidates: readonly Candidate[],
  options: DiscoverOptions,
  advice?: Advice,
): Promise<Discovery> {
  const { signal } = options
  throwIfAborted(signal)
  const searched = candidates.map(({ endpoint }) => endpoint).join()
  if (lastFound?.searched === searched) {
    const { endpoint } = lastFound
    const candidate = candidates.find((one) => one.endpoint === endpoint)!
    const discovery = await probe(candidate, options)
    if (discovery?.isLMStudio === true) return discovery
    lastFound = undefined
  }
  const controller = new AbortController()
  const unfollow = followSignal(controller, signal)
  try {
    const discovery = await raceAbort(probeAll(candidates, { ...options, signal: controller.signal }, advice), signal)
    // Another server is not remembered: LM Studio may be running the next time.
    if (discovery.isLMStudio) lastFound = { searched, endpoint: discovery.endpoint }
    return discovery
  } finally {
    unfollow()
    // Ends the probes that are still running.
    controller.abort()
  }
}
