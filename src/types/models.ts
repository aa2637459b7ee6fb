/** What kind of model it is; `vlm` is an `llm` that sees. */
export type ModelType = 'llm' | 'vlm' | 'embedding' | 'unknown'

/** Which list the information came from, fullest first. */
export type ModelsAPI = 'v1' | 'v0' | 'openai'

/** What a model can do. `undefined` means: the server does not say. */
export interface ModelCapabilities {
  readonly chat: boolean | undefined
  readonly embeddings: boolean | undefined
  readonly vision: boolean | undefined
  readonly toolUse: boolean | undefined
  /** Reasoning settings the model accepts, and the one it uses when none is given. */
  readonly reasoning: { readonly options: readonly string[]; readonly default: string | undefined } | undefined
  readonly structuredOutput: boolean | undefined
  /** What the model could do, tokens. */
  readonly maxContextLength: number | undefined
  /** What can be used now, tokens: the loaded instance's limit. `undefined` while it is not loaded. */
  readonly contextLength: number | undefined
}

/** A loaded copy of a model. */
export interface ModelInstance {
  /** Can be sent as `model` too, where several copies are loaded. */
  readonly id: string
  readonly contextLength: number | undefined
  /** The load settings as the server reports them. */
  readonly config: Readonly<Record<string, unknown>>
}

/** One model of a server, as fully as the server describes it. */
export interface ModelInfo {
  /** What is sent as `model`. */
  readonly id: string
  readonly type: ModelType
  readonly displayName?: string
  readonly publisher?: string
  readonly architecture?: string
  /** For example `Q4_K_M`. */
  readonly quantization?: string
  readonly sizeBytes?: number
  /** For example `26B-A4B`. */
  readonly parameters?: string
  /** `gguf`, `mlx` or a newer one. */
  readonly format?: string
  readonly state: 'loaded' | 'not-loaded' | 'unknown'
  readonly instances: readonly ModelInstance[]
  /** Usable now, tokens. */
  readonly contextLength?: number
  /** The model's own upper bound, tokens. */
  readonly maxContextLength?: number
  readonly capabilities: ModelCapabilities
  /** Ids of the variants on disk, for example `acme/tern-4b@q4_k_m`. */
  readonly variants?: readonly string[]
  /** The entry as it came. */
  readonly raw: unknown
}
