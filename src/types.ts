/** Text in a message. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/**
 * An image in a user message.
 *
 * @remarks
 * LM Studio accepts PNG and JPEG as base64, on Windows up to 26,214,400 pixels. Runtimes that have `createImageBitmap` and
 * `OffscreenCanvas` (all current browsers) convert other formats and shrink larger images. Other runtimes throw an
 * {@link InvalidRequestError} for other formats and leave the size to the server. A remote URL is always rejected,
 * because the server does not fetch it.
 */
export interface ImagePart {
  readonly type: 'image'
  /** A `data:image/…;base64,` URL, or the encoded image as binary data. */
  readonly image: string | Blob | Uint8Array | ArrayBuffer
}

/** One part of a user message. */
export type ContentPart = TextPart | ImagePart

/** Instructions to the model for the whole conversation. */
export interface SystemMessage {
  readonly role: 'system'
  readonly content: string
}

/** A message from the user. */
export interface UserMessage {
  readonly role: 'user'
  readonly content: string | readonly ContentPart[]
}

/** An earlier message from the model. A {@link ToolCall} of a response can be passed back as it is. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content?: string | null | undefined
  readonly toolCalls?: readonly ToolCallInput[] | undefined
}

/** The result of a tool call, as text. */
export interface ToolMessage {
  readonly role: 'tool'
  /** The {@link ToolCall.id} that this is the result of. */
  readonly toolCallId: string
  readonly content: string
}

/** One message of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

/** A tool call requested by the model. */
export interface ToolCall {
  /** Unique within the response; generated (`call_1`, …) if the server sent none. */
  readonly id: string
  readonly name: string
  /** The parsed arguments; `undefined` if {@link ToolCall.rawArguments} is not JSON. */
  readonly arguments: unknown
  /** The arguments as the model wrote them; `{}` if the model wrote none. */
  readonly rawArguments: string
}

/** A tool call passed back in a conversation. Either `arguments` or `rawArguments` is enough; `rawArguments` wins. */
export interface ToolCallInput {
  readonly id: string
  readonly name: string
  readonly arguments?: unknown
  readonly rawArguments?: string | undefined
}

/** A JSON Schema object. */
export type JSONSchema = Readonly<Record<string, unknown>>

/** A tool that the model can call. Only `runTools` executes tools. */
export interface ToolDefinition {
  /** Use `[a-z0-9_]`: LM Studio converts other names to this form before the model sees them. */
  readonly name: string
  readonly description?: string | undefined
  /**
   * JSON Schema of the arguments; its `type` must be `object`.
   *
   * @default a tool without arguments
   */
  readonly parameters?: JSONSchema | undefined
}

/** Why a response ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

/** Token counts as the server reported them; `undefined` for a count that it did not report. */
export interface Usage {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly totalTokens: number | undefined
  /** Input tokens that the server took from its cache; included in `inputTokens`. */
  readonly cachedTokens?: number | undefined
  readonly reasoningTokens?: number | undefined
}

/** The log probability of one token. */
export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  /** The most likely tokens at this position, if the request set `top_logprobs`. */
  readonly topLogprobs?: readonly { readonly token: string; readonly logprob: number }[]
}

/** Where a figure of {@link CompletionStats} was measured. */
export type MeasuredBy = 'server' | 'client'

/** Speed of a response. A figure that could not be measured is `undefined`. */
export interface CompletionStats {
  /** Time from sending the request to the first content of the response, in ms. */
  readonly timeToFirstTokenMs: number | undefined
  /** Output tokens per second after the first token. */
  readonly tokensPerSecond: number | undefined
  /** Time from sending the request to the end of the response, in ms. */
  readonly durationMs: number | undefined
  /** Whether the server or this client measured each figure above. */
  readonly measuredBy: {
    readonly timeToFirstTokenMs?: MeasuredBy
    readonly tokensPerSecond?: MeasuredBy
    readonly durationMs?: MeasuredBy
  }
}

/** A complete response. */
export interface CompletionResponse {
  /** The server's id of the response; empty if it sent none. */
  readonly id: string
  /** The model that responded. LM Studio can respond with a model other than the requested one. */
  readonly model: string
  readonly text: string
  /**
   * The model's reasoning, wherever the server put it: fields such as `reasoning_content` and `reasoning`, parts of the
   * content, or tags in the text (see the option `reasoningTags`).
   *
   * @remarks
   * A closing tag without its opening tag ends reasoning too. In a stream, the text before it has been emitted as
   * `text-delta` events by then and cannot be taken back; the response has it here.
   */
  readonly reasoning?: string
  /**
   * Why the model declined to respond, if the server reports a refusal apart from the text. Without other text it is the
   * text, too.
   */
  readonly refusal?: string
  /** References that the server attached to the text, such as URL citations, as it sent them. */
  readonly annotations?: readonly unknown[]
  /** Log probabilities of the tokens, if the request has `extraBody: { logprobs: true }`. */
  readonly logprobs?: readonly TokenLogprob[]
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  /** The finish reason as the server sent it; `undefined` if it sent none. */
  readonly rawFinishReason: string | undefined
  readonly usage: Usage
  readonly stats: CompletionStats
  /** The body as the server sent it; for a stream, the last chunk. */
  readonly raw: unknown
}

/** What had arrived of a response when an error ended it. */
export type PartialCompletion = Omit<CompletionResponse, 'finishReason' | 'rawFinishReason'>

/** One invalid part of a value. */
export interface Issue {
  /** Keys and indexes from the outermost inward; empty for the value itself. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** The result of a tool call. */
export interface ToolResult {
  readonly toolCall: ToolCall
  /**
   * `unknown-tool` and `invalid-arguments`: no tool ran. `failed`: the tool threw, or returned a value that is not JSON or
   * a result of MCP with `isError`.
   */
  readonly outcome: 'done' | 'failed' | 'invalid-arguments' | 'unknown-tool'
  /** The text that was sent to the model, with notes in place of images and other binary data. */
  readonly content: string
  /** What the tool returned, if the outcome is `done`. */
  readonly value?: unknown
  /** What the tool threw, or the result of MCP with `isError`, if the outcome is `failed`. */
  readonly error?: unknown
  /** Where the arguments do not match the schema, if the outcome is `invalid-arguments`. */
  readonly issues?: readonly Issue[]
}

/** One round of a tool loop: a response of the model, and the results of the tools that it called. */
export interface ToolStep {
  /** Index of the round, from 0. */
  readonly index: number
  readonly response: CompletionResponse
  /** Results in the order of the calls, without calls of tools that have no `execute`. */
  readonly results: readonly ToolResult[]
}
