import type { CompletionEvent, CompletionResponse, CompletionSettings, CompletionStream } from './completion.js'

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

/** A text as it is made; read like a {@link CompletionStream}. */
export interface TextCompletionStream
  extends AsyncIterable<TextCompletionEvent>, Pick<CompletionStream, 'textStream' | 'abort'> {
  /** The whole answer, the same that `completeText` gives. */
  readonly response: Promise<TextCompletionResponse>
  /** The events as a web stream; cancelling it closes the connection. */
  toReadableStream(): ReadableStream<TextCompletionEvent>
}
