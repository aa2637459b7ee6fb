import type { CompletionEvent, ReasoningEffort, SamplingSettings, ToolChoice } from '../generation/types.js'
import type { ResponseStream } from '../streaming/event-stream.js'
import type { CompletionResponse, Message, ToolCall, ToolDefinition, Usage } from '../types.js'

/** The request of `respond` and `streamRespond`. A setting that is `undefined` is not sent. */
export interface RespondRequest extends Pick<
  SamplingSettings,
  'temperature' | 'topP' | 'maxTokens' | 'presencePenalty' | 'frequencyPenalty' | 'extraBody'
> {
  /**
   * The model to use: an id, variant or instance id of {@link ModelInfo}.
   *
   * @default the option `model`, else a loaded model that fits, else the only one that fits
   */
  readonly model?: string | undefined
  /** What is new in the conversation: a text of the user, or messages, which may be results of tools. */
  readonly input: string | readonly Message[]
  /** The system message. */
  readonly instructions?: string | undefined
  /** {@link RespondResponse.id} of the response that this one continues; the server stores what came before. */
  readonly previousResponseId?: string | undefined
  /** Whether the server stores the response, so that another can continue it. @default the server's: `true` */
  readonly store?: boolean | undefined
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  /** How long the model reasons. @default the model's own */
  readonly reasoningEffort?: ReasoningEffort | undefined
}

/** Token counts of a response; a count that the server did not report is `undefined`. */
export interface RespondUsage extends Usage {
  /** Input tokens that the server had in its cache. */
  readonly cachedTokens?: number | undefined
}

/** One item of a response. */
export type RespondOutputItem =
  | { readonly type: 'reasoning'; readonly id: string; readonly text: string }
  | { readonly type: 'message'; readonly id: string; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly toolCall: ToolCall }
  /** An item of another type, such as a call that the server itself made. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }

/** A complete response of the responses route. */
export interface RespondResponse extends CompletionResponse {
  /** What {@link RespondRequest.previousResponseId} takes, if the response is stored. */
  readonly id: string
  /**
   * `incomplete_details.reason` where there is one, else `status`; `incomplete` if an item has this status and the response does
   * not. `finishReason` is then `other`.
   */
  readonly rawFinishReason: string | undefined
  readonly usage: RespondUsage
  /** Reasoning, messages and tool calls in their order. */
  readonly output: readonly RespondOutputItem[]
  /** The response object as the server sent it. */
  readonly raw: unknown
}

/** One event of a {@link RespondStream}. Errors are thrown, not yielded. */
export type RespondEvent =
  | { readonly type: 'response-start'; readonly id: string; readonly model: string }
  | Extract<
      CompletionEvent,
      { readonly type: 'reasoning-delta' | 'text-delta' | 'tool-call-start' | 'tool-call-delta' | 'tool-call' }
    >
  | {
      /** An event that this library does not map, as the server sent it. */
      readonly type: 'unknown'
      readonly name: string
      readonly data: unknown
    }
  | { readonly type: 'response-end'; readonly response: RespondResponse }

/** A streamed response of the responses route. */
export type RespondStream = ResponseStream<RespondEvent, RespondResponse>
