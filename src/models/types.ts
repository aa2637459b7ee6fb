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

/** How a model is loaded. What is left out, the server decides by its own settings for the model. */
export interface LoadSettings {
  /** Tokens of context; at most the model's `maxContextLength`. */
  readonly contextLength?: number | undefined
  /** Tokens of the prompt that are evaluated at once; llama.cpp only. */
  readonly evalBatchSize?: number | undefined
  /** Faster attention that needs less memory; llama.cpp only. */
  readonly flashAttention?: boolean | undefined
  /** Experts in use, for models of the mixture kind; llama.cpp only. */
  readonly numExperts?: number | undefined
  /** Whether the cache of the conversation lies in the GPU's memory; llama.cpp only. */
  readonly offloadKVCacheToGPU?: boolean | undefined
}

/** The second argument of `loadModel`. */
export interface LoadConfig extends LoadSettings {
  /**
   * Loads another instance even where one that would do is loaded.
   *
   * @defaultValue `false`
   */
  readonly forceNew?: boolean | undefined
}

/** A loaded instance of a model. */
export interface LoadedModel {
  /** Id of the instance; send it as `model` to use this one, or give it to `unloadModel`. */
  readonly instanceId: string
  readonly type: ModelType
  /** Whether it was there already, and nothing has been loaded. */
  readonly wasLoaded: boolean
  /** What the load took by the server's clock, milliseconds; absent when nothing was loaded. */
  readonly loadTimeMs?: number
  /** The settings in force, as far as the server tells them. */
  readonly config: LoadSettings
  /** The answer, or the entry of the list, as it came. */
  readonly raw: unknown
}

/** How far a download is. */
export interface DownloadProgress {
  /** Names the download: with it another call, or another program, can take up the watch. */
  readonly jobId: string
  /** A `paused` download goes on when somebody resumes it in LM Studio. */
  readonly status: 'downloading' | 'paused' | 'completed'
  readonly downloadedBytes?: number
  readonly totalBytes?: number
  /** As the server says, else measured between two looks. */
  readonly bytesPerSecond?: number
  /** Time left at this speed, milliseconds. */
  readonly etaMs?: number
}

/** The second argument of `downloadModel`. */
export interface DownloadOptions {
  /** For example `Q4_K_M`; only for a model given as a `https://huggingface.co/…` link. */
  readonly quantization?: string | undefined
  /** A download that was begun before: it is only watched, and nothing is begun. */
  readonly jobId?: string | undefined
  /**
   * Called when the download begins, and after each look at it; the next look waits for the promise it may return. What
   * it throws ends the watch and is what the call rejects with.
   */
  readonly onProgress?: ((progress: DownloadProgress) => unknown) | undefined
}

/** A model that is on the server's disk. */
export interface DownloadResult {
  readonly status: 'completed' | 'already-downloaded'
  /** Absent when there was nothing to download. */
  readonly jobId?: string
  readonly totalBytes?: number
  /** The last answer as it came. */
  readonly raw: unknown
}
