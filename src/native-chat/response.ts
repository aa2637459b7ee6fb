import * as v from 'valibot'
import { emptyResponseError } from '../generation/completion-accumulator.js'
import type { WholeResponse } from '../generation/run-generation.js'
import { type Measured, toMs, toStats } from '../generation/stats.js'
import { toUsage } from '../generation/usage.js'
import { throwIfFailed } from '../http/response-error.js'
import type { JSONResponse } from '../http/types.js'
import type { Usage } from '../types.js'
import { once } from '../utils/once.js'
import { tolerant, figure, optionalCount, tolerantList, optionalText, type Wire } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import { outputItemSchema, toOutputItem } from './output.js'
import type { ChatEvent, ChatOutputItem, ChatRequest, ChatResponse, ChatStats } from './types.js'

const statsSchema = /* @__PURE__ */ v.looseObject({
  input_tokens: optionalCount,
  total_output_tokens: optionalCount,
  reasoning_output_tokens: optionalCount,
  tokens_per_second: figure,
  time_to_first_token_seconds: figure,
  model_load_time_seconds: figure,
})

/** The result at the end of a stream, whose output the stream may have brought already. */
export const resultSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    model_instance_id: optionalText,
    output: tolerantList(outputItemSchema()),
    stats: tolerant(statsSchema),
    response_id: optionalText,
  }),
)

/** The body of a complete response, which must have a list of items. */
const chatSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ ...resultSchema().entries, output: v.array(tolerant(outputItemSchema())) }),
)

type WireStats = Wire<typeof statsSchema>
export type WireChat = Wire<ReturnType<typeof resultSchema>>

/** What of a request is needed to read its response. */
export interface ChatContext extends Pick<ChatRequest, 'reasoning' | 'maxTokens'> {
  readonly model: string
}

type Clock = Omit<Measured, 'outputTokens'>

/** Reads a complete response, and the events that a stream of it would have had. */
export function parseChat(
  { body, sentAt, context }: JSONResponse,
  chat: ChatContext,
): WholeResponse<ChatEvent, ChatResponse> {
  throwIfFailed(body, context)
  const wire = parseResponse(chatSchema(), body, 'The response', context)
  const response = toChatResponse(wire, toOutput(wire, body), {
    chat,
    raw: body,
    clock: { durationMs: performance.now() - sentAt, timeToFirstTokenMs: undefined },
    endpoint: context.endpoint,
  })
  const start: ChatEvent = { type: 'chat-start', modelInstanceId: wire.model_instance_id }
  return { response, events: [start, ...response.output.flatMap(toEvents), { type: 'chat-end', response }] }
}

/** Returns the items of the output, without those that cannot be read. */
export function toOutput({ output = [] }: WireChat, body: unknown): ChatOutputItem[] {
  const received = (body as { readonly output: readonly unknown[] }).output
  return output.flatMap((item, index) => (item === undefined ? [] : [toOutputItem(item, received[index])]))
}

/** What of a response does not come from its wire form. */
interface Surroundings {
  readonly chat: ChatContext
  readonly clock: Clock
  readonly endpoint: string
  /** The response as received. */
  readonly raw: unknown
}

/**
 * Builds the response from the server's result and the output items.
 *
 * @throws {@link InvalidResponseError} there is no output: some context overflows look like this
 */
export function toChatResponse(
  wire: WireChat,
  output: readonly ChatOutputItem[],
  { chat, clock, endpoint, raw }: Surroundings,
): ChatResponse {
  const { response_id: responseId, model_instance_id: instance } = wire
  const content = toContent(output, wire.stats, clock)
  const { outputTokens = 0 } = content.usage
  const isEmpty = output.every((item) => 'text' in item && item.text === '')
  const finishReason = chat.maxTokens !== undefined && outputTokens >= chat.maxTokens ? 'length' : 'stop'
  // Tokens of which nothing arrived are not a response, unless the limit explains it.
  if (isEmpty && (outputTokens === 0 || finishReason === 'stop')) throw emptyResponseError(endpoint)
  return {
    ...content,
    modelInstanceId: instance || chat.model,
    ...(responseId ? { responseId } : {}),
    finishReason,
    isFinishReasonInferred: true,
    raw,
  }
}

/** The part of a response that exists before the response is complete. */
export function toContent(
  output: readonly ChatOutputItem[],
  stats: WireStats | undefined,
  clock: Clock,
): Pick<ChatResponse, 'text' | 'reasoning' | 'output' | 'usage' | 'stats'> {
  const reasoning = textOf(output, 'reasoning')
  const usage = toChatUsage(stats)
  return {
    text: textOf(output, 'message'),
    ...(reasoning === '' ? {} : { reasoning }),
    output,
    usage,
    stats: toChatStats(stats, { ...clock, outputTokens: usage.outputTokens }),
  }
}

const textOf = (output: readonly ChatOutputItem[], type: 'message' | 'reasoning'): string =>
  output.map((item) => (item.type === type ? item.text : '')).join('')

function toChatUsage(stats: WireStats | undefined): Usage {
  const usage = toUsage({
    prompt_tokens: stats?.input_tokens,
    completion_tokens: stats?.total_output_tokens,
    completion_tokens_details: { reasoning_tokens: stats?.reasoning_output_tokens },
  })
  const { inputTokens, outputTokens } = usage
  const isKnown = inputTokens !== undefined && outputTokens !== undefined
  return { ...usage, totalTokens: isKnown ? inputTokens + outputTokens : undefined }
}

function toChatStats(stats: WireStats | undefined, measured: Measured): ChatStats {
  const { tokens_per_second: speed, time_to_first_token_seconds: firstToken } = stats ?? {}
  return {
    ...toStats({ tokens_per_second: speed, time_to_first_token: firstToken }, measured),
    modelLoadTimeMs: toMs(stats?.model_load_time_seconds),
  }
}

/** Returns the events that a server would have sent for an item. */
function toEvents(item: ChatOutputItem): ChatEvent[] {
  switch (item.type) {
    case 'message':
    case 'reasoning': {
      const kind = item.type === 'message' ? 'text' : 'reasoning'
      const deltas: ChatEvent[] = item.text === '' ? [] : [{ type: `${kind}-delta`, text: item.text }]
      return [{ type: `${kind}-start` }, ...deltas, { type: `${kind}-end` }]
    }
    case 'tool-call': {
      const { output, type: _, ...call } = item
      const { arguments: _arguments, ...start } = call
      return [
        { type: 'tool-call-start', ...start },
        { type: 'tool-call-arguments', ...call },
        { type: 'tool-call-success', ...call, output },
      ]
    }
    case 'invalid-tool-call':
      return [{ ...item, type: 'tool-call-failure' }]
    case 'unknown':
      return [item]
  }
}
