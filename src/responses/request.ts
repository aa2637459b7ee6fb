import * as v from 'valibot'
import { toImageURL } from '../generation/images.js'
import { MESSAGE_KEYS, messageIssues, messageSchema } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import {
  argumentsText,
  toFunctionDefinition,
  selectTools,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/tools.js'
import { prepend, serialize } from '../http/serialize.js'
import type { Message } from '../types.js'
import { type JSONObject, compact } from '../utils/json.js'
import { callOptionEntries } from '../config/call-options.js'
import { name, optional, textOr } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import type { RespondRequest } from './types.js'

const { temperature, topP, maxTokens, presencePenalty, frequencyPenalty, extraBody } = samplingEntries
const isInput = optional(() => false, 'is `input` here')

const requestSchema = v.strictObject({
  ...callOptionEntries,
  messages: isInput,
  prompt: isInput,
  system: optional(() => false, 'is `instructions` here'),
  responseFormat: optional(() => false, 'is not kept to by this route: use `complete`'),
  model: name,
  input: textOr(v.array(messageSchema, 'must be a text or a list of messages')),
  instructions: v.optional(v.string()),
  previousResponseId: v.optional(name),
  store: v.optional(v.boolean()),
  tools: v.optional(v.array(toolSchema)),
  toolChoice: toolChoiceSchema,
  reasoningEffort: v.optional(name),
  temperature,
  topP,
  maxTokens,
  presencePenalty,
  frequencyPenalty,
  extraBody,
})

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRespondRequest(request: RespondRequest): void {
  validateRequest(requestSchema, request, MESSAGE_KEYS)
  const { input, tools, toolChoice } = request
  const issues = [...(typeof input === 'string' ? [] : messageIssues(input, 'input')), ...toolIssues(tools, toolChoice)]
  if (issues.length > 0) throw invalidRequest(issues)
}

/**
 * The body of `POST /v1/responses` for a checked request, as JSON. Everything of the request is read before this
 * returns; only images may be waited for.
 */
export function toRespondBody(request: RespondRequest, stream: boolean): string | Promise<string> {
  const { input, reasoningEffort } = request
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  const { tools, choice } = selectTools(request.tools, request.toolChoice)
  const settings = serialize(
    compact({
      model: request.model,
      instructions: request.instructions,
      previous_response_id: request.previousResponseId,
      store: request.store,
      tools: tools?.map((tool) => ({ type: 'function', ...toFunctionDefinition(tool) })),
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
