import { type DiagnoseOptions, diagnose as diagnoseWith } from '../diagnostics/diagnose.js'
import type { Diagnosis } from '../diagnostics/types.js'
import { completeOptions } from './create-lmstudio.js'
import type { LoadConfigOptions } from './load-config.js'

/**
 * Finds out whether the server that `createLMStudio` would use can be reached, and if not, why and what to do. Options that
 * are not set come from environment variables and config files.
 *
 * @remarks
 * Sends `GET /lmstudio-greeting` and the request for the list of models once each, with a limit of 5 s. Only the option
 * `timeout` changes this limit, not the environment. Never throws for a server that cannot be used.
 *
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is invalid
 * @throws the reason of the caller's own abort
 */
export async function diagnose(options?: DiagnoseOptions): Promise<Diagnosis> {
  return diagnoseFrom(options)
}

/** {@link diagnose} with other places for files and variables. */
export async function diagnoseFrom(options: DiagnoseOptions = {}, places?: LoadConfigOptions): Promise<Diagnosis> {
  const complete = completeOptions(options, places)
  // The check of the main entry rejects options that are not an object.
  return diagnoseWith(complete === options ? options : { ...complete, timeout: options.timeout })
}
