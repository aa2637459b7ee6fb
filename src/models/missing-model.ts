import type { CallOptions } from '../config/options.js'
import { ModelNotFoundError, type ModelNotFoundErrorOptions } from '../errors/errors.js'
import { throwIfAborted } from '../utils/abort.js'
import type { Client } from '../http/types.js'
import { modelCatalog } from './model-catalog.js'

// The list only makes the error better: nobody waits long for that.
const PATIENCE_MS = 2_000
const MAX_NAMED = 10

/** Throws the error again; a {@link ModelNotFoundError} with the models that are there. */
export async function explainMissingModel(
  client: Client,
  error: unknown,
  model: string,
  options?: CallOptions,
): Promise<never> {
  if (!ModelNotFoundError.isInstance(error) || error.availableModels !== undefined) throw error
  const { signal, headers } = options ?? {}
  const available = await modelCatalog(client)
    .list({ refresh: true, timeout: PATIENCE_MS, maxRetries: 0, signal, headers })
    .then(({ models }) => models.map(({ id }) => id))
    .catch(() => undefined)
  throwIfAborted(signal)
  if (available === undefined) throw error
  // Its facts are what an error shows of itself; the cause is hidden.
  throw notFoundAmong(available, error.message, { ...error, cause: error.cause, model })
}

/** The error for a model that is not among those there are. */
export function notFoundAmong(
  availableModels: readonly string[],
  message: string,
  facts: ModelNotFoundErrorOptions,
): ModelNotFoundError {
  const named = availableModels.slice(0, MAX_NAMED).join(', ') + (availableModels.length > MAX_NAMED ? ', …' : '')
  const there = availableModels.length === 0 ? ' no models at all' : `: ${named}`
  return new ModelNotFoundError(`${message} It has${there}.`, { ...facts, availableModels })
}
