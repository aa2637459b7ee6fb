import type { MockPrompt } from '../types.js'

/** A prompt before the model that serves it is known. */
export type PromptDraft = Omit<MockPrompt, 'model' | 'reasoning'> & {
  /** The reasoning setting of the request: an effort, `none`, `off` or `on`; empty when the request has none. */
  readonly effort: string
}

/** Returns `maxTokens` as an optional property. */
export const withMaxTokens = (maxTokens: number | undefined): { maxTokens?: number } =>
  maxTokens === undefined ? {} : { maxTokens }
