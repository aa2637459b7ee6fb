import type { JSONSchema, Message, ToolCall, ToolDefinition } from './messages.js'

/** Why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

/** Which tool the model may or must call. A named tool is sent as the only one, because LM Studio refuses the object form. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/** What form the answer must have. `'json'` is any JSON object; a schema constrains it. */
export type ResponseFormat = 'text' | 'json' | { readonly schema: JSONSchema; readonly name?: string | undefined }

/** Everything of a request but the conversation itself. `undefined` always means: not set. */
export interface CompletionSettings {
  /** What to ask: a model id, variant or instance id of {@link ModelInfo}. Loaded first if the server loads on demand. */
  readonly model: string
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
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly responseFormat?: ResponseFormat | undefined
  /** `'none'` turns thinking off, `'low' | 'medium' | 'high'` set its depth (LM Studio 0.4.17+). */
  readonly reasoningEffort?: string | undefined
  /** Seconds of idleness after which a model that this call loads is unloaded. */
  readonly ttlSeconds?: number | undefined
  /** Draft model for speculative decoding. */
  readonly draftModel?: string | undefined
  /** Fields for a newer server, added to the body as they are; they win over the fields above. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
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

/** Token counts as the server gave them; a count it did not give is `undefined`. */
export interface Usage {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly totalTokens: number | undefined
  readonly reasoningTokens?: number | undefined
}

/** Who measured a figure of {@link CompletionStats}. */
export type MeasuredBy = 'server' | 'client'

/** How fast it went. A figure nobody could measure is `undefined`. */
export interface CompletionStats {
  /** From sending the request to the first piece of the answer, milliseconds. */
  readonly timeToFirstTokenMs: number | undefined
  /** Output tokens per second after the first one. */
  readonly tokensPerSecond: number | undefined
  /** From sending the request to its end, milliseconds. */
  readonly durationMs: number | undefined
  /** Says for each figure above whether the server reported it or this client's clock did. */
  readonly measuredBy: {
    readonly timeToFirstTokenMs?: MeasuredBy
    readonly tokensPerSecond?: MeasuredBy
    readonly durationMs?: MeasuredBy
  }
}

/** A finished answer. */
export interface CompletionResponse {
  /** The server's id of the answer; empty when it gave none. */
  readonly id: string
  /** The model that answered. LM Studio may answer with another model than the one asked for. */
  readonly model: string
  readonly text: string
  /** Thinking text, wherever the server put it (`reasoning_content`, `reasoning`, inline `<think>`). */
  readonly reasoning?: string
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  /** The server's own word; `undefined` when it gave none. */
  readonly rawFinishReason: string | undefined
  readonly usage: Usage
  readonly stats: CompletionStats
  /** The body as it came; of a stream, its last chunk. */
  readonly raw: unknown
}

/** One event of a {@link CompletionStream}. Errors are thrown, not yielded. */
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

/**
 * An answer as it is made.
 *
 * @remarks
 * The request is sent when the stream is first read, whether by iterating it, {@link CompletionStream.textStream},
 * {@link CompletionStream.toReadableStream} or awaiting {@link CompletionStream.response}. One consumer only: a second
 * iteration throws an {@link InvalidRequestError}. Nothing is read from the network ahead of the consumer. Leaving the
 * loop closes the connection, at which LM Studio stops generating.
 */
export interface CompletionStream extends AsyncIterable<CompletionEvent> {
  /** Only the text of the answer, piece by piece. */
  readonly textStream: AsyncIterable<string>
  /**
   * The whole answer, the same that `complete` gives. Reads the stream to its end when nobody else does. Rejects with
   * the error the stream ended with; never raises an unhandled rejection by itself.
   */
  readonly response: Promise<CompletionResponse>
  /** The events as a web stream; cancelling it closes the connection. */
  toReadableStream(): ReadableStream<CompletionEvent>
  /** Ends the request; iteration and `response` reject with `reason` (an `AbortError` unless given). */
  abort(reason?: unknown): void
}

/** What had arrived of an answer when it broke. */
export type PartialCompletion = Omit<CompletionResponse, 'finishReason' | 'rawFinishReason'>
