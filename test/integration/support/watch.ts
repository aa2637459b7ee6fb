import type { LogEvent } from 'lmstudio-provider'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/** Rejections nobody handled since the call; the function gives the loop the turns in which Node reports them. */
export function watchRejections(): () => Promise<unknown[]> {
  const seen: unknown[] = []
  const note = (reason: unknown): void => void seen.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return async () => {
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    return seen
  }
}

/** Some turns of the event loop, for what must not happen: a request that must not be sent, say. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

/** Waits until a condition that the other side brings about holds. */
export async function until(condition: () => boolean): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > 4_000) throw new Error('The condition never came to hold.')
    await setImmediate()
  }
}

/** Makes backoff wait this share of its ceiling; 0 for no wait at all. */
export function jitter(share: number): void {
  vi.spyOn(Math, 'random').mockReturnValue(share)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
}

/** Lets pauses of exactly these lengths take no time; every other time stays what it is. */
export function hurry(...pauses: number[]): void {
  const real = globalThis.setTimeout
  const quick = (run: () => void, ms = 0, ...rest: never[]): unknown => real(run, pauses.includes(ms) ? 0 : ms, ...rest)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(quick as typeof setTimeout)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
}

/** A logger with its events, and a promise for the first of a type. */
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
