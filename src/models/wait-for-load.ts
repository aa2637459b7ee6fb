import type { CallOptions } from '../config/options.js'
import { sleep, throwIfAborted } from '../utils/abort.js'
import { fromInstance } from './load-response.js'
import { type ModelCatalog, hasName } from './model-catalog.js'
import { MAX_FAILED_POLLS, isTransient } from './polling.js'
import type { LoadedModel } from './types.js'

// By now the load has taken minutes, so a few seconds more do not matter.
export const POLL_INTERVAL_MS = 2_000

/** The load to wait for. */
export interface PendingLoad {
  readonly model: string
  /** Ids of the instances that were loaded before. */
  readonly knownIds: readonly string[]
  /** When to give up, on the clock of `performance.now()`. */
  readonly deadline: number
}

/**
 * Polls the list of models until a load has finished, where no response reports its end: the runtime's own `fetch` gave up
 * (Node's does after 300 s), or the server responded too early. The server continues to load.
 *
 * @returns the new instance, or `undefined` if there is none at the deadline
 */
export async function waitForLoad(
  models: ModelCatalog,
  { model, knownIds, deadline }: PendingLoad,
  options: CallOptions,
): Promise<LoadedModel | undefined> {
  let failures = 0
  while (performance.now() < deadline) {
    await sleep(POLL_INTERVAL_MS, options.signal)
    try {
      const list = await models.list({ ...options, refresh: true })
      failures = 0
      const info = list.models.find((listed) => hasName(listed, model))
      const instance = info?.instances.find(({ id }) => !knownIds.includes(id))
      if (instance !== undefined) return { ...fromInstance(instance, info!), wasLoaded: false }
    } catch (error) {
      // A server that is busy loading may respond slowly or not at all.
      throwIfAborted(options.signal)
      if (!isTransient(error) || ++failures > MAX_FAILED_POLLS) throw error
    }
  }
  return undefined
}
