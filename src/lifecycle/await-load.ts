import { isModel, type ModelStore } from '../models/model-store.js'
import type { CallOptions } from '../types/call-options.js'
import type { LoadedModel } from '../types/lifecycle.js'
import { sleep } from '../utils/abort.js'
import { fromInstance } from './from-wire.js'

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
  models: ModelStore,
  model: string,
  known: readonly string[],
  until: number,
  options: CallOptions,
): Promise<LoadedModel | undefined> {
  while (performance.now() < until) {
    await sleep(PAUSE_MS, options.signal)
    const { models: list } = await models.list({ ...options, refresh: true })
    const info = list.find((listed) => isModel(listed, model))
    const instance = info?.instances.find(({ id }) => !known.includes(id))
    if (instance !== undefined) return { ...fromInstance(instance, info!), wasLoaded: false }
  }
  return undefined
}
