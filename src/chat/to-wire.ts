import type { CompletionRequest } from '../types/completion.js'
import type { Message } from '../types/messages.js'
import { compact, type JSONObject } from '../utils/json.js'
import { prepend, serialise } from '../transport/serialise.js'
import { toImageURL } from '../generation/image.js'
import { argumentsText, describeTool, offeredTools } from '../generation/offered-tools.js'
import { toMessages } from '../generation/prompt.js'
import { toWireSampling } from '../generation/sampling.js'

/**
 * The body of `POST /v1/chat/completions` for a checked request, as JSON. Everything of the request is read before this
 * returns; only images may be waited for.
 */
export function toWireBody(request: CompletionRequest, stream: boolean): string | Promise<string> {
  const settings = serialise(toSettings(request, stream))
  const messages = toWireMessages(request)
  // In front, so that `extraBody` wins here too.
  const join = (list: JSONObject[]): string => prepend('messages', list, settings)
  return messages instanceof Promise ? messages.then(join) : join(messages)
}

function toSettings(request: CompletionRequest, stream: boolean): JSONObject {
  const { tools, choice } = offeredTools(request.tools, request.toolChoice)
  return compact({
    model: request.model,
    ...toWireSampling(request),
    tools: tools?.map((tool) => ({ type: 'function', function: describeTool(tool) })),
    tool_choice: choice,
    response_format: toWireFormat(request.responseFormat),
    reasoning_effort: request.reasoningEffort,
    ...request.extraBody,
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
  })
}

function toWireFormat(format: CompletionRequest['responseFormat']): JSONObject | undefined {
  if (format === undefined || format === 'text') return undefined
  // `json_object` is refused; a schema that any object fits is the same (wire reference 9.2).
  const { schema, name = 'answer' } = format === 'json' ? { schema: { type: 'object' } } : format
  return { type: 'json_schema', json_schema: { name, strict: true, schema } }
}

function toWireMessages(request: CompletionRequest): JSONObject[] | Promise<JSONObject[]> {
  const list = toMessages(request)
  const hasParts = list.some((message) => message.role === 'user' && typeof message.content !== 'string')
  return hasParts ? Promise.all(list.map(toWireParts)) : list.map(toWireMessage)
}

function toWireMessage(message: Message): JSONObject {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  if (message.role !== 'assistant') return { role: message.role, content: message.content }
  const calls = message.toolCalls ?? []
  return compact({
    role: 'assistant',
    content: message.content ?? (calls.length > 0 ? undefined : ''),
    tool_calls:
      calls.length === 0
        ? undefined
        : calls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: argumentsText(call) },
          })),
  })
}

async function toWireParts(message: Message, index: number): Promise<JSONObject> {
  if (message.role !== 'user' || typeof message.content === 'string') return toWireMessage(message)
  const parts = message.content.map(async (part, position) => {
    if (part.type === 'text') return { type: 'text', text: part.text }
    const url = await toImageURL(part.image, ['messages', index, 'content', position, 'image'])
    return { type: 'image_url', image_url: { url } }
  })
  return { role: 'user', content: await Promise.all(parts) }
}
