/** One request the mock received. */
export interface MockCall {
  readonly method: string
  /** Path with its query string, as it came. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON body; the text when it is not JSON; `undefined` without a body. */
  readonly body: unknown
  /** Status answered with; `undefined` until the answer began, or when the connection was dropped first. */
  readonly status: number | undefined
  /** Stream events written so far. */
  readonly eventsSent: number
  /** Settles when the exchange is over: `'completed'`, `'aborted'` (the client went away) or `'dropped'` (by a fault). Never rejects. */
  readonly finished: Promise<'completed' | 'aborted' | 'dropped'>
  /** True once the client has gone away before the answer was whole. */
  readonly aborted: boolean
}

/** A model the mock has on its pretended disk. */
export interface MockModel {
  /** What is sent as `model`, e.g. `acme/tern-4b`. */
  readonly id: string
  /** @defaultValue `'llm'` */
  readonly type?: 'llm' | 'vlm' | 'embedding'
  readonly displayName?: string
  readonly publisher?: string
  readonly architecture?: string
  readonly quantization?: string
  readonly format?: string
  readonly sizeBytes?: number
  readonly parameters?: string
  readonly maxContextLength?: number
  /** Context length of the instance that is loaded at the start or by JIT. */
  readonly contextLength?: number
  /** Loaded when the mock starts. @defaultValue `false` */
  readonly loaded?: boolean
  readonly toolUse?: boolean
  /** Reasoning options the model offers; `false` for a model that does not reason. */
  readonly reasoning?: false | { readonly options: readonly string[]; readonly default: string }
  /** Where its reasoning text goes. @defaultValue `'reasoning_content'` */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'inline'
}
