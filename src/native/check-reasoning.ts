import { invalidRequest } from '../config/validate.js'
import type { CallOptions } from '../types/call-options.js'
import type { ChatRequest } from '../types/chat.js'
import type { ModelCapabilities } from '../types/models.js'

// The list only makes the refusal clearer: nobody waits long for that.
const PATIENCE_MS = 2_000

/** What a model can do, as the model list says. */
export type Capabilities = (model: string, options?: CallOptions) => Promise<ModelCapabilities | undefined>

/**
 * Refuses a reasoning setting that the model does not allow, with those it does. Where the models cannot be listed, or do
 * not say, the server decides; an abort meanwhile is told by what is sent next.
 */
export async function checkReasoning(
  { model, reasoning }: Pick<ChatRequest, 'model' | 'reasoning'>,
  capabilities: Capabilities,
  { signal, headers }: CallOptions = {},
): Promise<void> {
  if (reasoning === undefined) return
  const known = await capabilities(model, { timeout: PATIENCE_MS, maxRetries: 0, signal, headers }).catch(
    () => undefined,
  )
  const allowed = known?.reasoning?.options ?? []
  if (allowed.length === 0 || allowed.includes(reasoning)) return
  throw invalidRequest(
    [{ path: ['reasoning'], message: `must be one of what ${model} allows: ${allowed.join(', ')}` }],
    'Choose one of these, or leave `reasoning` out for the default of the model.',
  )
}
