/** A piece of text inside a message. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/**
 * An image inside a user message.
 *
 * @remarks
 * LM Studio takes PNG and JPEG as base64 only, and on Windows up to 26,214,400 pixels. Where the runtime has
 * `createImageBitmap` and `OffscreenCanvas` (any current browser) other formats are converted and larger images shrunk;
 * elsewhere another format is refused with an {@link InvalidRequestError} and the size left to the server. A remote URL
 * is refused: the server never fetches one.
 */
export interface ImagePart {
  readonly type: 'image'
  /** A `data:image/…;base64,` URL, or the encoded image itself. */
  readonly image: string | Blob | Uint8Array | ArrayBuffer
}

/** One part of a user message. */
export type ContentPart = TextPart | ImagePart

/** Sets the model's behaviour for the whole conversation. */
export interface SystemMessage {
  readonly role: 'system'
  readonly content: string
}

/** What the person says. */
export interface UserMessage {
  readonly role: 'user'
  readonly content: string | readonly ContentPart[]
}

/** What the model said earlier; a {@link ToolCall} of an answer can be put back as it is. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content?: string | null | undefined
  readonly toolCalls?: readonly ToolCallInput[] | undefined
}

/** What a tool returned, as text. */
export interface ToolMessage {
  readonly role: 'tool'
  /** The {@link ToolCall.id} this answers. */
  readonly toolCallId: string
  readonly content: string
}

/** One item of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

/** A model's wish to have a tool run. */
export interface ToolCall {
  /** Unique within the answer; made up (`call_1`, …) when the server sent none. */
  readonly id: string
  readonly name: string
  /** The parsed arguments; `undefined` when {@link ToolCall.rawArguments} is not JSON. */
  readonly arguments: unknown
  /** The arguments as the model wrote them; `{}` when it wrote nothing. */
  readonly rawArguments: string
}

/** A tool call put back into a conversation: one of `arguments` and `rawArguments` is enough, the raw text wins. */
export interface ToolCallInput {
  readonly id: string
  readonly name: string
  readonly arguments?: unknown
  readonly rawArguments?: string | undefined
}

/** A JSON Schema object. */
export type JSONSchema = Readonly<Record<string, unknown>>

/** A tool the model may ask for. Nothing runs by itself. */
export interface ToolDefinition {
  /** Use `[a-z0-9_]`: LM Studio turns other names into that form before the model sees them. */
  readonly name: string
  readonly description?: string | undefined
  /** JSON Schema of the arguments; its `type` must be `object`. Absent: no arguments. */
  readonly parameters?: JSONSchema | undefined
}

/** Why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

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

/** What had arrived of an answer when it broke. */
export type PartialCompletion = Omit<CompletionResponse, 'finishReason' | 'rawFinishReason'>

/** How a call was answered. */
export interface ToolResult {
  readonly toolCall: ToolCall
  /** `unknown-tool` and `invalid-arguments`: nothing ran. `failed`: the tool threw, or returned what is no JSON. */
  readonly outcome: 'done' | 'failed' | 'invalid-arguments' | 'unknown-tool'
  /** What the model was told. */
  readonly content: string
  /** What the tool returned, when it is done. */
  readonly value?: unknown
  /** What the tool threw, when it failed. */
  readonly error?: unknown
  /** What is wrong with the arguments, when they do not fit the schema. */
  readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
}

/** One round: an answer of the model, and the results of the tools it asked for. */
export interface ToolStep {
  /** From 0. */
  readonly index: number
  readonly response: CompletionResponse
  /** In the order of the calls; without those of tools that have no `execute`. */
  readonly results: readonly ToolResult[]
}
