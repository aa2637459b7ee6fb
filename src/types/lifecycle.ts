import type { ModelType } from './models.js'

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
  readonly fresh?: boolean | undefined
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
