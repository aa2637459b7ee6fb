import * as v from 'valibot'
import { explainFetchFailure, accessErrorMessage } from '../browser/access-error.js'
import { currentPage, getBlockReason } from '../browser/page.js'
import type { LMStudioOptions } from '../config/options.js'
import { callEntries, providerOptionEntries } from '../config/resolve-config.js'
import { createClient } from '../http/client.js'
import { throwIfAborted } from '../utils/abort.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { createDiagnosis, judge } from './diagnosis.js'
import { identifyServer } from './identify-server.js'
import type { Diagnosis } from './types.js'

// Somebody looks at a screen and waits; a server that takes longer is in trouble.
const PATIENCE_MS = 5_000

/** What `diagnose` takes: the provider's options, and two of its own. */
export interface DiagnoseOptions extends LMStudioOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Permits a request that makes the browser ask the person for access. Without it such a page gets
   * `permission-required`, and nothing is sent.
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
 * Finds out whether a server can be used from here, and if not, why and what to do.
 *
 * @remarks
 * Asks `GET /lmstudio-greeting` and the list of models, each once and for 5 s (`timeout`); never sends anything that
 * changes state. Never throws for an unusable server.
 *
 * @throws {@link ConfigurationError} an option is wrong
 * @throws the reason of the caller's own abort
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  validateOptions(optionsSchema(), options, 'the option')
  const { signal, prompt = false, ...rest } = options
  throwIfAborted(signal)
  const client = createClient({ ...rest, timeout: rest.timeout ?? PATIENCE_MS })
  const { endpoint } = client.config
  const page = currentPage()
  const held = page === undefined || prompt ? undefined : await getBlockReason(page, endpoint)
  if (held !== undefined) {
    return createDiagnosis(held, accessErrorMessage(held, endpoint), [
      'Nothing was sent, because that could show a prompt.',
    ])
  }
  return judge(await identifyServer(client, { signal }), endpoint)
}
