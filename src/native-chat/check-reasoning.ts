import type { CallOptions } from '../config/options.js'
import { foreignName, foreignNames } from '../http/foreign-text.js'
import type { Client } from '../http/types.js'
import { modelCapabilities } from '../models/list-models.js'
import { invalidRequest } from '../validation/validate.js'
import type { ChatContext } from './response.js'

// The list only makes the error clearer, so the request does not wait longer for it.
const LOOKUP_TIMEOUT_MS = 2_000

/**
 * Rejects a reasoning setting that the model does not allow. Where the models cannot be listed, or the list lacks the settings,
 * the server decides; an abort during the lookup rejects the request that follows.
 */
export async function checkReasoning(
  client: Client,
  { model, reasoning }: ChatContext,
  { signal, headers }: CallOptions,
): Promise<void> {
  if (reasoning === undefined) return
  const limits = { timeout: LOOKUP_TIMEOUT_MS, maxRetries: 0, signal, headers }
  const capabilities = await modelCapabilities(client, model, limits).catch(() => undefined)
  const allowed = capabilities?.reasoning?.options ?? []
  if (allowed.length === 0 || allowed.includes(reasoning)) return
  throw invalidRequest(
    [
      {
        path: ['reasoning'],
        message: `must be one that ${foreignName(client.config, model)} allows: ${foreignNames(client.config, allowed)}`,
      },
    ],
    'Use one of the allowed values, or leave `reasoning` out for the default of the model.',
  )
}
