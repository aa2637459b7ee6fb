import type { LogEvent } from 'lmstudio-provider'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/** Records unhandled rejections; the returned function waits until Node has reported them. */
export function watchRejections(): () => Promise<unknown[]> {
  const seen: unknown[] = []
  const record = (reason: unknown): void => void seen.push(reason)
  process.on('unhandledRejection', record)
  onTestFinished(() => void process.off('unhandledRejection', record))
  return async () => {
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    return seen
  }
}

/** Waits some turns of the event loop, for example to show that no further request is sent. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > 4_000) throw new Error('The condition did not hold within 4 s.')
    await setImmediate()
  }
}

/** Makes retries wait the given share of their longest delay; 0 means no delay. */
export function jitter(share: number): void {
  vi.spyOn(Math, 'random').mockReturnValue(share)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
}

/** Skips timers of exactly the given lengths in ms; all others run as usual. */
export function hurry(...pauses: number[]): void {
  const real = globalThis.setTimeout
  const quick = (run: () => void, ms = 0, ...rest: never[]): unknown => real(run, pauses.includes(ms) ? 0 : ms, ...rest)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(quick as typeof setTimeout)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
}

/** A logger that records its events, and a promise for the first event of a type. */
export function watchLog(): {
  readonly logger: (event: LogEvent) => void
  readonly events: LogEvent[]
  readonly first: (type: LogEvent['type']) => Promise<LogEvent>
} {
  const events: LogEvent[] = []
  return {
    events,
    logger: (event) => void events.push(event),
    async first(type) {
      const find = (): LogEvent | undefined => events.find((event) => event.type === type)
      await until(() => find() !== undefined)
      return find()!
    },
  }
}
