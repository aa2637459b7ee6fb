import { type Candidate, candidatesOf } from '../diagnostics/candidates.js'
import { checkDiscoverOptions, discoverAmong } from '../diagnostics/discover.js'
import type { Advice } from '../diagnostics/probe.js'
import type { DiscoverOptions, Discovery } from '../diagnostics/types.js'
import { hintsFor } from '../errors/error-codes.js'
import { emit, settingsFor } from './create-lmstudio.js'
import { type Installation, readInstallation } from './installation.js'
import type { LoadConfigOptions } from './load-config.js'
import { homeFolder } from './platform.js'

/**
 * Finds a server as the main entry does, but in more places: at the endpoint from the environment or a config file, and at
 * the port in LM Studio's own settings, which are only read.
 *
 * @remarks
 * In order of preference: the option `endpoint`, or else the endpoint from the environment or a config file; LM Studio's
 * `http-server-config.json`; `127.0.0.1`, `localhost` and `[::1]` at port 1234; `hosts`; `ports`. All are probed in
 * parallel, each for up to 1.5 s (`timeout`). `source` of the result is where the address came from. The token, including
 * that of the environment, and `headers` are sent to a configured endpoint only. An LM Studio that was found is remembered
 * for the process, and checked before it is returned again.
 *
 * @throws {@link ServiceNotFoundError} no server was found; `attempts` lists every address with its error, and the
 * message explains why LM Studio's settings could not be used
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is invalid
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
  const home = homeFolder(places?.home)
  const installation = home === undefined ? undefined : readInstallation(home)

  const known: Omit<Candidate, 'endpoint'>[] = []
  const { value: address, source } = config.endpoint
  if (options.endpoint === undefined && source !== 'default') known.push({ address, source, isConfigured: true })
  if (installation?.endpoint !== undefined) known.push({ address: installation.endpoint, source: installation.path })

  const complete = { ...options, allowRemote, apiToken }
  const found = await discoverAmong(candidatesOf(complete, known), complete, adviceFor(installation))
  const { logger } = options
  if (logger !== undefined && installation?.cors === false && found.endpoint === installation.endpoint) {
    emit(logger, [{ level: 'info', type: 'diagnosis', message: corsMessage(installation), code: 'cors-disabled' }])
  }
  return found
}

function adviceFor(installation: Installation | undefined): Advice {
  if (installation === undefined) return {}
  const { isInstalled, problems, cors } = installation
  const notes = [...problems, ...(cors === false ? [corsMessage(installation)] : [])]
  return {
    note: notes.length === 0 ? undefined : notes.join(' '),
    hint: isInstalled
      ? `LM Studio is installed on this machine, but its server is not running. ${hintsFor('not-running')[0]}`
      : undefined,
  }
}

const corsMessage = ({ path }: Installation): string =>
  `CORS is off in ${path}: web pages cannot read responses of this server.`
