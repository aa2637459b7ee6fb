import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { AnswerBuilder, type WireMessage, toolCallEvents } from '../generation/completion-accumulator.js'
import type { RequestContext } from '../generation/run-generation.js'
import type { WireStats } from '../generation/stats.js'
import type { CompletionEvent } from '../generation/types.js'
import { type WireUsage, usageSchema } from '../generation/usage.js'
import type { JSONAnswer } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { type JSONObject, isObject } from '../utils/json.js'
import { type Nullish, count, text, toolArguments } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'

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

// What is read of each wire shape. Everything else passes through unread.

interface WireEnvelope {
  readonly id?: Nullish<string>
  readonly model?: Nullish<string>
  readonly usage?: Nullish<WireUsage>
  readonly stats?: Nullish<WireStats>
}

/** Body of a whole answer. */
export interface WireCompletion extends WireEnvelope {
  readonly choices: readonly {
    readonly index?: Nullish<number>
    readonly message?: Nullish<WireMessage>
    /** Of a text completion. */
    readonly text?: Nullish<string>
    readonly finish_reason?: Nullish<string>
  }[]
}

/** One event of a streamed answer. */
export interface WireChunk extends WireEnvelope {
  readonly choices?: Nullish<
    readonly {
      readonly index?: Nullish<number>
      readonly delta?: Nullish<WireMessage>
      readonly text?: Nullish<string>
      readonly finish_reason?: Nullish<string>
    }[]
  >
}

/** A whole answer, and the events it consists of for whoever asked for a stream. */
export function fromCompletion(
  { body, sentAt, context }: JSONAnswer,
  { model }: RequestContext,
): { readonly response: CompletionResponse; readonly events: CompletionEvent[] } {
  const completion = isPlainCompletion(body) ? body : parseResponse(completionSchema, body, 'The answer', context)
  const builder = new AnswerBuilder(model, sentAt, false)
  const events: CompletionEvent[] = []
  builder.envelope(completion)
  const [choice] = completion.choices
  if (!choice?.message && typeof choice?.text !== 'string') {
    throw new InvalidResponseError('The answer holds no message.', {
      code: 'empty-response',
      endpoint: context.endpoint,
    })
  }
  events.push({ type: 'completion-start', id: builder.id, model: builder.model })
  const { message, text } = choice
  if (message) {
    // Each entry of a whole message is a call of its own, whatever its index or id says.
    const calls = message.tool_calls?.map((call, index) => ({ ...call, index }))
    builder.message({ ...message, tool_calls: calls }, events)
    builder.flush(events)
  } else if (text) builder.say(text, events)
  builder.rawFinishReason = choice.finish_reason || undefined
  const response = builder.finish(context.endpoint)
  events.push(...toolCallEvents(response), { type: 'completion-end', response })
  return { response, events }
}
