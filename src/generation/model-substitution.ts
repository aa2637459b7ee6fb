import type { Config } from '../config/options.js'
import { ModelNotFoundError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { foreignName } from '../http/foreign-text.js'
import { isSameModel } from '../utils/same-model.js'

interface Substitution {
  readonly requested: string
  readonly actual: string
  /** What arrived of the response. */
  readonly response: object
}

/**
 * Logs a warning when another model answered than the requested one, or throws an error if the application wants one: LM
 * Studio serves an unknown name with whatever is loaded (docs/http-api.md 9.1).
 *
 * @throws {@link ModelNotFoundError} with the code `model-substituted`, if `onModelSubstituted` is `error`
 */
export function reportSubstitution(config: Config, { requested, actual, response }: Substitution): void {
  if (isSameModel(requested, actual)) return
  const { log, endpoint, onModelSubstituted } = config
  const [answered, asked] = [foreignName(config, actual), foreignName(config, requested)]
  const message = `The server answered with the model ${answered} instead of ${asked}.`
  if (onModelSubstituted === 'error') {
    const error = new ModelNotFoundError(message, { code: 'model-substituted', endpoint, model: requested })
    attachHidden(error, 'partial', response)
    throw error
  }
  log?.({ level: 'warn', type: 'model-substituted', message })
}
