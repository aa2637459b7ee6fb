import { type DiagnoseOptions, diagnose as diagnoseWith } from '../diagnostics/diagnose.js'
import type { Diagnosis } from '../diagnostics/types.js'
import { completeOptions } from './create-lmstudio.js'
import type { LoadConfigOptions } from './load-config.js'

/**
 * Finds out as the main entry does whether a server can be used from here, and if not, why and what to do: the one that
 * `createLMStudio` would use, with what the options leave open read from the environment and from config files.
 *
 * @remarks
 * Asks `GET /lmstudio-greeting` and the list of models, each once and for 5 s (`timeout`, which here comes from the options
 * only). Never throws for an unusable server.
 *
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is wrong
 * @throws the reason of the caller's own abort
 */
export async function diagnose(options?: DiagnoseOptions): Promise<Diagnosis> {
  return diagnoseFrom(options)
}

/** {@link diagnose} with other places for files and variables. */
export async function diagnoseFrom(options: DiagnoseOptions = {}, places?: LoadConfigOptions): Promise<Diagnosis> {
  const complete = completeOptions(options, places)
  // What is wrong with options that are none, the main entry says.
  return diagnoseWith(complete === options ? options : { ...complete, timeout: options.timeout })
}
