import { toImageURL } from '../generation/image.js'
import { toWireSampling } from '../generation/sampling.js'
import { prepend, serialise } from '../transport/serialise.js'
import type { ChatRequest, Integration } from '../types/chat.js'
import type { ContentPart } from '../types/messages.js'
import { compact, type JSONObject } from '../utils/json.js'

/**
 * The body of `POST /api/v1/chat` for a checked request, as JSON: nothing but what is listed here, because the server
 * refuses unknown keys. Everything of the request is read before this returns; only images may be waited for.
 */
export function toWireBody(request: ChatRequest, stream: boolean): string | Promise<string> {
  const settings = serialise(toSettings(request, stream))
  const { input } = request
  const join = (said: string | JSONObject[]): string => prepend('input', said, settings)
  return typeof input === 'string' ? join(input) : Promise.all(input.map(toWirePart)).then(join)
}

function toSettings(request: ChatRequest, stream: boolean): JSONObject {
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  return compact({
    model: request.model,
    system_prompt: request.system,
    integrations: request.integrations?.map(toWireIntegration),
    ...sampling,
    max_output_tokens: maxTokens,
    reasoning: request.reasoning,
    context_length: request.contextLength,
    previous_response_id: request.previousResponseId,
    // The server's own default is to keep what is said.
    store: request.store ?? false,
    stream,
  })
}

function toWireIntegration(integration: Integration): string | JSONObject {
  if (typeof integration === 'string') return integration
  const { allowedTools } = integration
  if (integration.type === 'plugin') {
    return compact({ type: 'plugin', id: integration.id, allowed_tools: allowedTools })
  }
  return compact({
    type: 'ephemeral_mcp',
    server_label: integration.serverLabel,
    server_url: integration.serverUrl,
    allowed_tools: allowedTools,
    headers: integration.headers,
  })
}

async function toWirePart(part: ContentPart, index: number): Promise<JSONObject> {
  // The documentation's `type: "message"` and `text` are refused (wire reference 7.1).
  if (part.type === 'text') return { type: 'text', content: part.text }
  return { type: 'image', data_url: await toImageURL(part.image, ['input', index, 'image']) }
}
