import type {
  CompletionEvent,
  ReasoningEffort,
  ResponseStream,
  SamplingSettings,
  ToolChoice,
} from '../generation/types.js'
import type { CompletionResponse, JSONSchema, Message, ToolDefinition } from '../types.js'

/** What form the answer must have. `'json'` is any JSON object; a schema constrains it. */
export type ResponseFormat = 'text' | 'json' | { readonly schema: JSONSchema; readonly name?: string | undefined }

/** Everything of a request but the conversation itself. `undefined` always means: not set. */
export interface CompletionSettings extends SamplingSettings {
  /** What to ask: a model id, variant or instance id of {@link ModelInfo}. Loaded first if the server loads on demand. */
  readonly model: string
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly responseFormat?: ResponseFormat | undefined
  /** `'none'` turns reasoning off; the others set its depth (LM Studio 0.4.17 or later). Default: the model's own. */
  readonly reasoningEffort?: ReasoningEffort | undefined
}

/** A request by conversation. */
export interface MessagesRequest extends CompletionSettings {
  readonly messages: readonly Message[]
  readonly prompt?: undefined
  readonly system?: undefined
}

/** A request by one text. */
export interface PromptRequest extends CompletionSettings {
  readonly prompt: string
  /** System message put before the prompt. */
  readonly system?: string | undefined
  readonly messages?: undefined
}

/** What `complete` and `stream` take: exactly one of `messages` and `prompt`. */
export type CompletionRequest = MessagesRequest | PromptRequest

/** A streamed chat completion. */
export type CompletionStream = ResponseStream<CompletionEvent, CompletionResponse>

/** What `completeText` and `streamCompleteText` take. */
export interface TextCompletionRequest extends Omit<
  CompletionSettings,
  'tools' | 'toolChoice' | 'responseFormat' | 'reasoningEffort'
> {
  /** What the model goes on from, exactly as it is: no template, no roles. */
  readonly prompt: string
}

/** A text that was gone on with. */
export interface TextCompletionResponse extends Omit<CompletionResponse, 'reasoning' | 'toolCalls' | 'text'> {
  /** What follows the prompt, which it does not repeat. A `<think>` in it is left where it is. */
  readonly text: string
}

/** One event of a {@link TextCompletionStream}. Errors are thrown, not yielded. */
export type TextCompletionEvent =
  | Extract<CompletionEvent, { readonly type: 'completion-start' | 'text-delta' }>
  | { readonly type: 'completion-end'; readonly response: TextCompletionResponse }

/** A streamed text completion. */
export type TextCompletionStream = ResponseStream<TextCompletionEvent, TextCompletionResponse>
