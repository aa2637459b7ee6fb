import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import {
  CompletionAccumulator,
  deltaSchema,
  type ReadingOptions,
  toolCallEvents,
  type WireDelta,
} from '../generation/completion-accumulator.js'
import type { RequestContext, ResponseOptions, WholeResponse } from '../generation/run-generation.js'
import { toFinishReason } from '../generation/finish-reason.js'
import { figureEntries } from '../generation/server-figures.js'
import type { CompletionEvent } from '../generation/types.js'
import { usageSchema } from '../generation/usage.js'
import { hasError } from '../http/error-body.js'
import { errorFromResponse, throwIfFailed } from '../http/response-error.js'
import type { JSONResponse } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { count, isCount, nullableText, nullable, type Wire } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'

// Every field is optional, unknown fields pass, and a field of another type counts as absent, so that one invalid field does
// not cost a readable response. Only where the text itself would be lost is another type an error.
const metadata = () => ({
  id: nullableText,
  model: nullableText,
  ...figureEntries,
  object: v.optional(v.unknown()),
  citations: nullable(v.array(v.unknown())),
  /** What llama.cpp reports while it processes the prompt. */
  prompt_progress: v.optional(v.unknown()),
})

const choiceSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    index: count,
    delta: v.nullish(deltaSchema),
    message: v.nullish(deltaSchema),
    // Text completions, and some servers for chat completions.
    text: v.nullish(v.string()),
    finish_reason: nullableText,
    error: v.optional(v.unknown()),
    logprobs: v.optional(v.unknown()),
    usage: nullable(usageSchema),
  }),
)

/** The body of a complete response. */
export const completionSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ ...metadata(), choices: v.array(v.nullish(choiceSchema())) }),
)

/** One event of a streamed response. */
export const chunkSchema = /* @__PURE__ */ once(() => {
  const chunk = v.looseObject({ ...metadata(), choices: v.nullish(v.array(v.nullish(choiceSchema()))) })
  // Valibot accepts a list as an object.
  return v.lazy((value) => (Array.isArray(value) ? v.custom<v.InferOutput<typeof chunk>>(() => false) : chunk))
})

export type WireCompletion = Wire<ReturnType<typeof completionSchema>>
export type WireChunk = Wire<ReturnType<typeof chunkSchema>>
export type WireChoice = NonNullable<WireCompletion['choices'][number]>

/** What of a request is needed to read its response. */
export interface CompletionContext extends RequestContext {
  readonly reading?: Omit<ReadingOptions, 'isStream'> | undefined
}

/** Reads a complete response, and the events that a stream of it would have had. */
export function parseCompletion(
  { body, sentAt, context }: JSONResponse,
  request: CompletionContext,
  options: ResponseOptions = {},
): WholeResponse<CompletionEvent, CompletionResponse> {
  const value = withChoices(body)
  if (isObject(value) && !Array.isArray(value.choices)) throwIfFailed(value, context)
  const wire = isPlainCompletion(value) ? value : parseResponse(completionSchema(), value, 'The response', context)
  const completion = new CompletionAccumulator(request.model, sentAt, {
    ...request.reading,
    reasoningTags: request.reading?.reasoningTags ?? options.reasoningTags,
    isStream: false,
    checksToolCalls: true,
  })
  const events: CompletionEvent[] = []
  completion.addMetadata(wire)
  completion.addFigures(wire)
  completion.raw = body
  const choices = wire.choices.filter((choice) => choice !== null && choice !== undefined)
  const choice = firstChoice(choices.filter((one) => hasMessage(one) || hasError(one) || hasFailed(one)))
  if (choice === undefined) throw noMessageError(context)
  events.push({ type: 'completion-start', id: completion.id, model: completion.model })
  if (choice.usage && !wire.usage) completion.addFigures(choice)
  completion.rawFinishReason = choice.finish_reason || undefined
  completion.addLogprobs(choice.logprobs)
  completion.addWhole(messageOf(choice), events)
  if (hasError(choice)) {
    const error = errorFromResponse({ status: 200, body: choice }, context)
    attachHidden(error, 'partial', completion.partial())
    throw error
  }
  const response = completion.finish(context.endpoint)
  for (const event of toolCallEvents(response)) events.push(event)
  events.push({ type: 'completion-end', response })
  return { response, events }
}

/** One response was requested; of a server that sends more only the first is read, wherever it stands. */
const firstChoice = (choices: readonly WireChoice[]): WireChoice | undefined =>
  choices.find(({ index }) => index === 0) ?? choices[0]

const hasFailed = ({ finish_reason: reason }: WireChoice): boolean =>
  toFinishReason(reason ?? undefined, false) === 'error'

/** The parts of a choice that can hold its message. */
const hasMessage = ({ message, delta, text }: WireChoice): boolean =>
  Boolean(message ?? delta) || typeof text === 'string'

/** Returns the message of a choice. */
function messageOf({ message, delta, text }: WireChoice): WireDelta {
  const found = message ?? delta ?? {}
  return text && !found.content ? { ...found, content: text } : found
}

/** Returns a body with a list of choices, where a server puts its only choice or message elsewhere. */
export function withChoices(body: unknown): unknown {
  if (!isObject(body) || Array.isArray(body.choices)) return body
  const { choices, message, content, response, output_text: output, text, done_reason: reason, type } = body
  const isChoice = isObject(choices) && ['message', 'delta', 'text'].some((key) => key in choices)
  if (isChoice) return { ...body, choices: [choices] }
  if (type !== undefined || !isAbsent(choices)) return body
  const whole = [content, response, output, text].find((candidate) => typeof candidate === 'string')
  const found = isObject(message) ? message : whole === undefined ? undefined : { content: whole }
  return found === undefined ? body : { ...body, choices: [{ message: found, finish_reason: reason }] }
}

const noMessageError = ({ endpoint }: { readonly endpoint: string }): InvalidResponseError =>
  new InvalidResponseError('The response has no message.', { code: 'empty-response', endpoint })

/**
 * Whether this is a chunk of the common kind: one choice with text or reasoning and nothing else to read.
 *
 * @remarks
 * Checking by hand what 99 % of a stream consists of costs a tenth of the schema, which the CPU budget of streams needs. A
 * property test holds the two together: what passes here passes {@link chunkSchema} unchanged.
 */
export function isPlainChunk(value: unknown): value is WireChunk {
  if (!isPlainMetadata(value) || (value.usage ?? undefined) !== undefined) return false
  const delta = plainMessage(value.choices, 'delta')
  return delta !== undefined && (delta.tool_calls ?? undefined) === undefined
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
const isCountOrAbsent = (value: unknown): boolean => isAbsent(value) || isCount(value)

function isPlainMetadata(value: unknown): value is JSONObject {
  if (!isObject(value)) return false
  const { id, model, error, timings, prompt_progress: progress, citations, stats } = value
  if (typeof (id ?? '') !== 'string' || typeof (model ?? '') !== 'string') return false
  if ((error ?? timings ?? progress ?? citations ?? undefined) !== undefined) return false
  // Only together with this are Ollama's other figures read.
  if (value.total_duration !== undefined) return false
  // LM Studio sends an empty object where it has no figures.
  return stats === undefined || stats === null || (isObject(stats) && Object.keys(stats).length === 0)
}

function isPlainUsage(value: unknown): boolean {
  if (isAbsent(value)) return true
  if (!isObject(value)) return false
  const { prompt_tokens_details: input, completion_tokens_details: output } = value
  if (!isAbsent(input) && !(isObject(input) && isCountOrAbsent(input.cached_tokens))) return false
  if (!isAbsent(output) && !(isObject(output) && isCountOrAbsent(output.reasoning_tokens))) return false
  if (!isAbsent(value.input_tokens) || !isAbsent(value.output_tokens)) return false
  if (!isAbsent(value.input_tokens_details) || !isAbsent(value.output_tokens_details)) return false
  return [value.prompt_tokens, value.completion_tokens, value.total_tokens].every(isCountOrAbsent)
}

/** The message, or the delta of one, of the only choice, which has nothing else to read; its tool calls are not checked. */
function plainMessage(choices: unknown, key: 'message' | 'delta'): JSONObject | undefined {
  if (!Array.isArray(choices) || choices.length !== 1) return undefined
  const choice = choices[0] as unknown
  if (!isObject(choice) || typeof (choice.finish_reason ?? '') !== 'string') return undefined
  if (choice.index !== undefined && choice.index !== 0) return undefined
  const { text, usage, logprobs, error } = choice
  const message = key === 'delta' ? choice.delta : choice.message
  const other = key === 'delta' ? choice.message : choice.delta
  if (!isObject(message) || (other ?? text ?? usage ?? logprobs ?? error ?? undefined) !== undefined) return undefined
  const { function_call: call, annotations, content, refusal, reasoning, reasoning_content: thinking } = message
  if ((call ?? annotations ?? undefined) !== undefined) return undefined
  const isText = typeof (content ?? '') === 'string' && typeof (refusal ?? '') === 'string'
  const isReasoning = typeof (reasoning ?? '') === 'string' && typeof (thinking ?? '') === 'string'
  return isText && isReasoning ? message : undefined
}
