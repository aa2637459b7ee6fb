import type { MessagesRequest, PromptRequest } from '../completions/types.js'
import type { CompletionEvent } from '../generation/types.js'
import type { ResponseStream } from '../streaming/event-stream.js'
import type { Schema } from '../json-schema/standard-schema.js'
import type {
  CompletionResponse,
  JSONSchema,
  Message,
  ToolCall,
  ToolDefinition,
  ToolResult,
  ToolStep,
  Usage,
} from '../types.js'

/** The second argument of a tool's `execute`. */
export interface ToolContext {
  /** Aborts when the call that runs the tools is aborted or its stream is left. */
  readonly signal: AbortSignal
  /** The {@link ToolCall.id} of this call. */
  readonly toolCallId: string
  /** The conversation, up to and including the assistant message that contains this call. */
  readonly messages: readonly Message[]
}

/** The argument of {@link tool}. */
export interface ToolInit<T = unknown> {
  /** Use `[a-z0-9_]`: LM Studio converts other names to that form before the model sees them. */
  readonly name: string
  /** Tells the model what the tool does. */
  readonly description?: string | undefined
  /** Schema of the arguments, which must be an object. Unset: no arguments. */
  readonly parameters?: Schema<T> | undefined
  /**
   * Runs the tool with validated arguments. The model receives a returned string as it is, `undefined` as a note that
   * the tool returned nothing, and any other value as JSON. Images are shown to a model that sees; other binary data is
   * only named. If `execute` throws, the model receives the error message. The loop waits until `execute` settles, or
   * until the call is aborted. Unset: the loop ends at a call of this tool and leaves it to you; see
   * {@link RunToolsResult.pendingToolCalls}.
   */
  execute?(args: T, context: ToolContext): unknown
}

/** A tool that the model may call and {@link runTools} executes. Accepted wherever a {@link ToolDefinition} is. */
export interface Tool<T = unknown> extends ToolDefinition {
  /** The JSON Schema that is sent. */
  readonly parameters?: JSONSchema | undefined
  /**
   * Schema that validates the arguments.
   *
   * @default `parameters`
   */
  readonly schema?: Schema<T> | undefined
  /** Runs the tool with validated arguments; see {@link ToolInit}. */
  execute?(args: T, context: ToolContext): unknown
}

/** The settings that {@link runTools} and {@link streamTools} add to a completion request. */
export interface ToolLoopSettings {
  readonly tools: readonly Tool[]
  /**
   * Maximum number of requests to the model, an integer of at least 1.
   *
   * @default 8
   */
  readonly maxRounds?: number | undefined
  /**
   * Called after each round, once its tools have finished. The loop waits for a returned promise and ends with the error
   * that `onStep` throws.
   */
  readonly onStep?: ((step: ToolStep) => unknown) | undefined
  /**
   * Detects tool calls that the model wrote as text in the form of its family (`[TOOL_REQUEST]{…}[END_TOOL_REQUEST]`,
   * `<tool_call>{…}</tool_call>`, `<function=name>…</function>`, `[TOOL_CALLS]…` and others; see docs/guide/tools.md) and
   * that name one of the tools. They are removed from the text, and they are executed if the response has no other tool
   * calls. Markdown code is left alone. Leave this off for conversations about tools, where such text may be meant
   * literally.
   *
   * @default false
   */
  readonly parseTextToolCalls?: boolean | undefined
}

/** A completion request with tools to execute. A `toolChoice` that forces a call applies to the first round only. */
export type RunToolsRequest = (Omit<MessagesRequest, 'tools'> | Omit<PromptRequest, 'tools'>) & ToolLoopSettings

/** The result of {@link runTools}. */
export interface RunToolsResult {
  /** The response of the last round. */
  readonly response: CompletionResponse
  readonly steps: readonly ToolStep[]
  /** The conversation from the first message of the request to the last response. Append your next message to it. */
  readonly messages: Message[]
  /**
   * Calls of tools without `execute`. To continue, append one tool message per call to `messages` and make a new
   * request.
   */
  readonly pendingToolCalls: readonly ToolCall[]
  /** The sum over all rounds. A count that one round does not have is `undefined`. */
  readonly usage: Usage
}

/** An event of {@link streamTools}: an event of a round's completion stream, or one of the loop itself. */
export type ToolsEvent =
  | CompletionEvent
  | { readonly type: 'step-start'; readonly index: number }
  /** Emitted as soon as a tool has finished; `index` is the position of the call in the response. */
  | { readonly type: 'tool-result'; readonly index: number; readonly result: ToolResult }
  | { readonly type: 'step-end'; readonly step: ToolStep }

/** The stream of {@link streamTools}. The first request is sent when the stream is first read. */
export type ToolsStream = ResponseStream<ToolsEvent, RunToolsResult>
