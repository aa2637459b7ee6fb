import { ModelNotFoundError } from '../errors/api-errors.js'
import type { CallOptions } from '../types/call-options.js'
import { throwIfAborted } from '../utils/abort.js'
import type { ModelStore } from './model-store.js'

// The list only makes the error better: nobody waits long for that.
const PATIENCE_MS = 2_000
const MAX_NAMED = 10

/** Throws the error again; a {@link ModelNotFoundError} with the models that are there. */
export async function explainMissingModel(
  error: unknown,
  model: string,
  store: ModelStore,
  options?: CallOptions,
): Promise<never> {
  if (!ModelNotFoundError.isInstance(error) || error.availableModels !== undefined) throw error
  const { signal, headers } = options ?? {}
  const available = await store
    .list({ refresh: true, timeout: PATIENCE_MS, maxRetries: 0, signal, headers })
    .then(({ models }) => models.map(({ id }) => id))
    .catch(() => undefined)
  throwIfAborted(signal)
  if (available === undefined) throw error
  const named = available.slice(0, MAX_NAMED).join(', ') + (available.length > MAX_NAMED ? ', …' : '')
  const { message, cause } = error
  throw new ModelNotFoundError(
    `${message} ${available.length === 0 ? 'It has no models at all.' : `It has: ${named}.`}`,
    // Its facts are what an error shows of itself; the cause is hidden.
    { ...error, cause, model, availableModels: available },
  )
}
