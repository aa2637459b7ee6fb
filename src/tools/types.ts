import type { ResponseStream } from '../generation/types.js'
import type { MessagesRequest, PromptRequest } from '../completions/types.js'
import type { CompletionEvent } from '../generation/types.js'
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

/** What a tool is told besides its arguments. */
export interface ToolContext {
  /** Aborts when the call that runs the tools does. */
  readonly signal: AbortSignal
  /** The {@link ToolCall.id} that is answered. */
  readonly toolCallId: string
  /** The conversation up to and with the wish for this call. */
  readonly messages: readonly Message[]
}

/** What {@link tool} takes. */
export interface ToolInit<T = unknown> {
  /** Use `[a-z0-9_]`: LM Studio turns other names into that form before the model sees them. */
  readonly name: string
  /** What the tool is for, in words for the model. */
  readonly description?: string | undefined
  /** What the arguments must be, an object at the top. Absent: no arguments. */
  readonly parameters?: Schema<T> | undefined
  /**
   * Runs the tool; `args` have passed `parameters`. A text it returns is sent to the model as it is, `undefined` as a
   * note that nothing was returned, everything else as JSON (a bigint as its digits). What it throws is told to the model
   * by its message. Absent: the loop ends at a call of this tool, and the caller answers it.
   */
  execute?(args: T, context: ToolContext): unknown
}

/** A tool that the model may ask for, and that {@link runTools} runs. Fits wherever a {@link ToolDefinition} does. */
export interface Tool<T = unknown> extends ToolDefinition {
  /** The JSON Schema that is sent. */
  readonly parameters?: JSONSchema | undefined
  /** The schema that arguments are validated with; absent: `parameters`. */
  readonly schema?: Schema<T> | undefined
  execute?(args: T, context: ToolContext): unknown
}

/** What {@link runTools} and {@link streamTools} take besides a completion request. */
export interface ToolLoopSettings {
  readonly tools: readonly Tool[]
  /** Requests to the model at most, integer ≥ 1; 8 unless set. */
  readonly maxRounds?: number | undefined
  /** Called after each round, when its tools have answered; awaited. What it throws ends the loop. */
  readonly onStep?: ((step: ToolStep) => unknown) | undefined
  /**
   * Takes calls that leaked into the text (`[TOOL_REQUEST]{…}[END_TOOL_REQUEST]`, `<tool_call>{…}</tool_call>`) and name
   * one of the tools: their text is taken out of the answer, and they count when the server delivered no calls itself.
   * Off unless set, since a model that writes about tools may mean just text.
   */
  readonly parseTextToolCalls?: boolean | undefined
}

/** A completion request with tools that run. A `toolChoice` that forces a call holds for the first round only. */
export type RunToolsRequest = (Omit<MessagesRequest, 'tools'> | Omit<PromptRequest, 'tools'>) & ToolLoopSettings

/** What came of the loop. */
export interface RunToolsResult {
  /** The model's last answer. */
  readonly response: CompletionResponse
  readonly steps: readonly ToolStep[]
  /** The whole conversation, what the request began with and the last answer included: put the next message behind it. */
  readonly messages: readonly Message[]
  /** Calls of tools without `execute`; answer each with a tool message behind `messages` and go on. */
  readonly pendingToolCalls: readonly ToolCall[]
  /** Of all rounds together; a count that one of them does not give is `undefined`. */
  readonly usage: Usage
}

/** One event of a {@link ToolsStream}: those of each round's answer, and those of the loop. */
export type ToolsEvent =
  | CompletionEvent
  | { readonly type: 'step-start'; readonly index: number }
  /** Told as soon as the tool has answered; `index` is the call's place in the answer. */
  | { readonly type: 'tool-result'; readonly index: number; readonly result: ToolResult }
  | { readonly type: 'step-end'; readonly step: ToolStep }

/** The events of {@link streamTools}. The loop begins when the stream is first read. */
export type ToolsStream = ResponseStream<ToolsEvent, RunToolsResult>
