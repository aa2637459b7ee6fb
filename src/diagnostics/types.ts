import type { ModelsAPI } from '../models/types.js'

/** How a server is. */
export interface HealthReport {
  /**
   * `healthy`: it answers and has a model. `degraded`: it answers, but something keeps it from being used (a token is
   * needed, no model is there, it is an old LM Studio or something else). `unreachable`: nothing usable answers.
   */
  readonly status: 'healthy' | 'degraded' | 'unreachable'
  readonly endpoint: string
  /** Time of the first answer, milliseconds; `undefined` when there was none. */
  readonly latencyMs: number | undefined
  readonly isLMStudio: boolean
  readonly api: ModelsAPI | undefined
  readonly modelsAvailable: number | undefined
  /** `undefined` when the server does not say. */
  readonly modelsLoaded: number | undefined
  /** Present unless healthy. */
  readonly diagnosis?: Diagnosis
}

/** What keeps a client from LM Studio, or `ok`. */
export type DiagnosisCode =
  | 'ok'
  | 'not-running'
  | 'wrong-service'
  | 'wrong-path'
  | 'old-version'
  | 'auth-required'
  | 'auth-rejected'
  | 'no-models'
  | 'cors-disabled'
  | 'permission-required'
  | 'permission-denied'
  | 'mixed-content'
  | 'insecure-context'
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'offline'
  | 'server-error'
  | 'unknown'

/** Why a connection works or does not, and what to do. */
export interface Diagnosis {
  readonly code: DiagnosisCode
  /** One sentence. */
  readonly summary: string
  /** What a person does next, in order; empty for `ok`. */
  readonly steps: readonly string[]
  /** What was tried and seen. */
  readonly evidence: readonly string[]
}

/** A server that was found. */
export interface Discovery {
  readonly endpoint: string
  readonly isLMStudio: boolean
  /** Which list of models it has; `undefined` when it keeps them behind a token. */
  readonly api: ModelsAPI | undefined
  /** Where the address came from, e.g. `the default address` or `the option ports`. */
  readonly source: string
}
