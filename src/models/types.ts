/** The type of a model: a `vlm` is an `llm` that also accepts images; a `decision` model serves `decide` and cannot chat. */
export type ModelType = 'llm' | 'vlm' | 'embedding' | 'decision' | 'unknown'

/**
 * The list that model information comes from, most detailed first: `/api/v1/models`, `/api/v0/models` or `/v1/models`.
 */
export type ModelsAPI = 'v1' | 'v0' | 'openai'

/** What a model can do. `undefined` means that the server does not report it. */
export interface ModelCapabilities {
  readonly chat: boolean | undefined
  readonly embeddings: boolean | undefined
  /** Whether `decide` can use the model. */
  readonly decisions: boolean | undefined
  /** Whether messages may contain images. */
  readonly vision: boolean | undefined
  readonly toolUse: boolean | undefined
  /** The reasoning settings that the model accepts, and the one it uses by default. */
  readonly reasoning: { readonly options: readonly string[]; readonly default: string | undefined } | undefined
  readonly structuredOutput: boolean | undefined
  /** The context length that the model supports, in tokens. */
  readonly maxContextLength: number | undefined
  /**
   * The context length of the loaded instance, in tokens; `undefined` while the model is not loaded. On other servers, the
   * length with which the model is served.
   */
  readonly contextLength: number | undefined
}

/** A loaded copy of a model. */
export interface ModelInstance {
  /** Can be sent as `model`, to choose between several loaded copies. */
  readonly id: string
  /** In tokens. */
  readonly contextLength: number | undefined
  /** The load settings as the server reports them. */
  readonly config: Readonly<Record<string, unknown>>
}

/** A model of a server, with everything that the server reports about it. */
export interface ModelInfo {
  /** The name to send as `model`. */
  readonly id: string
  readonly type: ModelType
  readonly displayName?: string
  readonly publisher?: string
  readonly architecture?: string
  /** For example `Q4_K_M`. */
  readonly quantization?: string
  readonly sizeBytes?: number
  /** The number of parameters, for example `26B-A4B`. */
  readonly parameters?: string
  /** `gguf`, `mlx` or a format that newer versions add. */
  readonly format?: string
  readonly state: 'loaded' | 'not-loaded' | 'unknown'
  readonly instances: readonly ModelInstance[]
  /** The context length of the first loaded instance, in tokens, or with which another server serves the model. */
  readonly contextLength?: number
  /** The context length that the model supports, in tokens. */
  readonly maxContextLength?: number
  readonly capabilities: ModelCapabilities
  /** Ids of the variants on disk, for example `acme/tern-4b@q4_k_m`. */
  readonly variants?: readonly string[]
  /** The entry of the list as received. */
  readonly raw: unknown
}

/** What `pickModel` looks for. What a server does not report counts as fitting. */
export interface PickModelRequest {
  /** `llm` includes models with vision. @default a model that can chat */
  readonly type?: ModelType | undefined
  /** Whether the model must accept images. */
  readonly vision?: boolean | undefined
  /** Whether the model must be trained for tool calls. */
  readonly toolUse?: boolean | undefined
  /** Whether the model must be one that reasons. */
  readonly reasoning?: boolean | undefined
  /** Whether `decide` must be able to use the model. */
  readonly decisions?: boolean | undefined
  /** The context that must fit, in tokens: of the loaded instance, or of a model that is not loaded yet. */
  readonly minContextLength?: number | undefined
}

/** The settings of a loaded model. The server chooses its own value for every setting that is left out. */
export interface LoadSettings {
  /** Context length, in tokens; at most the `maxContextLength` of the model. */
  readonly contextLength?: number | undefined
  /** How many tokens of the prompt are evaluated at once. llama.cpp only. */
  readonly evalBatchSize?: number | undefined
  /** Uses an attention algorithm that is faster and needs less memory. llama.cpp only. */
  readonly flashAttention?: boolean | undefined
  /** How many experts are active in a mixture-of-experts model. llama.cpp only. */
  readonly numExperts?: number | undefined
  /** Keeps the KV cache in GPU memory. llama.cpp only. */
  readonly offloadKVCacheToGPU?: boolean | undefined
}

/** The second argument of `loadModel`. */
export interface LoadConfig extends LoadSettings {
  /**
   * Loads another instance even if one with the requested settings is already loaded.
   *
   * @default false
   */
  readonly forceNew?: boolean | undefined
}

/** A loaded instance of a model. */
export interface LoadedModel {
  /** The id of the instance. Send it as `model` to use this instance, or pass it to `unloadModel`. */
  readonly instanceId: string
  readonly type: ModelType
  /** Whether the instance was already loaded, so that the call loaded nothing. */
  readonly wasLoaded: boolean
  /** How long the load took, in ms, measured by the server; absent if nothing was loaded. */
  readonly loadTimeMs?: number
  /** The settings in use, as far as the server reports them. */
  readonly config: LoadSettings
  /** The response, or the instance in the list of models, as received. */
  readonly raw: unknown
}

/** The progress of a download. */
export interface DownloadProgress {
  /** Identifies the download. Another call, or another program, can watch the same download with it. */
  readonly jobId: string
  /** A `paused` download continues once it is resumed in LM Studio. */
  readonly status: 'downloading' | 'paused' | 'completed'
  readonly downloadedBytes?: number
  readonly totalBytes?: number
  /** The speed that the server reports, otherwise the speed measured between two polls. */
  readonly bytesPerSecond?: number
  /** The remaining time at this speed, in ms. */
  readonly etaMs?: number
}

/** The second argument of `downloadModel`. */
export interface DownloadOptions {
  /** For example `Q4_K_M`. Only for a model given as a `https://huggingface.co/…` link. */
  readonly quantization?: string | undefined
  /** Watches a download that was started before instead of starting one. */
  readonly jobId?: string | undefined
  /**
   * Called at the start and after every poll. If it returns a promise, the next poll waits for it. If it throws, the
   * call rejects with that error and the download continues unwatched.
   */
  readonly onProgress?: ((progress: DownloadProgress) => unknown) | undefined
}

/** A model that is on the server's disk. */
export interface DownloadResult {
  readonly status: 'completed' | 'already-downloaded'
  /** Absent if the model was already downloaded. */
  readonly jobId?: string
  readonly totalBytes?: number
  /** The last status as received. */
  readonly raw: unknown
}
