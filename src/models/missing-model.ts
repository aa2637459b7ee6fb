import type { CallOptions, Config } from '../config/options.js'
import { ModelNotFoundError, type ModelNotFoundErrorOptions } from '../errors/errors.js'
import { foreignName, foreignNames, withoutSecrets } from '../http/foreign-text.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { closestMatch } from '../utils/edit-distance.js'
import { modelCatalog } from './model-catalog.js'

// The list only improves the message, so the error must not be delayed for long.
const LOOKUP_TIMEOUT_MS = 2_000
const MAX_NAMES = 10
// Shorter words are part of too many names; comparing longer ones takes too long.
const MIN_COMPARED = 3
const MAX_COMPARED = 200

/** Rethrows an error, a {@link ModelNotFoundError} with the models that the server has. */
export async function explainMissingModel(
  client: Client,
  error: unknown,
  model: string,
  options?: CallOptions,
): Promise<never> {
  if (!ModelNotFoundError.isInstance(error) || error.availableModels !== undefined) throw error
  const { signal, headers } = options ?? {}
  const available = await modelCatalog(client)
    .list({ refresh: true, timeout: LOOKUP_TIMEOUT_MS, maxRetries: 0, signal, headers })
    .then(({ models }) => models.map(({ id }) => id))
    .catch(() => undefined)
  throwIfAborted(signal)
  if (available === undefined) throw error
  // `cause` is not enumerable, so the spread leaves it out.
  throw notFoundAmong(client.config, available, error.message, { ...error, cause: error.cause, model })
}

/** Lists the first of many names of models. */
export const listNames = (config: Config, names: readonly string[]): string =>
  foreignNames(config, names.slice(0, MAX_NAMES)) + (names.length > MAX_NAMES ? ', …' : '')

/** Creates the error for a model that is not among the available ones. */
export function notFoundAmong(
  config: Config,
  availableModels: readonly string[],
  message: string,
  options: ModelNotFoundErrorOptions,
): ModelNotFoundError {
  const available =
    availableModels.length === 0
      ? 'The server has no models.'
      : `Available models: ${listNames(config, availableModels)}.`
  const nearest = nearestName(options.model ?? '', availableModels)
  const suggestion = nearest === undefined ? '' : ` Did you mean ${foreignName(config, nearest)}?`
  return new ModelNotFoundError(`${message}${suggestion} ${available}`, {
    ...options,
    availableModels: withoutSecrets(config, availableModels),
  })
}

/** Returns the name that was probably meant: one that contains the other, such as a name without its publisher, or the closest. */
function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const known = names.filter(({ length }) => length <= MAX_COMPARED)
  const word = wanted.toLowerCase()
  if (word.length < MIN_COMPARED || word.length > MAX_COMPARED) return undefined
  const containing = known.filter((name) => name.toLowerCase().includes(word) || word.includes(name.toLowerCase()))
  return containing[0] ?? closestMatch(wanted, known)
}
