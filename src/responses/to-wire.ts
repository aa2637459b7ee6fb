import { toImageURL } from '../generation/image.js'
import { argumentsText, describeTool, offeredTools } from '../generation/offered-tools.js'
import { toWireSampling } from '../generation/sampling.js'
import { prepend, serialise } from '../transport/serialise.js'
import type { Message } from '../types/messages.js'
import type { RespondRequest } from '../types/responses.js'
import { compact, type JSONObject } from '../utils/json.js'

/**
 * The body of `POST /v1/responses` for a checked request, as JSON. Everything of the request is read before this
 * returns; only images may be waited for.
 */
export function toRespondBody(request: RespondRequest, stream: boolean): string | Promise<string> {
  const { input, reasoningEffort } = request
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  const { tools, choice } = offeredTools(request.tools, request.toolChoice)
  const settings = serialise(
    compact({
      model: request.model,
      instructions: request.instructions,
      previous_response_id: request.previousResponseId,
      store: request.store,
      tools: tools?.map((tool) => ({ type: 'function', ...describeTool(tool) })),
      tool_choice: choice,
      reasoning: reasoningEffort === undefined ? undefined : { effort: reasoningEffort },
      max_output_tokens: maxTokens,
      ...sampling,
      ...request.extraBody,
      stream,
    }),
  )
  // In front, so that `extraBody` wins here too.
  const join = (value: string | JSONObject[]): string => prepend('input', value, settings)
  if (typeof input === 'string') return join(input)
  const hasParts = input.some((message) => message.role === 'user' && typeof message.content !== 'string')
  return hasParts ? Promise.all(input.map(toParts)).then((items) => join(items.flat())) : join(input.flatMap(toItems))
}

/** A message as items: a call and its result are items of their own here. */
function toItems(message: Message): JSONObject[] {
  const { role, content } = message
  if (role === 'tool') return [{ type: 'function_call_output', call_id: message.toolCallId, output: content }]
  if (role !== 'assistant') return [{ role, content }]
  const calls = message.toolCalls ?? []
  const said = content || calls.length === 0 ? [{ role, content: content ?? '' }] : []
  return [
    ...said,
    ...calls.map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: argumentsText(call),
    })),
  ]
}

async function toParts(message: Message, index: number): Promise<JSONObject[]> {
  if (message.role !== 'user' || typeof message.content === 'string') return toItems(message)
  const parts = message.content.map(async (part, position) =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : {
          type: 'input_image',
          image_url: await toImageURL(part.image, ['input', index, 'content', position, 'image']),
        },
  )
  return [{ role: 'user', content: await Promise.all(parts) }]
}
