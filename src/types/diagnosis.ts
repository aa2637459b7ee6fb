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
