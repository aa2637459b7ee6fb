import * as v from 'valibot'
import { callOptionEntries } from '../config/call-options.js'
import { toImageURL } from '../generation/images.js'
import { MESSAGE_KEYS, messageIssues, messageSchema, promptIssues, toMessages } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import {
  argumentsText,
  selectTools,
  toFunctionDefinition,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/tools.js'
import { jsonSchemaIssues } from '../json-schema/schema-issues.js'
import type { Message } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, id, misplaced, name } from '../validation/schema.js'
import { invalidRequest, validateRequest, prependField, serialize } from '../validation/validate.js'
import type { CompletionRequest, ResponseFormat } from './types.js'

const requestSchema = /* @__PURE__ */ once(() => {
  const text = v.string()
  const isLoadSetting = misplaced('is set when the model is loaded: `loadModel(model, { contextLength })`')
  const entries = {
    model: v.optional(id),
    messages: v.optional(v.array(messageSchema())),
    prompt: v.optional(text),
    system: v.optional(text),
    ...samplingEntries,
    tools: v.optional(v.array(toolSchema())),
    toolChoice: toolChoiceSchema(),
    responseFormat: responseFormatSchema(),
    reasoningEffort: v.optional(name),
  } satisfies EntriesOf<CompletionRequest>
  return v.strictObject({
    ...callOptionEntries,
    // The names of other routes and clients.
    stream: misplaced('is a method here: call `stream(request)`'),
    n: misplaced('is always 1 here: there is one response per request'),
    input: misplaced('is `prompt` or `messages` here'),
    instructions: misplaced('is `system`, or a system message, here'),
    options: misplaced('has no counterpart: its fields are fields of the request here'),
    stream_options: misplaced('is not needed: the usage of a stream arrives without it'),
    num_ctx: isLoadSetting,
    context_length: isLoadSetting,
    contextLength: isLoadSetting,
    ...entries,
  })
})

/** What the types of OpenAI's `response_format` are here. */
const FORMS_OF_OPENAI: Readonly<Record<string, string>> = {
  text: 'is `text` here, without an object',
  json_object: 'is `json` here, without an object',
  json_schema: 'is { schema, name? } here: the content of `json_schema`',
}

function responseFormatSchema(): v.GenericSchema {
  const schema = v.custom((value) => typeof value === 'object' || typeof value === 'function', 'must be JSON Schema')
  const constrained = v.strictObject({ schema, name: v.optional(name) })
  const word = v.custom(
    (value) => value === 'text' || value === 'json',
    'must be `text`, `json` or { schema, name? } with a JSON Schema',
  )
  return v.optional(
    v.lazy((value): v.GenericSchema => {
      if (!isObject(value)) return word
      const type = String(value['type'])
      if (Object.hasOwn(FORMS_OF_OPENAI, type)) return misplaced(FORMS_OF_OPENAI[type]!)
      return 'schema' in value ? constrained : word
    }),
  )
}

/**
 * Validates a request before anything is sent.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateCompletionRequest(request: CompletionRequest): void {
  validateRequest(requestSchema(), request, [...MESSAGE_KEYS, 'schema'])
  const { messages, prompt, system, tools, toolChoice, responseFormat } = request
  const issues = promptIssues(request)
  if (messages !== undefined) issues.push(...messageIssues(messages, 'messages'))
  if (system !== undefined && prompt === undefined)
    issues.push({ path: ['system'], message: 'requires `prompt`; with `messages`, add a system message instead' })
  if (isObject(responseFormat)) {
    const path = ['responseFormat', 'schema']
    issues.push(...jsonSchemaIssues(responseFormat.schema, { path, isValidated: false, helper: 'generateObject' }))
  }
  if (tools !== undefined || toolChoice !== undefined) issues.push(...toolIssues(tools, toolChoice))
  if (issues.length > 0) throw invalidRequest(issues)
}

/**
 * Maps a valid request to the body of `POST /v1/chat/completions`. Everything of the request is read before this returns;
 * only images make the body a promise.
 */
export function toRequestBody(
  request: CompletionRequest,
  stream: boolean,
  requestsUsage: boolean = stream,
): string | Promise<string> {
  const selected = request.tools && selectTools(request.tools, request.toolChoice)
  const fields = serialize({
    model: request.model,
    ...toWireSampling(request),
    tools: selected?.tools?.map((tool) => ({ type: 'function', function: toFunctionDefinition(tool) })),
    tool_choice: selected?.choice,
    response_format: request.responseFormat && toWireFormat(request.responseFormat),
    reasoning_effort: request.reasoningEffort,
    stream_options: requestsUsage ? { include_usage: true } : undefined,
    // `undefined` takes a field out.
    ...request.extraBody,
    stream,
  })
  if (request.extraBody !== undefined && 'messages' in request.extraBody) return fields
  const messages = toMessages(request)
  const hasParts = messages.some(({ role, content }) => role === 'user' && typeof content !== 'string')
  if (!hasParts) return prependField('messages', messages.map(toWireMessage), fields)
  return Promise.all(messages.map(toWireParts)).then((list) => prependField('messages', list, fields))
}

function toWireFormat(format: ResponseFormat): JSONObject | undefined {
  if (format === 'text') return undefined
  // `json_object` is rejected; a schema that any object fits means the same (docs/http-api.md 9.2).
  const { schema, name: schemaName = 'answer' } = format === 'json' ? { schema: { type: 'object' } } : format
  return { type: 'json_schema', json_schema: { name: schemaName, strict: true, schema } }
}

function toWireMessage(message: Message): JSONObject {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  if (message.role !== 'assistant') return { role: message.role, content: message.content }
  const calls = message.toolCalls ?? []
  if (calls.length === 0) return { role: 'assistant', content: message.content ?? '' }
  const toolCalls = calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }))
  return { role: 'assistant', content: message.content ?? undefined, tool_calls: toolCalls }
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
