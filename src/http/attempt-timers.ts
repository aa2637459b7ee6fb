import { TimeoutError } from '../errors/errors.js'

/** Limits of one attempt, milliseconds. */
export interface Limits {
  /** For the whole attempt. */
  readonly total?: number
  /** Silence before the first piece. */
  readonly first?: number
  /** Silence between pieces. */
  readonly idle?: number
}

/**
 * Keeps the limits of one attempt.
 *
 * @remarks
 * Silence is counted only while we wait for the server, never while the consumer is busy, and only {@link feed} ends it.
 * One timer serves the whole stream and is set anew when it fires, because setting one per chunk costs more than
 * reading the chunk.
 */
export class AttemptTimers {
  #since = 0
  #waiting = false
  /** Silence before the consumer got something to do that ended it not, milliseconds. */
  #spent = 0
  #silence: number | undefined
  #name: TimeoutError['limit'] = 'generationTimeout'
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #totalTimer: ReturnType<typeof setTimeout> | undefined
  readonly #expire: (error: TimeoutError) => void
  readonly #what: string
  readonly #endpoint: string

  constructor(limits: Limits, what: string, endpoint: string, expire: (error: TimeoutError) => void) {
    this.#expire = expire
    this.#what = what
    this.#endpoint = endpoint
    this.#silence = limits.first
    const { total } = limits
    if (total !== undefined) {
      this.#totalTimer = setTimeout(() => this.#fire('timeout', total, 'did not end within'), total)
    }
    this.wait()
  }

  /** We are waiting for the server. */
  wait(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#since = performance.now() - this.#spent
    if (this.#timer === undefined && this.#silence !== undefined) this.#arm(this.#silence - this.#spent)
  }

  /** Something of worth has come. */
  feed(): void {
    this.#waiting = false
    this.#spent = 0
  }

  /** The consumer is busy with something that does not end the silence: its time does not count. */
  pause(): void {
    if (this.#waiting) this.#spent = performance.now() - this.#since
    this.#waiting = false
  }

  /** From now on this silence is the limit. */
  limit(name: TimeoutError['limit'], ms: number): void {
    this.#name = name
    this.#silence = ms
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#totalTimer)
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      // While the consumer is busy nobody needs to be woken; the next wait sets the timer again.
      if (!this.#waiting) return
      const silence = this.#silence!
      const left = silence - (performance.now() - this.#since)
      // Timers may fire a fraction of a millisecond early.
      if (left > 0.5) this.#arm(left)
      else this.#fire(this.#name, silence, 'was silent for')
    }, ms)
  }

  #fire(limit: TimeoutError['limit'], timeoutMs: number, verb: string): void {
    this.stop()
    this.#expire(
      new TimeoutError(`${this.#what} ${verb} ${timeoutMs} ms (\`${limit}\`).`, {
        limit,
        timeoutMs,
        endpoint: this.#endpoint,
      }),
    )
  }
}
