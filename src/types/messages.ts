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
