/** When a request ran, in ms since the epoch. */
interface Span {
  readonly id: number
  readonly start: number
  readonly end: number
}

/** The position of a bar, from 0 to 1. */
export interface Bar {
  readonly from: number
  readonly width: number
}

/** A longer pause starts a new group; otherwise a short request after a long pause would have no visible width. */
const MAX_PAUSE_MS = 2_000

/** Places requests on time axes: those that follow one another closely share one. */
export function waterfall(spans: readonly Span[]): ReadonlyMap<number, Bar> {
  const groups: Span[][] = []
  let groupEnd = -Infinity
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start - groupEnd > MAX_PAUSE_MS) groups.push([])
    groups.at(-1)!.push(span)
    groupEnd = Math.max(groupEnd, span.end)
  }
  const bars = new Map<number, Bar>()
  for (const group of groups) {
    const start = group[0]!.start
    const total = Math.max(1, ...group.map(({ end }) => end - start))
    for (const one of group)
      bars.set(one.id, { from: (one.start - start) / total, width: Math.max(0, one.end - one.start) / total })
  }
  return bars
}
