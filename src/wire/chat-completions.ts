import * as v from 'valibot'
import { isObject, type JSONObject } from '../utils/json.js'
import { count, text, toolArguments } from './fields.js'
import type { WireChunk, WireCompletion, WireUsage } from './types.js'

// Everything is optional and unknown members pass: only a wrong type in a field that is read is an error.
export const usageSchema: v.GenericSchema<unknown, WireUsage> = v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  completion_tokens_details: v.nullish(v.looseObject({ reasoning_tokens: count })),
})

const statsSchema = v.nullish(
  v.looseObject({ tokens_per_second: count, time_to_first_token: count, generation_time: count }),
)

const toolCallSchema = v.looseObject({
  index: count,
  id: text,
  function: v.nullish(v.looseObject({ name: text, arguments: toolArguments })),
})

const messageSchema = v.nullish(
  v.looseObject({
    content: text,
    // `reasoning` since LM Studio 0.3.23 for gpt-oss, `reasoning_content` otherwise (wire reference 9.3).
    reasoning_content: text,
    reasoning: text,
    tool_calls: v.nullish(v.array(toolCallSchema)),
  }),
)

const envelope = { id: text, model: text, usage: v.nullish(usageSchema), stats: statsSchema }

/** Body of a whole answer. */
export const completionSchema: v.GenericSchema<unknown, WireCompletion> = v.looseObject({
  ...envelope,
  choices: v.array(v.looseObject({ index: count, message: messageSchema, text, finish_reason: text })),
})

const isAbsent = (value: unknown): boolean => value === undefined || value === null
const isText = (value: unknown): boolean => isAbsent(value) || typeof value === 'string'

const chunkObjectSchema = v.looseObject({
  ...envelope,
  choices: v.nullish(v.array(v.looseObject({ index: count, delta: messageSchema, text, finish_reason: text }))),
})
const notAChunk = v.custom<WireChunk>(() => false)

/** One event of a streamed answer. A list, which valibot takes for an object, is none. */
export const chunkSchema: v.GenericSchema<unknown, WireChunk> = v.lazy((value) =>
  Array.isArray(value) ? notAChunk : chunkObjectSchema,
)

/**
 * Whether this is a chunk of the common kind: one choice with text or reasoning and nothing else to look at.
 *
 * @remarks
 * Checking by hand what 99 % of a stream consists of costs a tenth of the schema, which the CPU budget needs. A property
 * test holds the two together: what passes here passes {@link chunkSchema} unchanged.
 */
export function isPlainChunk(value: unknown): value is WireChunk {
  if (!isPlainEnvelope(value) || !isAbsent(value.usage)) return false
  const choice = onlyChoice(value.choices)
  return (
    choice !== undefined && isObject(choice.delta) && isPlainMessage(choice.delta) && isAbsent(choice.delta.tool_calls)
  )
}

/** The same for a whole answer and {@link completionSchema}. */
export function isPlainCompletion(value: unknown): value is WireCompletion {
  if (!isPlainEnvelope(value) || !isPlainUsage(value.usage)) return false
  const choice = onlyChoice(value.choices)
  if (choice === undefined || !isObject(choice.message) || !isPlainMessage(choice.message)) return false
  const { tool_calls: calls } = choice.message
  return isAbsent(calls) || (Array.isArray(calls) && calls.length === 0)
}

function isPlainEnvelope(value: unknown): value is JSONObject {
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

const isCount = (value: unknown): boolean => isAbsent(value) || typeof value === 'number'

function onlyChoice(choices: unknown): JSONObject | undefined {
  if (!Array.isArray(choices) || choices.length !== 1) return undefined
  const choice = choices[0] as unknown
  const isPlain = isObject(choice) && isText(choice.finish_reason) && (choice.index === undefined || choice.index === 0)
  return isPlain ? choice : undefined
}

const isPlainMessage = (message: JSONObject): boolean =>
  isText(message.content) && isText(message.reasoning_content) && isText(message.reasoning)
