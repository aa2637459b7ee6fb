import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { CompletionAccumulator, deltaSchema, toolCallEvents } from '../generation/completion-accumulator.js'
import type { RequestContext, WholeResponse } from '../generation/run-generation.js'
import { statsSchema } from '../generation/stats.js'
import type { CompletionEvent } from '../generation/types.js'
import { usageSchema } from '../generation/usage.js'
import type { JSONResponse } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { count, text, type Wire } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'

// Every field is optional and unknown fields pass: only a wrong type in a field that is read is an error.
const metadata = () => ({ id: text, model: text, usage: v.nullish(usageSchema), stats: v.nullish(statsSchema) })

/** The body of a complete response. */
export const completionSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    ...metadata(),
    // `text` belongs to text completions.
    choices: v.array(v.looseObject({ index: count, message: v.nullish(deltaSchema), text, finish_reason: text })),
  }),
)

/** One event of a streamed response. */
export const chunkSchema = /* @__PURE__ */ once(() => {
  const chunk = v.looseObject({
    ...metadata(),
    choices: v.nullish(
      v.array(v.looseObject({ index: count, delta: v.nullish(deltaSchema), text, finish_reason: text })),
    ),
  })
  // Valibot accepts a list as an object.
  return v.lazy((value) => (Array.isArray(value) ? v.custom<v.InferOutput<typeof chunk>>(() => false) : chunk))
})

export type WireCompletion = Wire<ReturnType<typeof completionSchema>>
export type WireChunk = Wire<ReturnType<typeof chunkSchema>>

/** Reads a complete response, and the events that a stream of it would have had. */
export function parseCompletion(
  { body, sentAt, context }: JSONResponse,
  { model }: RequestContext,
): WholeResponse<CompletionEvent, CompletionResponse> {
  const wire = isPlainCompletion(body) ? body : parseResponse(completionSchema(), body, 'The response', context)
  const completion = new CompletionAccumulator(model, sentAt, false)
  const events: CompletionEvent[] = []
  completion.addMetadata(wire)
  const [choice] = wire.choices
  if (!choice?.message && typeof choice?.text !== 'string') {
    throw new InvalidResponseError('The response has no message.', {
      code: 'empty-response',
      endpoint: context.endpoint,
    })
  }
  events.push({ type: 'completion-start', id: completion.id, model: completion.model })
  if (choice.message) {
    // Each entry of a whole message is a call of its own, whatever its index or id.
    const calls = choice.message.tool_calls?.map((call, index) => ({ ...call, index }))
    completion.addDelta({ ...choice.message, tool_calls: calls }, events)
    completion.flush(events)
  } else if (choice.text) completion.addText(choice.text, events)
  completion.rawFinishReason = choice.finish_reason || undefined
  const response = completion.finish(context.endpoint)
  events.push(...toolCallEvents(response), { type: 'completion-end', response })
  return { response, events }
}

/**
 * Whether this is a chunk of the common kind: one choice with text or reasoning and nothing else to read.
 *
 * @remarks
 * Checking by hand what 99 % of a stream consists of costs a tenth of the schema, which the CPU budget of streams needs. A
 * property test holds the two together: what passes here passes {@link chunkSchema} unchanged.
 */
export function isPlainChunk(value: unknown): value is WireChunk {
  if (!isPlainMetadata(value) || !isAbsent(value.usage)) return false
  const delta = plainMessage(value.choices, 'delta')
  return delta !== undefined && isAbsent(delta.tool_calls)
}

/** The same for a complete response and {@link completionSchema}. */
export function isPlainCompletion(value: unknown): value is WireCompletion {
  if (!isPlainMetadata(value) || !isPlainUsage(value.usage)) return false
  const message = plainMessage(value.choices, 'message')
  if (message === undefined) return false
  const { tool_calls: calls } = message
  return isAbsent(calls) || (Array.isArray(calls) && calls.length === 0)
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null
const isText = (value: unknown): boolean => isAbsent(value) || typeof value === 'string'
const isCount = (value: unknown): boolean => isAbsent(value) || typeof value === 'number'

function isPlainMetadata(value: unknown): value is JSONObject {
  if (!isObject(value) || !isText(value.id) || !isText(value.model) || !isAbsent(value.error)) return false
  // LM Studio sends an empty object where it has no figures.
  return isAbsent(value.stats) || (isObject(value.stats) && Object.keys(value.stats).length === 0)
}

function isPlainUsage(value: unknown): boolean {
  if (isAbsent(value)) return true
  if (!isObject(value)) return false
  const { completion_tokens_details: details } = value
  if (!isAbsent(details) && !(isObject(details) && isCount(details.reasoning_tokens))) return false
  return isCount(value.prompt_tokens) && isCount(value.completion_tokens) && isCount(value.total_tokens)
}

/** The message, or the delta of one, of the only choice; its tool calls are not checked. */
function plainMessage(choices: unknown, key: 'message' | 'delta'): JSONObject | undefined {
  if (!Array.isArray(choices) || choices.length !== 1) return undefined
  const choice = choices[0] as unknown
  if (!isObject(choice) || !isText(choice.finish_reason)) return undefined
  if (choice.index !== undefined && choice.index !== 0) return undefined
  const message = choice[key]
  if (!isObject(message) || !isText(message.content)) return undefined
  return isText(message.reasoning_content) && isText(message.reasoning) ? message : undefined
}
