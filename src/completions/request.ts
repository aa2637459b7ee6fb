import * as v from 'valibot'
import { toImageURL } from '../generation/images.js'
import { MESSAGE_KEYS, messageIssues, messageSchema, promptIssues, toMessages } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import {
  argumentsText,
  toFunctionDefinition,
  isJSONSchema,
  selectTools,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/tools.js'
import { prepend, serialize } from '../http/serialize.js'
import type { Message } from '../types.js'
import { type JSONObject, compact, isObject } from '../utils/json.js'
import { callOptionEntries } from '../config/call-options.js'
import { name, optional } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import type { CompletionRequest } from './types.js'

const text = v.string()
const jsonSchema = v.custom(
  isJSONSchema,
  'must be JSON Schema; `generateObject` takes a schema of zod, valibot or arktype',
)

const requestSchema = v.strictObject({
  ...callOptionEntries,
  input: optional(() => false, 'is `prompt` or `messages` here'),
  instructions: optional(() => false, 'is `system`, or a system message, here'),
  model: name,
  messages: v.optional(v.array(messageSchema)),
  prompt: v.optional(text),
  system: v.optional(text),
  ...samplingEntries,
  tools: v.optional(v.array(toolSchema)),
  toolChoice: toolChoiceSchema,
  responseFormat: v.optional(
    v.lazy((value) =>
      isObject(value) && 'schema' in value
        ? v.strictObject({ schema: jsonSchema, name: v.optional(name) })
        : v.custom(
            (word) => word === 'text' || word === 'json',
            'must be `text`, `json` or { schema, name? } with a JSON Schema',
          ),
    ),
  ),
  reasoningEffort: v.optional(name),
})

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRequest(request: CompletionRequest): void {
  validateRequest(requestSchema, request, [...MESSAGE_KEYS, 'schema'])
  const { messages, prompt, system, tools, toolChoice } = request
  const issues = promptIssues(request)
  if (messages !== undefined) issues.push(...messageIssues(messages, 'messages'))
  if (system !== undefined && prompt === undefined)
    issues.push({ path: ['system'], message: 'goes with `prompt`; put a system message into `messages`' })
  issues.push(...toolIssues(tools, toolChoice))
  if (issues.length > 0) throw invalidRequest(issues)
}

/**
 * The body of `POST /v1/chat/completions` for a checked request, as JSON. Everything of the request is read before this
 * returns; only images may be waited for.
 */
export function toWireBody(request: CompletionRequest, stream: boolean): string | Promise<string> {
  const settings = serialize(toSettings(request, stream))
  const messages = toWireMessages(request)
  // In front, so that `extraBody` wins here too.
  const join = (list: JSONObject[]): string => prepend('messages', list, settings)
  return messages instanceof Promise ? messages.then(join) : join(messages)
}

function toSettings(request: CompletionRequest, stream: boolean): JSONObject {
  const { tools, choice } = selectTools(request.tools, request.toolChoice)
  return compact({
    model: request.model,
    ...toWireSampling(request),
    tools: tools?.map((tool) => ({ type: 'function', function: toFunctionDefinition(tool) })),
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
