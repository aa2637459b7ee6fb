import type {
  CompletionEvent,
  ReasoningEffort,
  ResponseStream,
  SamplingSettings,
  ToolChoice,
} from '../generation/types.js'
import type { CompletionResponse, Message, ToolCall, ToolDefinition, Usage } from '../types.js'

/** What `respond` and `streamRespond` take. `undefined` always means: not set. */
export interface RespondRequest extends Pick<
  SamplingSettings,
  'temperature' | 'topP' | 'maxTokens' | 'presencePenalty' | 'frequencyPenalty' | 'extraBody'
> {
  readonly model: string
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly reasoningEffort?: ReasoningEffort | undefined
  /** What is new in the conversation: a text of the user, or messages, results of tools among them. */
  readonly input: string | readonly Message[]
  /** How the model is to behave: a system message. */
  readonly instructions?: string | undefined
  /** {@link RespondResponse.id} of the answer this goes on from; the server knows what was said before. */
  readonly previousResponseId?: string | undefined
  /** Whether the server keeps the answer, so that another can go on from it. @defaultValue the server's: `true` */
  readonly store?: boolean | undefined
}

/** Token counts of an answer; a count the server did not give is `undefined`. */
export interface RespondUsage extends Usage {
  /** Input tokens that the server had in its cache. */
  readonly cachedTokens?: number | undefined
}

/** One thing an answer consists of. */
export type RespondOutputItem =
  | { readonly type: 'reasoning'; readonly id: string; readonly text: string }
  | { readonly type: 'message'; readonly id: string; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly toolCall: ToolCall }
  /** Of another kind, a call that the server itself made for instance. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }

/** A finished answer of the responses route. */
export interface RespondResponse extends CompletionResponse {
  /** What {@link RespondRequest.previousResponseId} takes, if the answer is stored. */
  readonly id: string
  /** `incomplete_details.reason` where there is one, else `status`. */
  readonly rawFinishReason: string | undefined
  readonly usage: RespondUsage
  /** Reasoning, messages and tool calls in their order. */
  readonly output: readonly RespondOutputItem[]
  /** The response object as it came. */
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
      /** An event this library has no word for, as the server sent it. */
      readonly type: 'unknown'
      readonly name: string
      readonly data: unknown
    }
  | { readonly type: 'response-end'; readonly response: RespondResponse }

/** A streamed response of the responses route. */
export type RespondStream = ResponseStream<RespondEvent, RespondResponse>
