import type { CallOptions } from '../config/options.js'
import type { ResponseStream } from '../streaming/event-stream.js'
import type { CompletionStats, ContentPart, FinishReason, PartialCompletion, Usage } from '../types.js'

/** How long a model reasons before it responds. A model allows some of these: see {@link ModelCapabilities.reasoning}. */
export type ReasoningSetting = 'off' | 'low' | 'medium' | 'high' | 'on'

/** Tools of an MCP server from LM Studio's own `mcp.json`, or of a plugin. */
export interface PluginIntegration {
  readonly type: 'plugin'
  /** For example `mcp/playwright`. */
  readonly id: string
  /** Names of the tools that the model may use. @default all */
  readonly allowedTools?: readonly string[] | undefined
}

/** Tools of a remote MCP server for this request only. LM Studio must permit them: "Allow per-request MCPs". */
export interface EphemeralMCPIntegration {
  readonly type: 'ephemeral-mcp'
  /** The name of the server in the response. */
  readonly serverLabel: string
  /** `http:` or `https:`. LM Studio connects to it, not this client. */
  readonly serverUrl: string
  /** Names of the tools that the model may use. @default all */
  readonly allowedTools?: readonly string[] | undefined
  /** Headers for the MCP server, such as a token. Their values never appear in errors, logs or saved conversations. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Tools that LM Studio runs itself; a string is the `id` of a plugin. */
export type Integration = string | PluginIntegration | EphemeralMCPIntegration

/** Everything of a native chat except the input and what it continues. A setting that is `undefined` is not sent. */
export interface ChatSettings {
  /**
   * The model to use: an id, variant or instance id of {@link ModelInfo}. A server that loads models on demand
   * loads it first.
   *
   * @default the option `model`, else a loaded model that fits, else the only one that fits
   */
  readonly model?: string | undefined
  /** System prompt. */
  readonly system?: string | undefined
  readonly integrations?: readonly Integration[] | undefined
  /**
   * How long the model reasons. A setting that the model does not allow is rejected before the request is sent, if the
   * models can be listed. @default the model's own
   */
  readonly reasoning?: ReasoningSetting | undefined
  /** Context in tokens of a model that this call loads, an integer of 1 or more. */
  readonly contextLength?: number | undefined
  /** Maximum length of the response in tokens, reasoning included, an integer of 1 or more. @default no limit */
  readonly maxTokens?: number | undefined
  /** Randomness, 0 or more; LM Studio documents 0–1. @default the model's preset */
  readonly temperature?: number | undefined
  /** Nucleus sampling, 0–1. @default the model's preset */
  readonly topP?: number | undefined
  /** Number of candidate tokens, an integer of 0 or more. @default the model's preset */
  readonly topK?: number | undefined
  /** Minimum probability of a candidate, relative to the best one, 0–1. @default the model's preset */
  readonly minP?: number | undefined
  /** Above 0; 1 means no penalty. @default the model's preset */
  readonly repeatPenalty?: number | undefined
}

/** The request of `chat` and `streamChat`. */
export interface ChatRequest extends ChatSettings {
  /** The message of the user: a text, or texts and images. */
  readonly input: string | readonly ContentPart[]
  /** Whether LM Studio stores the response, so that {@link ChatResponse.responseId} can be continued. @default false */
  readonly store?: boolean | undefined
  /** A {@link ChatResponse.responseId} to continue; any earlier one of the conversation works. */
  readonly previousResponseId?: string | undefined
}

/** Where a tool ran. */
export type ToolSource =
  | { readonly type: 'plugin'; readonly id: string }
  | { readonly type: 'ephemeral-mcp'; readonly serverLabel: string }
  /** A source that this version does not know, as the server sent it. */
  | { readonly type: 'unknown'; readonly data: unknown }

/** A tool that LM Studio ran. */
export interface ServerToolCall {
  readonly name: string
  readonly arguments: unknown
  /** The result of the tool as text; for MCP tools, JSON. */
  readonly output: string
  readonly source?: ToolSource
}

/** A tool call of the model that LM Studio could not run. */
export interface InvalidToolCall {
  /** The server's explanation. */
  readonly reason: string
  readonly kind: 'invalid-name' | 'invalid-arguments' | 'other'
  readonly name: string | undefined
  readonly arguments?: unknown
  readonly source?: ToolSource
}

/** One item of a response, in the order of generation. */
export type ChatOutputItem =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ServerToolCall)
  | ({ readonly type: 'invalid-tool-call' } & InvalidToolCall)
  /** An item of a type that this version does not know, as the server sent it. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }

/** {@link CompletionStats}, and the time that loading the model took. */
export interface ChatStats extends CompletionStats {
  /** Time in ms in which the server loaded the model for this call; `undefined` or 0 when it was already loaded. */
  readonly modelLoadTimeMs: number | undefined
}

/** A complete response of a native chat. */
export interface ChatResponse {
  /** The text of all messages in {@link ChatResponse.output}. */
  readonly text: string
  /** The text of all reasoning in {@link ChatResponse.output}. */
  readonly reasoning?: string
  readonly output: readonly ChatOutputItem[]
  /** The instance that responded, which may be of a model other than the requested one. */
  readonly modelInstanceId: string
  /** What a later request passes as `previousResponseId`; only with `store: true`. */
  readonly responseId?: string
  /** `length` when the response has as many tokens as `maxTokens` allows, else `stop`. */
  readonly finishReason: FinishReason
  /** LM Studio does not report why a native chat ended: {@link ChatResponse.finishReason} is always inferred. */
  readonly isFinishReasonInferred: true
  /** `totalTokens` is the sum of the other two. */
  readonly usage: Usage
  readonly stats: ChatStats
  /** The body as the server sent it; for a stream, the `result` of its last event. */
  readonly raw: unknown
}

/** What had arrived of a response when an error ended it: the `partial` of an error of `streamChat`. */
export interface PartialChat extends PartialCompletion, Omit<ChatResponse, 'finishReason' | 'isFinishReasonInferred'> {
  /** {@link ChatResponse.responseId}; empty when there is none. */
  readonly id: string
  /** {@link ChatResponse.modelInstanceId} */
  readonly model: string
  /** Empty, because LM Studio runs the tools itself: they are in {@link ChatResponse.output}. */
  readonly toolCalls: readonly []
  readonly stats: ChatStats
}

/** One event of a {@link ChatStream}. Errors are thrown, not yielded. */
export type ChatEvent =
  | { readonly type: 'chat-start'; readonly modelInstanceId: string | undefined }
  | { readonly type: 'model-load-start'; readonly modelInstanceId: string | undefined }
  | {
      readonly type: 'model-load-end'
      readonly modelInstanceId: string | undefined
      /** In ms. */
      readonly loadTimeMs: number | undefined
    }
  /** Occurs again after each tool call; its end may occur twice. */
  | { readonly type: 'prompt-processing-start' }
  | { readonly type: 'prompt-processing-end' }
  | {
      readonly type: 'progress'
      /** What the server does before it responds. */
      readonly phase: 'model-load' | 'prompt-processing'
      /** 0–1. */
      readonly progress: number
    }
  | { readonly type: 'reasoning-start' }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'reasoning-end' }
  | { readonly type: 'tool-call-start'; readonly name: string; readonly source?: ToolSource }
  | {
      readonly type: 'tool-call-arguments'
      readonly name: string
      /** The complete arguments. */
      readonly arguments: unknown
      readonly source?: ToolSource
    }
  | ({ readonly type: 'tool-call-success' } & ServerToolCall)
  | ({ readonly type: 'tool-call-failure' } & InvalidToolCall)
  | { readonly type: 'text-start' }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'text-end' }
  /** An event that this version does not know: its name, and its data as the server sent it. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }
  | { readonly type: 'chat-end'; readonly response: ChatResponse }

/** A streamed response of the native chat. */
export type ChatStream = ResponseStream<ChatEvent, ChatResponse>

/** One turn of a {@link Conversation}: the input and the response. */
export interface ConversationTurn {
  /** Begins with `resp_`. */
  readonly responseId: string
  /** The text of the input, without images. */
  readonly input: string
  readonly text: string
  readonly reasoning?: string
}

/** A conversation as plain data. It holds no setting, and so no header. */
export interface SavedConversation {
  readonly version: 1
  readonly turns: readonly ConversationTurn[]
}

/** Settings of every turn. `from` continues a conversation that `toJSON` saved. */
export interface ConversationSettings extends ChatSettings {
  readonly from?: SavedConversation | undefined
}

/**
 * A conversation that LM Studio stores: each turn sends only what is new. One turn at a time.
 *
 * @remarks A turn that fails, is aborted or left does not change the conversation.
 */
export interface Conversation {
  /** The turns so far. */
  readonly turns: readonly ConversationTurn[]
  /**
   * Sends a message and resolves to the response.
   *
   * @throws what {@link LMStudioProvider.chat} throws, and {@link InvalidRequestError} with the code `conversation-busy`
   * while another turn is running, or `unknown-response` when the server no longer stores the conversation
   */
  send(input: ChatRequest['input'], options?: CallOptions): Promise<ChatResponse>
  /** Sends a message and streams the response. The turn begins when the stream is first read. Throws what `send` throws. */
  stream(input: ChatRequest['input'], options?: CallOptions): ChatStream
  /**
   * Returns another conversation that begins with the first `turns` turns of this one, by default with all of them.
   *
   * @throws {@link InvalidRequestError} the conversation has fewer turns
   */
  branch(turns?: number): Conversation
  /** Returns the turns as plain data, which `from` of {@link ConversationSettings} continues. */
  toJSON(): SavedConversation
}

/** The methods of a provider that {@link createConversation} needs. */
export interface ChatProvider {
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>
  streamChat(request: ChatRequest, options?: CallOptions): ChatStream
}
