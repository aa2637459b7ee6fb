import type { CompletionEvent, ReasoningEffort, SamplingSettings, ToolChoice } from '../generation/types.js'
import type { ResponseStream } from '../streaming/event-stream.js'
import type { CompletionResponse, JSONSchema, Message, ToolDefinition } from '../types.js'

/** The form of the response. `'json'` is any JSON object; a schema constrains it. */
export type ResponseFormat = 'text' | 'json' | { readonly schema: JSONSchema; readonly name?: string | undefined }

/** Everything of a request except the conversation. A setting that is `undefined` is not sent. */
export interface CompletionSettings extends SamplingSettings {
  /**
   * The model to use: an id, variant or instance id of {@link ModelInfo}. A server that loads models on demand
   * loads it first.
   *
   * @default the option `model`, else a loaded model that fits, else the only one that fits
   */
  readonly model?: string | undefined
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly responseFormat?: ResponseFormat | undefined
  /** How long the model reasons; `'none'` turns reasoning off (LM Studio 0.4.17 or later). @default the model's own */
  readonly reasoningEffort?: ReasoningEffort | undefined
}

/** The conversation of a request: exactly one of `messages` and `prompt`. */
export type Prompt =
  | Pick<MessagesRequest, 'messages' | 'prompt' | 'system'>
  | Pick<PromptRequest, 'messages' | 'prompt' | 'system'>

/** A request that gives the conversation as messages. */
export interface MessagesRequest extends CompletionSettings {
  readonly messages: readonly Message[]
  readonly prompt?: undefined
  readonly system?: undefined
}

/** A request that gives the conversation as one prompt. */
export interface PromptRequest extends CompletionSettings {
  readonly prompt: string
  /** System message before the prompt. */
  readonly system?: string | undefined
  readonly messages?: undefined
}

/** The request of `complete` and `stream`: exactly one of `messages` and `prompt`. */
export type CompletionRequest = MessagesRequest | PromptRequest

/** A streamed chat completion. */
export type CompletionStream = ResponseStream<CompletionEvent, CompletionResponse>

/** The request of `completeText` and `streamCompleteText`. */
export interface TextCompletionRequest extends Omit<
  CompletionSettings,
  'tools' | 'toolChoice' | 'responseFormat' | 'reasoningEffort'
> {
  /** The text that the model continues, exactly as it is: without a chat template and roles. */
  readonly prompt: string
}

/** The continuation of a text. */
export interface TextCompletionResponse extends Omit<CompletionResponse, 'reasoning' | 'toolCalls' | 'text'> {
  /** What follows the prompt, without the prompt. A `<think>` tag in it is left as it is. */
  readonly text: string
}

/** One event of a {@link TextCompletionStream}. Errors are thrown, not yielded. */
export type TextCompletionEvent =
  | Extract<CompletionEvent, { readonly type: 'completion-start' | 'text-delta' }>
  | { readonly type: 'completion-end'; readonly response: TextCompletionResponse }

/** A streamed text completion. */
export type TextCompletionStream = ResponseStream<TextCompletionEvent, TextCompletionResponse>
