import * as v from 'valibot'
import { accessErrorMessage } from '../browser/access-error.js'
import { currentPage, getBlockReason } from '../browser/page.js'
import type { LMStudioOptions } from '../config/options.js'
import { callEntries, isAddress, providerOptionEntries } from '../config/resolve-config.js'
import { ConfigurationError } from '../errors/errors.js'
import { createClient } from '../http/client.js'
import { throwIfAborted } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag, optional } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { createDiagnosis, toDiagnosis } from './diagnosis.js'
import { diagnoseOrigin } from './diagnose-origin.js'
import { identifyServer } from './identify-server.js'
import { normalizeOrigin } from './origin.js'
import type { Diagnosis } from './types.js'

// A person waits for the result, and a server that takes longer is in trouble.
const DEFAULT_TIMEOUT_MS = 5_000
const FORBIDDEN = 403

/** The options of `diagnose`: those of the provider, and three more. */
export interface DiagnoseOptions extends LMStudioOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Allows a request that opens the browser's permission prompt. Otherwise nothing is sent, and the diagnosis is
   * `permission-required`.
   *
   * @default false
   */
  readonly prompt?: boolean | undefined
  /**
   * The origin of a page, for example `https://app.example`: checks also whether a browser would let this page use the
   * server. `null` in quotes stands for sandboxed pages and files. Outside web pages only, for example in Node.
   *
   * @remarks
   * Sends the requests that such a page would send: a GET of the model list and the preflight of a chat completion.
   */
  readonly origin?: string | URL | undefined
}

const optionsSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    ...providerOptionEntries(),
    signal: callEntries().signal,
    prompt: flag(),
    origin: optional<string | URL>(isAddress, 'must be a string or a URL'),
  } satisfies EntriesOf<DiagnoseOptions>),
)

/**
 * Finds out whether a server can be used from here, and if not, why and what to do about it.
 *
 * @remarks
 * Sends `GET /lmstudio-greeting` and requests the list of models, each once (`maxRetries` is ignored) and for
 * at most 5 s (`timeout`). Changes nothing on the server. A server that cannot be used is a result, not an error.
 * With `origin`, reports what a browser would refuse a page of that origin.
 *
 * @throws {@link ConfigurationError} an option is invalid
 * @throws `signal.reason`, if the caller aborts
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  validateOptions(optionsSchema(), options, 'the option')
  const { signal, prompt = false, origin: givenOrigin, ...providerOptions } = options
  const origin = givenOrigin === undefined ? undefined : normalizeOrigin(givenOrigin)
  throwIfAborted(signal)
  const timeout = providerOptions.timeout ?? DEFAULT_TIMEOUT_MS
  const client = createClient({ ...providerOptions, timeout })
  const { endpoint } = client.config
  const page = currentPage()
  if (page !== undefined && origin !== undefined) throw originInPageError()
  const blockReason =
    page === undefined || prompt
      ? undefined
      : getBlockReason(page, endpoint, await page.permission(addressSpace(new URL(endpoint).hostname), signal))
  if (blockReason !== undefined) {
    return createDiagnosis(blockReason, accessErrorMessage(blockReason, endpoint), [
      'No request was sent: it would be blocked or would open a permission prompt.',
    ])
  }
  let identity = await identifyServer(client, { signal })
  // A proxy may serve only the pages that it knows, and refuse a request that comes from none.
  if (origin !== undefined && identity.error?.status === FORBIDDEN) {
    identity = await identifyServer(client, { signal, headers: { origin } })
  }
  const diagnosis = toDiagnosis(identity, endpoint)
  const hasResponded = identity.latencyMs !== undefined
  return origin === undefined || !hasResponded ? diagnosis : diagnoseOrigin(diagnosis, client.config, origin, signal)
}

const originInPageError = (): ConfigurationError =>
  new ConfigurationError('The option origin works only outside web pages.', {
    source: 'the option origin',
    code: 'invalid-option',
    hint: 'Call `diagnose({ origin })` in Node. In a page, leave it out: the page itself is checked.',
  })
