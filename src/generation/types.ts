import type { CompletionResponse, ToolCall } from '../types.js'

/** Which tool the model may or must call. A named tool is sent as the only one, because LM Studio refuses the object form. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/** One event of a streamed completion. Errors are thrown, not yielded. */
export type CompletionEvent =
  | { readonly type: 'completion-start'; readonly id: string; readonly model: string }
  | {
      readonly type: 'progress'
      /** What the server is busy with before it answers. */
      readonly phase: 'model-load' | 'prompt-processing'
      /** 0–1. */
      readonly progress: number
    }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly id: string; readonly argumentsDelta: string }
  | { readonly type: 'tool-call'; readonly index: number; readonly toolCall: ToolCall }
  | { readonly type: 'completion-end'; readonly response: CompletionResponse }

/** How long a model reasons before it answers; a server may accept further values. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | (string & {})

/** How tokens are chosen and when the response ends. An `undefined` setting is not sent. */
export interface SamplingSettings {
  /** Randomness, ≥ 0. Unset: the model's preset. */
  readonly temperature?: number | undefined
  /** Nucleus sampling, 0–1. */
  readonly topP?: number | undefined
  /** Integer ≥ 0. */
  readonly topK?: number | undefined
  /** 0–1. */
  readonly minP?: number | undefined
  /** Longest answer in tokens, integer ≥ 1. Unset: no limit. */
  readonly maxTokens?: number | undefined
  /** Text, or texts, at which the answer ends. */
  readonly stop?: string | readonly string[] | undefined
  /** Integer; the same seed and settings give the same answer as far as the engine allows. */
  readonly seed?: number | undefined
  /** −2 to 2. */
  readonly presencePenalty?: number | undefined
  /** −2 to 2. */
  readonly frequencyPenalty?: number | undefined
  /** > 0; 1 is none. */
  readonly repeatPenalty?: number | undefined
  /** Token id → bias, −100 to 100. */
  readonly logitBias?: Readonly<Record<string, number>> | undefined
  /** Seconds of idleness after which a model that this call loads is unloaded. */
  readonly ttlSeconds?: number | undefined
  /** Draft model for speculative decoding. */
  readonly draftModel?: string | undefined
  /** Fields for a newer server, added to the body as they are; they win over the fields above. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

/**
 * A response while it is generated.
 *
 * @remarks
 * The request is sent when the stream is first read: by iterating over it or over `textStream`, by `toReadableStream()`
 * or by awaiting `response`. A stream has one consumer; a second iteration throws an {@link InvalidRequestError}. Nothing
 * is read from the network ahead of the consumer. Leaving the loop closes the connection, and LM Studio stops generating.
 */
export interface ResponseStream<Event, Response> extends AsyncIterable<Event> {
  /** Only the text of the response, delta by delta. */
  readonly textStream: AsyncIterable<string>
  /**
   * The complete response, the same that the call without streaming returns. Reads the stream to its end when nothing
   * else does. Rejects with the error that ended the stream; never causes an unhandled rejection by itself.
   */
  readonly response: Promise<Response>
  /** The events as a web stream; canceling it closes the connection. */
  toReadableStream(): ReadableStream<Event>
  /** Ends the request. Iteration and `response` reject with `reason`, by default an `AbortError`. */
  abort(reason?: unknown): void
}
