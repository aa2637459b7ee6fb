import { TimeoutError } from '../errors/errors.js'

/** Limits of one attempt, in ms. */
export interface AttemptLimits {
  /** For the whole attempt. */
  readonly total?: number
  /** Silence before the first byte. */
  readonly firstByte?: number
  /** Silence between two events that carry something. */
  readonly idle?: number
}

/** What the error of a limit names. */
interface AttemptTarget {
  /** Method and route. */
  readonly request: string
  readonly endpoint: string
}

/**
 * Keeps the time limits of one attempt.
 *
 * @remarks
 * Silence is counted only while a read from the server is pending, never while the consumer is busy. One timer serves all
 * limits and checks them when it fires: setting a timer for every read costs more than reading a small chunk.
 */
export class AttemptTimers {
  readonly #limits: AttemptLimits
  readonly #expire: (error: TimeoutError) => void
  readonly #target: AttemptTarget
  readonly #totalLimitMs: number
  readonly #totalDeadline: number
  #idleLimitMs: number
  #idleLimitName: 'generationTimeout' | 'idleTimeout' = 'generationTimeout'
  /** When the pending read began; `undefined` while none is pending. */
  #pendingSince: number | undefined
  /** Silence before the pending read that counts toward the limit, in ms. */
  #elapsedIdleMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the timer fires. */
  #checkAt = Infinity

  constructor(limits: AttemptLimits, target: AttemptTarget, expire: (error: TimeoutError) => void) {
    this.#limits = limits
    this.#target = target
    this.#expire = expire
    this.#idleLimitMs = limits.firstByte ?? Infinity
    this.#totalLimitMs = limits.total ?? Infinity
    this.#totalDeadline = performance.now() + this.#totalLimitMs
    this.resumeTimer()
  }

  /** Starts counting: a read is pending. */
  resumeTimer(): void {
    if (this.#pendingSince !== undefined) return
    const now = performance.now()
    this.#pendingSince = now
    this.#checkBy(Math.min(now + this.#idleLimitMs - this.#elapsedIdleMs, this.#totalDeadline), now)
  }

  /** Stops counting: the read has ended. */
  pauseTimer(): void {
    if (this.#pendingSince === undefined) return
    this.#elapsedIdleMs += performance.now() - this.#pendingSince
    this.#pendingSince = undefined
  }

  /** Content arrived: silence counts from 0 under `idle`, or under `limitMs` where that is shorter. */
  restartIdleTimer(limitMs = Infinity): void {
    this.#elapsedIdleMs = 0
    this.#idleLimitName = 'idleTimeout'
    this.#idleLimitMs = Math.min(limitMs, this.#limits.idle ?? Infinity)
  }

  /** The server reported progress: silence counts from 0 under the limit in force. */
  restartFirstByteTimer(): void {
    this.#elapsedIdleMs = 0
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#checkAt = -Infinity
  }

  #checkBy(deadline: number, now: number): void {
    // A check that comes earlier sets the timer anew.
    if (deadline >= this.#checkAt) return
    clearTimeout(this.#timer)
    this.#checkAt = deadline
    this.#timer = setTimeout(() => this.#check(), Math.max(0, deadline - now))
  }

  #check(): void {
    this.#checkAt = Infinity
    // Timers may fire a fraction of a millisecond early.
    const now = performance.now() + 0.5
    // While no read is pending only the total limit counts; the next read sets the timer for its own.
    const idleDeadline = (this.#pendingSince ?? Infinity) + this.#idleLimitMs - this.#elapsedIdleMs
    if (now >= this.#totalDeadline) {
      this.#fail('timeout', this.#totalLimitMs, 'did not finish within')
    } else if (now >= idleDeadline) {
      this.#fail(this.#idleLimitName, this.#idleLimitMs, 'received nothing for')
    } else {
      this.#checkBy(Math.min(idleDeadline, this.#totalDeadline), now)
    }
  }

  #fail(limit: TimeoutError['limit'], timeoutMs: number, what: string): void {
    const { request, endpoint } = this.#target
    this.stop()
    this.#expire(
      new TimeoutError(`The request ${what} ${timeoutMs} ms (\`${limit}\`, ${request}).`, {
        limit,
        timeoutMs,
        endpoint,
      }),
    )
  }
}
