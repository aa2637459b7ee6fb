import type { CompletionSettings, Usage } from 'lmstudio-provider'
import type { Told } from '../state/connection.js'

/** The settings of {@link CompletionSettings} that a conversation keeps. What is absent is left to the server. */
export type Parameters = Partial<
  Omit<CompletionSettings, 'model' | 'tools' | 'toolChoice' | 'responseFormat' | 'extraBody'>
> & {
  /** JSON as it was written, so that what is not finished yet is not lost. */
  readonly extraBody?: string
  /** Only where the server keeps the conversation: context of a model that is loaded for it. */
  readonly contextLength?: number
}

/** How fast an answer came. */
export interface Speed {
  readonly timeToFirstTokenMs?: number
  readonly tokensPerSecond?: number
  readonly durationMs?: number
  /** Whether LM Studio itself reported tokens per second. */
  readonly isByServer?: boolean
}

interface Said {
  readonly id: string
  /** What it follows on; `undefined` for a beginning. */
  readonly parent: string | undefined
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
}

export interface Question extends Said {
  readonly role: 'user'
  /** Data URLs. */
  readonly images: readonly string[]
}

/** `stopped`: by the person. `broken`: by an error, or by the end of the page. */
export type AnswerState = 'writing' | 'whole' | 'stopped' | 'broken'

export interface Answer extends Said {
  readonly role: 'assistant'
  readonly state: AnswerState
  readonly model: string
  readonly reasoning?: string
  /** How long it thought, milliseconds. */
  readonly reasoningMs?: number
  readonly finishReason?: string
  readonly usage?: Partial<Usage>
  readonly speed?: Speed
  readonly error?: Told
  /** Where the server goes on from, when it keeps the conversation. */
  readonly responseId?: string
}

export type Node_ = Question | Answer

/** A tree of what was said: an edited question or another answer is a branch of its own. */
export interface Conversation {
  readonly id: string
  readonly title: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly system: string
  readonly parameters: Parameters
  /** Whether LM Studio keeps it (native route). */
  readonly isNative: boolean
  readonly nodes: Readonly<Record<string, Node_>>
  /** Which branch is looked at: parent → child; `''` stands for the beginning. */
  readonly chosen: Readonly<Record<string, string>>
}

/** What a list of conversations needs to know. */
export interface Entry {
  readonly id: string
  readonly title: string
  readonly updatedAt: number
  readonly messages: number
}
