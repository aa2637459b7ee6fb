import * as v from 'valibot'
import { accessErrorMessage } from '../browser/access-error.js'
import { currentPage, getBlockReason } from '../browser/page.js'
import type { LMStudioOptions } from '../config/options.js'
import { callEntries, providerOptionEntries } from '../config/resolve-config.js'
import { createClient } from '../http/client.js'
import { throwIfAborted } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { createDiagnosis, toDiagnosis } from './diagnosis.js'
import { identifyServer } from './identify-server.js'
import type { Diagnosis } from './types.js'

// A person waits for the result, and a server that takes longer is in trouble.
const DEFAULT_TIMEOUT_MS = 5_000

/** The options of `diagnose`: those of the provider, and two more. */
export interface DiagnoseOptions extends LMStudioOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Allows a request that opens the browser's permission prompt. Otherwise nothing is sent, and the diagnosis is
   * `permission-required`.
   *
   * @defaultValue `false`
   */
  readonly prompt?: boolean | undefined
}

const optionsSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    ...providerOptionEntries(),
    signal: callEntries().signal,
    prompt: flag(),
  } satisfies EntriesOf<DiagnoseOptions>),
)

/**
 * Finds out whether a server can be used from here, and if not, why and what to do about it.
 *
 * @remarks
 * Sends `GET /lmstudio-greeting` and requests the list of models, each once (`maxRetries` is ignored) and for
 * at most 5 s (`timeout`). Changes nothing on the server. A server that cannot be used is a result, not an error.
 *
 * @throws {@link ConfigurationError} an option is invalid
 * @throws `signal.reason`, if the caller aborts
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  validateOptions(optionsSchema(), options, 'the option')
  const { signal, prompt = false, ...providerOptions } = options
  throwIfAborted(signal)
  const client = createClient({ ...providerOptions, timeout: providerOptions.timeout ?? DEFAULT_TIMEOUT_MS })
  const { endpoint } = client.config
  const page = currentPage()
  const blockReason =
    page === undefined || prompt
      ? undefined
      : getBlockReason(page, endpoint, await page.permission(addressSpace(new URL(endpoint).hostname), signal))
  if (blockReason !== undefined) {
    return createDiagnosis(blockReason, accessErrorMessage(blockReason, endpoint), [
      'No request was sent: it would be blocked or would open a permission prompt.',
    ])
  }
  return toDiagnosis(await identifyServer(client, { signal }), endpoint)
}
