import type { CompletionResponse, TokenLogprob, ToolCall } from '../types.js'

/** Which tool the model may or must call. A named tool is sent as the only one, because LM Studio rejects the object form. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/** How long a model reasons before it responds. A server may accept further values. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | (string & {})

/** How tokens are chosen and when the response ends. A setting that is `undefined` is not sent. */
export interface SamplingSettings {
  /** Randomness, 0 or more. @default the model's preset */
  readonly temperature?: number | undefined
  /** Nucleus sampling, 0–1. @default the model's preset */
  readonly topP?: number | undefined
  /** Number of candidate tokens, an integer of 0 or more. @default the model's preset */
  readonly topK?: number | undefined
  /** Minimum probability of a candidate, relative to the best one, 0–1. @default the model's preset */
  readonly minP?: number | undefined
  /** Maximum length of the response in tokens, reasoning included, an integer of 1 or more. @default no limit */
  readonly maxTokens?: number | undefined
  /** One or more strings at which the response ends. */
  readonly stop?: string | readonly string[] | undefined
  /** Integer. The same seed and settings give the same response, as far as the engine allows. */
  readonly seed?: number | undefined
  /** −2 to 2. @default the model's preset */
  readonly presencePenalty?: number | undefined
  /** −2 to 2. @default the model's preset */
  readonly frequencyPenalty?: number | undefined
  /** Above 0; 1 means no penalty. @default the model's preset */
  readonly repeatPenalty?: number | undefined
  /** Bias by token id, −100 to 100. */
  readonly logitBias?: Readonly<Record<string, number>> | undefined
  /** Idle time in seconds after which a model that this call loads is unloaded, an integer of 1 or more. */
  readonly ttlSeconds?: number | undefined
  /** Draft model for speculative decoding. */
  readonly draftModel?: string | undefined
  /**
   * Fields for a newer server. They are added to the body as they are, and win over the other settings. `undefined` takes
   * a field out of the body.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

/** One event of a streamed completion. Errors are thrown, not yielded. */
export type CompletionEvent =
  | { readonly type: 'completion-start'; readonly id: string; readonly model: string }
  | {
      readonly type: 'progress'
      /** What the server does before it responds. */
      readonly phase: 'model-load' | 'prompt-processing'
      /** 0–1. */
      readonly progress: number
    }
  | { readonly type: 'reasoning-delta'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  | {
      readonly type: 'text-delta'
      readonly text: string
      /** Log probabilities of the tokens, if the request set `logprobs`. */
      readonly logprobs?: readonly TokenLogprob[]
    }
  | { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly id: string; readonly argumentsDelta: string }
  | { readonly type: 'tool-call'; readonly index: number; readonly toolCall: ToolCall }
  | { readonly type: 'completion-end'; readonly response: CompletionResponse }
