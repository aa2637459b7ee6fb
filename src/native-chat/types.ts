import type { ResponseStream } from '../generation/types.js'
import type { CallOptions } from '../config/options.js'
import type { CompletionStats, ContentPart, FinishReason, PartialCompletion, Usage } from '../types.js'

/** How much a model thinks before it answers; a model allows some of these ({@link ModelCapabilities.reasoning}). */
export type ReasoningSetting = 'off' | 'low' | 'medium' | 'high' | 'on'

/** Tools of an MCP server that LM Studio knows from its own `mcp.json`, or of a plugin. */
export interface PluginIntegration {
  readonly type: 'plugin'
  /** For example `mcp/playwright`. */
  readonly id: string
  /** Names of the tools the model may use. Unset: all. */
  readonly allowedTools?: readonly string[] | undefined
}

/** Tools of a remote MCP server named by this request alone; needs "Allow per-request MCPs" in LM Studio. */
export interface EphemeralMCPIntegration {
  readonly type: 'ephemeral-mcp'
  /** What the server is called in the answer. */
  readonly serverLabel: string
  /** `http:` or `https:`; LM Studio connects to it, not this client. */
  readonly serverUrl: string
  /** Names of the tools the model may use. Unset: all. */
  readonly allowedTools?: readonly string[] | undefined
  /** Sent to the MCP server, a token for instance. Their values are in no error, log line or saved conversation. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Tools that LM Studio runs itself; a text is the `id` of a plugin. */
export type Integration = string | PluginIntegration | EphemeralMCPIntegration

/** Everything of a native chat but what is said and where it goes on. `undefined` always means: not set. */
export interface ChatSettings {
  /** What to ask: a model id, variant or instance id of {@link ModelInfo}. Loaded first if the server loads on demand. */
  readonly model: string
  /** System prompt. */
  readonly system?: string | undefined
  readonly integrations?: readonly Integration[] | undefined
  /** Unset: the model's default. One that the model does not allow is refused before anything is asked, if the models can be listed. */
  readonly reasoning?: ReasoningSetting | undefined
  /** Context in tokens of a model that this call loads, integer ≥ 1. */
  readonly contextLength?: number | undefined
  /** Longest answer in tokens, thinking included, integer ≥ 1. Unset: no limit. */
  readonly maxTokens?: number | undefined
  /** Randomness, ≥ 0; LM Studio documents 0–1. Unset: the model's preset. */
  readonly temperature?: number | undefined
  /** Nucleus sampling, 0–1. */
  readonly topP?: number | undefined
  /** Integer ≥ 0. */
  readonly topK?: number | undefined
  /** 0–1. */
  readonly minP?: number | undefined
  /** > 0; 1 is none. */
  readonly repeatPenalty?: number | undefined
}

/** What `chat` and `streamChat` take. */
export interface ChatRequest extends ChatSettings {
  /** What is said: a text, or texts and images. */
  readonly input: string | readonly ContentPart[]
  /** Whether LM Studio keeps the conversation, so that {@link ChatResponse.responseId} can be gone on from. Default: false. */
  readonly store?: boolean | undefined
  /** A {@link ChatResponse.responseId} to go on from; any earlier one will do. */
  readonly previousResponseId?: string | undefined
}

/** Where a tool ran. */
export type ToolSource =
  | { readonly type: 'plugin'; readonly id: string }
  | { readonly type: 'ephemeral-mcp'; readonly serverLabel: string }
  /** A kind this version does not know. */
  | { readonly type: 'unknown'; readonly data: unknown }

/** A tool that LM Studio ran. */
export interface ServerToolCall {
  readonly name: string
  readonly arguments: unknown
  /** What the tool returned, as text; of MCP tools, JSON. */
  readonly output: string
  readonly source?: ToolSource
}

/** A tool call of the model that LM Studio could not run. */
export interface InvalidToolCall {
  /** Why, in the server's words. */
  readonly reason: string
  readonly kind: 'invalid-name' | 'invalid-arguments' | 'other'
  readonly name: string | undefined
  readonly arguments?: unknown
  readonly source?: ToolSource
}

/** One item of an answer, in the order of its making. */
export type ChatOutputItem =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ServerToolCall)
  | ({ readonly type: 'invalid-tool-call' } & InvalidToolCall)
  /** An item of a kind this version does not know, as it came. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }

/** {@link CompletionStats}, and how long loading took. */
export interface ChatStats extends CompletionStats {
  /** Milliseconds the server took to load the model for this call; `undefined`, or 0, when it was loaded already. */
  readonly modelLoadTimeMs: number | undefined
}

/** A finished answer of a native chat. */
export interface ChatResponse {
  /** The text of all messages in {@link ChatResponse.output}. */
  readonly text: string
  /** The thinking text of all of them. */
  readonly reasoning?: string
  readonly output: readonly ChatOutputItem[]
  /** The instance that answered; of another model than the one asked for, perhaps. */
  readonly modelInstanceId: string
  /** What a next request names as `previousResponseId`; only with `store: true`. */
  readonly responseId?: string
  /** `length` when as many tokens came as `maxTokens` allows, else `stop`. */
  readonly finishReason: FinishReason
  /** LM Studio does not say why a native chat ended: {@link ChatResponse.finishReason} is always a conclusion of ours. */
  readonly isFinishReasonInferred: true
  /** `totalTokens` is the sum of the two others. */
  readonly usage: Usage
  readonly stats: ChatStats
  /** The body as it came; of a stream, the `result` of its last event. */
  readonly raw: unknown
}

/** What had arrived of an answer when it broke: the `partial` of an error that `streamChat` threw. */
export interface PartialChat extends PartialCompletion, Omit<ChatResponse, 'finishReason' | 'isFinishReasonInferred'> {
  /** {@link ChatResponse.responseId}; empty when there is none. */
  readonly id: string
  /** {@link ChatResponse.modelInstanceId} */
  readonly model: string
  /** Empty: LM Studio runs the tools itself, {@link ChatResponse.output} tells of them. */
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
      /** Milliseconds. */
      readonly loadTimeMs: number | undefined
    }
  /** Comes again after each tool call; its end may come twice. */
  | { readonly type: 'prompt-processing-start' }
  | { readonly type: 'prompt-processing-end' }
  | {
      readonly type: 'progress'
      /** What the server is busy with before it answers. */
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
      /** Whole. */
      readonly arguments: unknown
      readonly source?: ToolSource
    }
  | ({ readonly type: 'tool-call-success' } & ServerToolCall)
  | ({ readonly type: 'tool-call-failure' } & InvalidToolCall)
  | { readonly type: 'text-start' }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'text-end' }
  /** An event this version does not know: its name, and its data as it came. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }
  | { readonly type: 'chat-end'; readonly response: ChatResponse }

/** A streamed response of the native chat. */
export type ChatStream = ResponseStream<ChatEvent, ChatResponse>

/** One turn of a {@link Conversation}: what was said, and the answer. */
export interface ConversationTurn {
  /** Begins with `resp_`. */
  readonly responseId: string
  /** The text that was said; images are left out. */
  readonly input: string
  readonly text: string
  readonly reasoning?: string
}

/** A conversation as plain data; no setting is in it, so neither is a header. */
export interface SavedConversation {
  readonly version: 1
  readonly turns: readonly ConversationTurn[]
}

/** Settings of every turn; `from` goes on from what `toJSON` gave. */
export interface ConversationSettings extends ChatSettings {
  readonly from?: SavedConversation | undefined
}

/**
 * A conversation that LM Studio keeps: each turn sends only what is new. One turn at a time.
 *
 * @remarks A turn that fails, is aborted or left leaves the conversation where it was.
 */
export interface Conversation {
  /** The turns so far. */
  readonly turns: readonly ConversationTurn[]
  /**
   * Says something, and gives the answer.
   *
   * @throws what {@link LMStudioProvider.chat} throws, and {@link InvalidRequestError} with the code `conversation-busy`
   * while another turn is under way, or `unknown-response` when the server has forgotten the conversation
   */
  send(input: ChatRequest['input'], options?: CallOptions): Promise<ChatResponse>
  /** Says something, and gives the answer as it is made. The turn begins when the stream is first read. Throws what `send` throws. */
  stream(input: ChatRequest['input'], options?: CallOptions): ChatStream
  /**
   * Another conversation that begins with the first `turns` turns of this one; all of them unless given.
   *
   * @throws {@link InvalidRequestError} there are not as many
   */
  branch(turns?: number): Conversation
  toJSON(): SavedConversation
}

/** The methods that {@link createConversation} needs of a provider. */
export interface ChatProvider {
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>
  streamChat(request: ChatRequest, options?: CallOptions): ChatStream
}
