import type { CallOptions } from '../config/options.js'
import { sleep, throwIfAborted } from '../utils/abort.js'
import { fromInstance } from './load-response.js'
import { type ModelCatalog, isModel } from './model-catalog.js'
import type { LoadedModel, ModelInfo } from './types.js'
import { MAX_FAILED_LOOKS, isPassing } from './watch-download.js'

// A load that has taken minutes already is not in a hurry.
const PAUSE_MS = 2_000

/**
 * Looks for the instance of a load whose answer cannot come any more, because the runtime's own `fetch` has given up
 * (Node's does after five minutes): the server loads on, and its list tells when it is done.
 *
 * @param known - ids of the instances that were there before
 * @param until - on the clock of `performance.now()`
 */
export async function awaitLoad(
  models: ModelCatalog,
  model: string,
  known: readonly string[],
  until: number,
  options: CallOptions,
): Promise<LoadedModel | undefined> {
  let failed = 0
  while (performance.now() < until) {
    await sleep(PAUSE_MS, options.signal)
    let list: readonly ModelInfo[]
    try {
      list = (await models.list({ ...options, refresh: true })).models
      failed = 0
    } catch (error) {
      // A server that is busy loading may be slow to say so.
      throwIfAborted(options.signal)
      if (!isPassing(error) || ++failed > MAX_FAILED_LOOKS) throw error
      continue
    }
    const info = list.find((listed) => isModel(listed, model))
    const instance = info?.instances.find(({ id }) => !known.includes(id))
    if (instance !== undefined) return { ...fromInstance(instance, info!), wasLoaded: false }
  }
  return undefined
}
