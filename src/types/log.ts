/** Something worth telling a `logger`. Never holds a token, a prompt or an answer. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly type:
    | 'request'
    | 'response'
    | 'retry'
    | 'error'
    | 'security'
    | 'cache'
    | 'model-substituted'
    | 'diagnosis'
    | 'lifecycle'
  readonly message: string
  readonly method?: string
  /** Path of the route, without the endpoint. */
  readonly route?: string
  readonly status?: number
  /** Counts from 1. */
  readonly attempt?: number
  readonly durationMs?: number
  readonly delayMs?: number
  /** Of a download that goes on although nobody waits for it any more. */
  readonly jobId?: string
  /** `code` of the error this is about. */
  readonly code?: string
}
