import type { CallOptions } from '../config/options.js'
import type { Client } from '../http/types.js'
import { modelCapabilities } from '../models/list-models.js'
import { invalidRequest } from '../validation/validate.js'
import type { ChatRequest } from './types.js'

// The list only makes the refusal clearer: nobody waits long for that.
const PATIENCE_MS = 2_000

/**
 * Refuses a reasoning setting that the model does not allow, with those it does. Where the models cannot be listed, or do
 * not say, the server decides; an abort meanwhile is told by what is sent next.
 */
export async function checkReasoning(
  client: Client,
  { model, reasoning }: Pick<ChatRequest, 'model' | 'reasoning'>,
  { signal, headers }: CallOptions = {},
): Promise<void> {
  if (reasoning === undefined) return
  const known = await modelCapabilities(client, model, { timeout: PATIENCE_MS, maxRetries: 0, signal, headers }).catch(
    () => undefined,
  )
  const allowed = known?.reasoning?.options ?? []
  if (allowed.length === 0 || allowed.includes(reasoning)) return
  throw invalidRequest(
    [{ path: ['reasoning'], message: `must be one of what ${model} allows: ${allowed.join(', ')}` }],
    'Choose one of these, or leave `reasoning` out for the default of the model.',
  )
}
