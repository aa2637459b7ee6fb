import type { SubjectReport } from './subjects.js'

export interface Measured extends SubjectReport {
  /** Sockets and exchanges of the server after the window. */
  readonly sockets: number
  readonly exchanges: number
}

export interface Verdict {
  readonly calls: number
  readonly kinds: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
  /** The most sockets that were open after a window. */
  readonly maxSockets: number
  /** The heap after the last window, in bytes. */
  readonly heap: number
  /** By how much the heap of the last third of the windows exceeds that of the first, in bytes. */
  readonly heapGrowth: number
  readonly growthPerCall: number
  readonly failures: readonly string[]
}

/**
 * A leak of the smallest object per call. Code that is compiled meanwhile and the noise of a heap need some space too,
 * which counts when there are few calls.
 */
const MAX_GROWTH_PER_CALL = 16
const NOISE_BYTES = 400_000

export interface Limits {
  /** Windows at the start whose heap does not count: caches fill and code is compiled. */
  readonly warmUps: number
  /** How many sockets may be kept for further requests. */
  readonly maxSockets: number
}

/** Decides whether the windows of a soak left anything behind. */
export function judge(windows: readonly Measured[], { warmUps, maxSockets }: Limits): Verdict {
  const kinds: Record<string, number> = {}
  for (const window of windows) {
    for (const [kind, count] of Object.entries(window.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count
  }
  const counted = windows.slice(warmUps)
  const third = Math.max(1, Math.floor(counted.length / 3))
  const heaps = counted.map(({ heap }) => heap)
  const heapGrowth = median(heaps.slice(-third)) - median(heaps.slice(0, third))
  const callsBetween = counted.slice(third).reduce((sum, { calls }) => sum + calls, 0)
  const wrong = windows.flatMap((window) => window.wrong)
  const failures = [...wrong]
  windows.forEach(({ timers, listeners, exchanges, sockets, unhandled }, index) => {
    const counts = { timers, listeners, 'requests in progress': exchanges, 'unhandled rejections': unhandled }
    for (const [what, count] of Object.entries(counts)) {
      if (count !== 0) failures.push(`${count} ${what} after window ${index + 1}`)
    }
    if (sockets > maxSockets) failures.push(`${sockets} sockets after window ${index + 1}`)
  })
  const allowed = NOISE_BYTES + MAX_GROWTH_PER_CALL * callsBetween
  if (heapGrowth > allowed) failures.push(`the heap grew by ${heapGrowth} bytes in ${callsBetween} calls`)
  return {
    calls: windows.reduce((sum, { calls }) => sum + calls, 0),
    kinds,
    wrong,
    maxSockets: Math.max(...windows.map(({ sockets }) => sockets)),
    heap: windows.at(-1)!.heap,
    heapGrowth,
    growthPerCall: heapGrowth / callsBetween,
    failures,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]!
}
