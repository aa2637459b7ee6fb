import { type Candidate, candidatesOf } from '../diagnostics/candidates.js'
import { checkDiscoverOptions, discoverAmong } from '../diagnostics/discover.js'
import type { Advice } from '../diagnostics/probe.js'
import type { DiscoverOptions, Discovery } from '../diagnostics/types.js'
import { hintsFor } from '../errors/error-codes.js'
import { settingsFor, tell } from './create-lmstudio.js'
import { type Installation, readInstallation } from './installation.js'
import { type LoadConfigOptions, userFolder } from './load-config.js'

/**
 * Finds a server as the main entry does, and knows more places: the endpoint of the environment or a config file, and
 * the port in LM Studio's own settings, which are only read.
 *
 * @remarks
 * In order of preference: the option `endpoint`, else the one of the environment or a config file; LM Studio's
 * `http-server-config.json`; `127.0.0.1`, `localhost` and `[::1]` at port 1234; `hosts`; `ports`. All are asked in parallel,
 * each for 1.5 s (`timeout`). `source` of the answer tells where the address came from. The token, that of the environment
 * included, and `headers` are sent to a configured endpoint only. An LM Studio that was found is remembered for the
 * process and checked before it is given again.
 *
 * @throws {@link ServiceNotFoundError} nothing was found; the message lists every address and what happened there, and
 * what kept LM Studio's settings from being used
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is wrong
 *
 * @example
 * ```ts
 * const { endpoint } = await discover({ ports: { from: 1234, to: 1244 } })
 * const lmstudio = createLMStudio({ endpoint })
 * ```
 */
export async function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  return discoverFrom(options)
}

/** {@link discover} with other places for files and variables. */
export async function discoverFrom(options: DiscoverOptions, places?: LoadConfigOptions): Promise<Discovery> {
  checkDiscoverOptions(options)
  const { config, token } = settingsFor(options, places)
  const { allowRemote = config.allowRemote.value, apiToken = token } = options
  const user = userFolder(places?.home)
  const installation = user === undefined ? undefined : readInstallation(user)

  const known: Candidate[] = []
  const { value: endpoint, source } = config.endpoint
  if (options.endpoint === undefined && source !== 'default')
    known.push({ endpoint, source: source, isConfigured: true })
  if (installation?.endpoint !== undefined) known.push({ endpoint: installation.endpoint, source: installation.path })

  const complete = { ...options, allowRemote, apiToken }
  const found = await discoverAmong(candidatesOf(complete, known), complete, adviceOf(installation))
  const { logger } = options
  if (logger !== undefined && installation?.cors === false && found.endpoint === installation.endpoint) {
    tell(logger, [{ level: 'info', type: 'diagnosis', message: pagesRefused(installation), code: 'cors-disabled' }])
  }
  return found
}

function adviceOf(installation: Installation | undefined): Advice {
  if (installation === undefined) return {}
  const { isThere, problems, cors } = installation
  const notes = [...problems, ...(cors === false ? [pagesRefused(installation)] : [])]
  return {
    note: notes.length === 0 ? undefined : notes.join(' '),
    hint: isThere ? `LM Studio is installed here, but its server is off. ${hintsFor('not-running')[0]}` : undefined,
  }
}

const pagesRefused = ({ path }: Installation): string =>
  `${path} says that CORS is off: web pages cannot read what this server answers.`
