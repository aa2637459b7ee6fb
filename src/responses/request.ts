import * as v from 'valibot'
import { callOptionEntries } from '../config/call-options.js'
import { toImageURL } from '../generation/images.js'
import { MESSAGE_KEYS, messageIssues, messageSchema } from '../generation/messages.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import {
  argumentsText,
  selectTools,
  toFunctionDefinition,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/tools.js'
import type { Message } from '../types.js'
import type { JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, id, misplaced, name, textOr } from '../validation/schema.js'
import { invalidRequest, validateRequest, prependField, serialize } from '../validation/validate.js'
import type { RespondRequest } from './types.js'

const requestSchema = /* @__PURE__ */ once(() => {
  const { temperature, topP, maxTokens, presencePenalty, frequencyPenalty, extraBody } = samplingEntries
  const isInput = misplaced('is `input` here')
  const entries = {
    model: v.optional(id),
    input: textOr(v.array(messageSchema(), 'must be a string or a list of messages')),
    instructions: v.optional(v.string()),
    previousResponseId: v.optional(id),
    store: v.optional(v.boolean()),
    tools: v.optional(v.array(toolSchema())),
    toolChoice: toolChoiceSchema(),
    reasoningEffort: v.optional(name),
    temperature,
    topP,
    maxTokens,
    presencePenalty,
    frequencyPenalty,
    extraBody,
  } satisfies EntriesOf<RespondRequest>
  return v.strictObject({
    ...callOptionEntries,
    // The names of other routes.
    messages: isInput,
    prompt: isInput,
    system: misplaced('is `instructions` here'),
    responseFormat: misplaced('is ignored by this route: use `complete`'),
    ...entries,
  })
})

/**
 * Validates a request before anything is sent.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateRespondRequest(request: RespondRequest): void {
  validateRequest(requestSchema(), request, MESSAGE_KEYS)
  const { input, tools, toolChoice, previousResponseId } = request
  const hasEarlierCalls = previousResponseId !== undefined
  const issues = [
    ...(typeof input === 'string' ? [] : messageIssues(input, 'input', hasEarlierCalls)),
    ...toolIssues(tools, toolChoice),
  ]
  if (issues.length > 0) throw invalidRequest(issues)
}

/**
 * Maps a valid request to the body of `POST /v1/responses`. Everything of the request is read before this returns; only
 * images make the body a promise.
 */
export function toRequestBody(request: RespondRequest, stream: boolean): string | Promise<string> {
  const { input, reasoningEffort } = request
  const { max_tokens: maxTokens, ...sampling } = toWireSampling(request)
  const selected = request.tools && selectTools(request.tools, request.toolChoice)
  const fields = serialize({
    model: request.model,
    instructions: request.instructions,
    previous_response_id: request.previousResponseId,
    store: request.store,
    tools: selected?.tools?.map((tool) => ({ type: 'function', ...toFunctionDefinition(tool) })),
    tool_choice: selected?.choice,
    reasoning: reasoningEffort === undefined ? undefined : { effort: reasoningEffort },
    max_output_tokens: maxTokens,
    ...sampling,
    ...request.extraBody,
    stream,
  })
  // In front, so that `extraBody` can replace the input too.
  const join = (value: string | JSONObject[]): string => prependField('input', value, fields)
  if (typeof input === 'string') return join(input)
  const hasParts = input.some(({ role, content }) => role === 'user' && typeof content !== 'string')
  return hasParts
    ? Promise.all(input.map(toItemsWithParts)).then((items) => join(items.flat()))
    : join(input.flatMap(toItems))
}

/** Maps a message to items: on this route a call and its result are items of their own. */
function toItems(message: Message): JSONObject[] {
  const { role, content } = message
  if (role === 'tool') return [{ type: 'function_call_output', call_id: message.toolCallId, output: content }]
  if (role !== 'assistant') return [{ role, content }]
  const calls = message.toolCalls ?? []
  const text = content || calls.length === 0 ? [{ role, content: content ?? '' }] : []
  return [
    ...text,
    ...calls.map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: argumentsText(call),
    })),
  ]
}

async function toItemsWithParts(message: Message, index: number): Promise<JSONObject[]> {
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
