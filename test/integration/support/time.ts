import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'

/** With fake timers: lets time pass from timer to timer until a condition holds, for pauses between requests. */
export async function advanceUntil(condition: () => boolean): Promise<void> {
  for (let step = 0; step < 100; step++) {
    for (let turn = 0; turn < 50 && !condition(); turn++) await setImmediate()
    if (condition()) return
    await vi.advanceTimersToNextTimerAsync()
  }
  throw new Error('The condition never held.')
}
