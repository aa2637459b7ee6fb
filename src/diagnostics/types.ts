import type { LMStudioOptions } from '../config/options.js'
import type { BrowserAccessReason } from '../errors/error-codes.js'
import type { ModelsAPI } from '../models/types.js'

/** The state of a server. */
export interface HealthReport {
  /**
   * - `healthy`: the server responds and has a model.
   * - `degraded`: the server responds but cannot be used as it is: it needs a token, has no model, is an old LM Studio
   *   or is another program.
   * - `unreachable`: nothing usable responds.
   */
  readonly status: 'healthy' | 'degraded' | 'unreachable'
  readonly endpoint: string
  /** Time until the first response, in ms; `undefined` if there was none. */
  readonly latencyMs: number | undefined
  readonly isLMStudio: boolean
  readonly api: ModelsAPI | undefined
  readonly modelsAvailable: number | undefined
  /** `undefined` if the server does not report which models are loaded. */
  readonly modelsLoaded: number | undefined
  /** Present unless the server is healthy. */
  readonly diagnosis?: Diagnosis
}

/** Why LM Studio cannot be used, or `ok`. */
export type DiagnosisCode =
  | 'ok'
  | 'not-running'
  | 'wrong-service'
  | 'wrong-path'
  | 'old-version'
  | 'auth-required'
  | 'auth-rejected'
  | 'no-models'
  | BrowserAccessReason
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'offline'
  | 'server-error'
  | 'unknown'

/** Why a connection works or does not, and what to do about it. */
export interface Diagnosis {
  readonly code: DiagnosisCode
  /** The cause in one sentence. */
  readonly summary: string
  /** What to do, in order; empty for `ok`. */
  readonly steps: readonly string[]
  /** What was tried, and the result of each attempt. */
  readonly evidence: readonly string[]
}

/** A server that was found. */
export interface Discovery {
  readonly endpoint: string
  readonly isLMStudio: boolean
  /** The most detailed list of models that the server has; `undefined` if the list requires a token. */
  readonly api: ModelsAPI | undefined
  /** Where the address comes from, for example `the default address` or `the option ports`. */
  readonly source: string
}

/** The options of `discover`. */
export interface DiscoverOptions extends Pick<
  LMStudioOptions,
  'endpoint' | 'apiToken' | 'headers' | 'fetch' | 'logger' | 'allowRemote' | 'timeout'
> {
  /**
   * Ports to try on this machine in addition to 1234: a list, or a range that includes both ends. At most 1000 ports.
   */
  readonly ports?: readonly number[] | { readonly from: number; readonly to: number } | undefined
  /**
   * Hosts to try, each at port 1234 and at a list of `ports` (a range is tried on this machine only). A `host:port` is
   * tried at this port only.
   */
  readonly hosts?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}
