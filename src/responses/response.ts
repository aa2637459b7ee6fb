import * as v from 'valibot'
import { toolCallEvents } from '../generation/completion-accumulator.js'
import type { RequestContext } from '../generation/run-generation.js'
import { toUsage } from '../generation/usage.js'
import type { RequestInfo, JSONAnswer } from '../http/types.js'
import { type Nullish, count, text, toolArguments } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import { ResponseAccumulator } from './response-accumulator.js'
import type { RespondEvent, RespondResponse, RespondUsage } from './types.js'

/** Token counts under the names of this route. */
interface WireResponseUsage {
  readonly input_tokens?: Nullish<number>
  readonly output_tokens?: Nullish<number>
  readonly total_tokens?: Nullish<number>
  readonly input_tokens_details?: Nullish<{ readonly cached_tokens?: Nullish<number> }>
  readonly output_tokens_details?: Nullish<{ readonly reasoning_tokens?: Nullish<number> }>
}

/** One thing an answer consists of: `reasoning`, `message`, `function_call`, or something newer. */
export interface WireItem {
  readonly type?: Nullish<string>
  readonly id?: Nullish<string>
  readonly content?: Nullish<readonly { readonly type?: Nullish<string>; readonly text?: Nullish<string> }[]>
  readonly call_id?: Nullish<string>
  readonly name?: Nullish<string>
  readonly arguments?: Nullish<string | { readonly [key: string]: unknown }>
}

/** The response object. */
export interface WireResponse {
  readonly id?: Nullish<string>
  readonly model?: Nullish<string>
  readonly status?: Nullish<string>
  readonly incomplete_details?: Nullish<{ readonly reason?: Nullish<string> }>
  readonly output?: Nullish<readonly WireItem[]>
  readonly usage?: Nullish<WireResponseUsage>
}

/** What is read of an event, whatever its name. */
export interface WireResponseEvent {
  readonly response?: Nullish<WireResponse>
  readonly item?: Nullish<WireItem>
  readonly item_id?: Nullish<string>
  readonly output_index?: Nullish<number>
  readonly content_index?: Nullish<number>
  readonly delta?: Nullish<string>
  readonly text?: Nullish<string>
  readonly arguments?: WireItem['arguments']
}

// Everything is optional and unknown members pass: only a wrong type in a field that is read is an error.
const itemSchema: v.GenericSchema<unknown, WireItem> = v.looseObject({
  type: text,
  id: text,
  content: v.nullish(v.array(v.looseObject({ type: text, text }))),
  call_id: text,
  name: text,
  arguments: toolArguments,
})

const responseFields = v.looseObject({
  id: text,
  model: text,
  status: text,
  incomplete_details: v.nullish(v.looseObject({ reason: text })),
  output: v.nullish(v.array(itemSchema)),
  usage: v.nullish(
    v.looseObject({
      input_tokens: count,
      output_tokens: count,
      total_tokens: count,
      input_tokens_details: v.nullish(v.looseObject({ cached_tokens: count })),
      output_tokens_details: v.nullish(v.looseObject({ reasoning_tokens: count })),
    }),
  ),
})

/** A whole answer: the same, but there must be a list of what it consists of. */
export const responseSchema: v.GenericSchema<unknown, WireResponse> = v.looseObject({
  ...responseFields.entries,
  output: v.array(itemSchema),
})

/** An event of the names that are read. */
export const responseEventSchema: v.GenericSchema<unknown, WireResponseEvent> = v.looseObject({
  response: v.nullish(responseFields),
  item: v.nullish(itemSchema),
  item_id: text,
  output_index: count,
  content_index: count,
  delta: text,
  text,
  arguments: toolArguments,
})

/** Token counts; what the server did not say stays `undefined`. */
export function toRespondUsage(usage: WireResponseUsage): RespondUsage {
  const cachedTokens = usage.input_tokens_details?.cached_tokens ?? undefined
  return {
    ...toUsage({
      prompt_tokens: usage.input_tokens,
      completion_tokens: usage.output_tokens,
      total_tokens: usage.total_tokens,
      completion_tokens_details: usage.output_tokens_details,
    }),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
  }
}

/** A whole answer, and the events it consists of for whoever asked for a stream. */
export function fromResponse(
  { body, sentAt, context }: JSONAnswer,
  { model }: RequestContext,
): { readonly response: RespondResponse; readonly events: RespondEvent[] } {
  const wire = parseResponse(responseSchema, body, 'The answer', context)
  const builder = new ResponseAccumulator(model, sentAt, false)
  const content: RespondEvent[] = []
  builder.end(wire, undefined, content)
  const { response, events } = endOf(builder, context)
  return {
    response,
    events: [{ type: 'response-start', id: response.id, model: response.model }, ...content, ...events],
  }
}

/** The answer, and the events that end its stream. */
export function endOf(
  builder: ResponseAccumulator,
  context: RequestInfo,
): { readonly response: RespondResponse; readonly events: RespondEvent[] } {
  const response = builder.respond(context.endpoint)
  return { response, events: [...toolCallEvents(response), { type: 'response-end', response }] }
}
