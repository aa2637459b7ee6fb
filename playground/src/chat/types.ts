import type { CompletionSettings, Usage } from 'lmstudio-provider'
import type { ErrorDescription } from '../state/connection.js'
import type { TextFile } from './text-file.js'

/** The request parameters of a conversation. Absent parameters are not sent. */
export type Parameters = Partial<
  Omit<CompletionSettings, 'model' | 'tools' | 'toolChoice' | 'responseFormat' | 'extraBody'>
> & {
  /** The JSON as typed, which may be incomplete. */
  readonly extraBody?: string
  /** Native route only: the context length, in tokens, if the request loads the model. */
  readonly contextLength?: number
}

/** The speed of a response. */
export interface Speed {
  readonly timeToFirstTokenMs?: number
  readonly tokensPerSecond?: number
  readonly durationMs?: number
  /** Whether LM Studio reported `tokensPerSecond`, rather than this page measuring it. */
  readonly isByServer?: boolean
}

interface NodeBase {
  readonly id: string
  /** Id of the previous message; `undefined` for the first one. */
  readonly parent: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly text: string
}

export interface UserMessage extends NodeBase {
  readonly role: 'user'
  /** Data URLs. */
  readonly images: readonly string[]
  readonly files?: readonly TextFile[] | undefined
}

/** `stopped`: by the user. `broken`: by an error, or because the page was closed. */
export type ResponseState = 'writing' | 'whole' | 'stopped' | 'broken'

export interface AssistantMessage extends NodeBase {
  readonly role: 'assistant'
  readonly state: ResponseState
  readonly model: string
  readonly reasoning?: string
  /** Reasoning time in ms. */
  readonly reasoningMs?: number
  readonly finishReason?: string | undefined
  readonly usage?: Partial<Usage>
  readonly speed?: Speed
  readonly error?: ErrorDescription | undefined
  /** Native route: the id to continue from. */
  readonly responseId?: string | undefined
  /** Whether the user changed the text. */
  readonly isEdited?: boolean
  /** Responses to one message with the same id are shown side by side. */
  readonly comparison?: string | undefined
}

export type ChatMessage = UserMessage | AssistantMessage

/** A tree of messages: editing a message or regenerating a response adds a branch. */
export interface Conversation {
  readonly id: string
  readonly title: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly system: string
  readonly parameters: Parameters
  /** Whether LM Studio stores the conversation (native route). */
  readonly isNative: boolean
  readonly nodes: Readonly<Record<string, ChatMessage>>
  /** The selected branch: parent id → child id. The key `''` selects the first message. */
  readonly chosen: Readonly<Record<string, string>>
  /** The id of the model; `undefined` until one is picked or used. */
  readonly model?: string | undefined
  /** The id of a second model that responds too. */
  readonly comparedModel?: string | undefined
  readonly isPinned?: boolean | undefined
  /** The name of the folder. */
  readonly folder?: string | undefined
}

/** An entry in the list of conversations. */
export interface Entry {
  readonly id: string
  readonly title: string
  readonly updatedAt: number
  readonly messages: number
  readonly isPinned?: boolean | undefined
  readonly folder?: string | undefined
}
